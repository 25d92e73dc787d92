//! What each method does.

use streamtoken::{ErrorCode, Result, SigningKey};
use streamtoken_server::keyring::{introduce, reseal};
use streamtoken_server::store::{KeyPurpose, Reseal, StoredKey};
use streamtoken_server::vault::Vault;

use crate::{code, credential, fill, master, run_on_each, stored, stored_of};

#[test]
fn accounts_come_once_and_with_their_key() {
    run_on_each(async |store| {
        let master = master();
        fill(&*store, &master).await;
        let key = SigningKey::generate().unwrap();
        let other = stored_of(&key, "x", "1", KeyPurpose::Endpoint, &master);
        assert!(!store.add_account("a", "1", &other).await.unwrap());
        assert!(store.add_account("b", "1", &other).await.unwrap());
        assert_eq!(store.accounts().await.unwrap(), ["a", "b"]);
        let keys = store.keys("a").await.unwrap().unwrap();
        assert_eq!(keys.len(), 1);
        assert_eq!(
            (keys[0].purpose, keys[0].id.as_str()),
            (KeyPurpose::Endpoint, "e")
        );
        assert_eq!(store.keys("c").await.unwrap(), None);
    });
}

#[test]
fn a_key_signs_for_one_account_alone() {
    run_on_each(async |store| {
        let master = master();
        fill(&*store, &master).await;
        let key = SigningKey::generate().unwrap();
        let same_id = stored_of(&key, "e", "1", KeyPurpose::Endpoint, &master);
        let same_material = stored("x", "1", KeyPurpose::Endpoint, &master);
        for taken in [same_id, same_material] {
            let error = store.add_account("b", "1", &taken).await.unwrap_err();
            assert_eq!(error.code(), ErrorCode::KeyOfAnotherAccount);
            assert!(
                error.message().starts_with("account a has this key"),
                "{error}"
            );
        }
        assert_eq!(store.accounts().await.unwrap(), ["a"]);
        // Nothing of it was left behind.
        let good = stored_of(&key, "x", "1", KeyPurpose::Endpoint, &master);
        assert!(store.add_account("b", "1", &good).await.unwrap());
    });
}

#[test]
fn keys_come_back_as_they_went_the_oldest_first() {
    run_on_each(async |store| {
        let master = master();
        fill(&*store, &master).await;
        let (late, early) = (
            stored("k1", "2", KeyPurpose::Account, &master),
            stored("k2", "1", KeyPurpose::Account, &master),
        );
        store.add_key("a", &late).await.unwrap();
        store.add_key("a", &early).await.unwrap();
        assert_eq!(
            store.keys("a").await.unwrap().unwrap()[1..],
            [early, late.clone()]
        );
        assert_eq!(
            code(store.add_key("b", &late).await),
            ErrorCode::AccountUnknown
        );
        assert_eq!(
            code(store.add_key("a", &late).await),
            ErrorCode::StoreUnavailable
        );
        store.check_writable().await.unwrap();
    });
}

#[test]
fn an_account_deletes_its_own_keys_alone() {
    run_on_each(async |store| {
        let master = master();
        fill(&*store, &master).await;
        store
            .add_key("a", &stored("k", "1", KeyPurpose::Account, &master))
            .await
            .unwrap();
        for (account, id) in [("a", "e"), ("b", "k"), ("a", "other")] {
            assert!(
                !store.delete_key(account, id).await.unwrap(),
                "{account} {id}"
            );
        }
        assert!(store.delete_key("a", "k").await.unwrap());
        assert!(!store.delete_key("a", "k").await.unwrap());
        assert_eq!(store.keys("a").await.unwrap().unwrap().len(), 1);
    });
}

#[test]
fn an_account_has_a_thousand_keys_of_its_own() {
    run_on_each(async |store| {
        let master = master();
        fill(&*store, &master).await;
        let key = |n: usize| stored(&n.to_string(), "1", KeyPurpose::Account, &master);
        let mut one = key(0);
        for n in 0..1000 {
            one.id = n.to_string();
            store.add_key("a", &one).await.unwrap();
        }
        assert_eq!(
            code(store.add_key("a", &key(1000)).await),
            ErrorCode::KeysTooMany
        );
        assert!(store.delete_key("a", "7").await.unwrap());
        store.add_key("a", &key(1000)).await.unwrap();
        assert_eq!(
            code(store.add_key("a", &key(7)).await),
            ErrorCode::KeysTooMany
        );
    });
}

#[test]
fn credentials_are_kept_and_revoked_once() {
    run_on_each(async |store| {
        let made = credential().stored;
        store.add_credential(&made).await.unwrap();
        assert_eq!(
            store.credentials().await.unwrap(),
            std::slice::from_ref(&made)
        );
        assert!(!store.revoke_credential("other", "t").await.unwrap());
        assert!(store.revoke_credential(&made.id, "t").await.unwrap());
        assert!(!store.revoke_credential(&made.id, "u").await.unwrap());
        let revoked = store.credentials().await.unwrap();
        assert_eq!(revoked[0].revoked.as_deref(), Some("t"));
    });
}

#[test]
fn a_key_is_sealed_with_the_master_key_of_the_store_or_refused() {
    run_on_each(async |store| {
        let (ours, other) = (master(), master());
        fill(&*store, &ours).await;
        store
            .set_master_key(&introduce(&other).unwrap())
            .await
            .unwrap();
        assert_eq!(store.master_key().await.unwrap().unwrap().id, ours.id());
        let key = stored("k", "1", KeyPurpose::Account, &other);
        assert_eq!(
            code(store.add_key("a", &key).await),
            ErrorCode::MasterKeyWrong
        );
        let added = store.add_account("b", "1", &key).await;
        assert_eq!(code(added), ErrorCode::MasterKeyWrong);
        assert_eq!(store.accounts().await.unwrap(), ["a"]);
    });
}

/// Fails at the key with this id.
struct FailAt<'v>(&'v str, &'v Vault);

impl Reseal for FailAt<'_> {
    fn reseal(&self, account: &str, key: &StoredKey) -> Result<StoredKey> {
        if key.id == self.0 {
            return Err(ErrorCode::StoreDamaged.into());
        }
        // The ids of these tests are not those that the material was sealed under.
        let sealed = reseal(account, key, self.1).err().map(|error| error.code());
        assert_eq!(sealed, Some(ErrorCode::StoreDamaged));
        let mut key = key.clone();
        key.master_key_id = self.1.current().id().to_owned();
        Ok(key)
    }
}

#[test]
fn all_keys_are_sealed_anew_or_none_is() {
    run_on_each(async |store| {
        let (old, new) = (master(), master());
        fill(&*store, &old).await;
        for id in ["k1", "k2"] {
            let key = stored(id, "1", KeyPurpose::Account, &old);
            store.add_key("a", &key).await.unwrap();
        }
        let (old_id, new_id) = (old.id().to_owned(), new.id().to_owned());
        let introduced = introduce(&new).unwrap();
        let vault = Vault::new(new, Some(old));
        let ids = async || {
            let keys = store.keys("a").await.unwrap().unwrap();
            let mut ids: Vec<_> = keys.into_iter().map(|key| key.master_key_id).collect();
            ids.push(store.master_key().await.unwrap().unwrap().id);
            ids
        };
        let failed = store.reseal(&introduced, &FailAt("k2", &vault)).await;
        assert_eq!(code(failed), ErrorCode::StoreDamaged);
        assert_eq!(ids().await, vec![old_id; 4]);
        let done = store.reseal(&introduced, &FailAt("", &vault)).await;
        assert_eq!(done.unwrap(), 3);
        assert_eq!(ids().await, vec![new_id; 4]);
    });
}
