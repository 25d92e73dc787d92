//! A master key that is rotated between the moment a key is sealed and the moment it is stored.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use streamtoken::Result;
use streamtoken_server::keyring::introduce;
use streamtoken_server::store::{
    Reseal, SqliteStore, Store, StoredCredential, StoredKey, StoredMasterKey,
};
use streamtoken_server::vault::{MasterKey, Vault};
use streamtoken_server::{Minting, Service};

use crate::run;

/// A store that tells the master key of before, once.
struct Outdated {
    store: SqliteStore,
    before: StoredMasterKey,
    is_outdated: AtomicBool,
}

#[async_trait]
impl Store for Outdated {
    async fn master_key(&self) -> Result<Option<StoredMasterKey>> {
        if self.is_outdated.swap(false, Ordering::SeqCst) {
            return Ok(Some(self.before.clone()));
        }
        self.store.master_key().await
    }
    async fn accounts(&self) -> Result<Vec<String>> {
        self.store.accounts().await
    }
    async fn set_master_key(&self, master_key: &StoredMasterKey) -> Result<()> {
        self.store.set_master_key(master_key).await
    }
    async fn add_account(&self, account: &str, created: &str, key: &StoredKey) -> Result<bool> {
        self.store.add_account(account, created, key).await
    }
    async fn keys(&self, account: &str) -> Result<Option<Vec<StoredKey>>> {
        self.store.keys(account).await
    }
    async fn add_key(&self, account: &str, key: &StoredKey) -> Result<()> {
        self.store.add_key(account, key).await
    }
    async fn delete_key(&self, account: &str, id: &str) -> Result<bool> {
        self.store.delete_key(account, id).await
    }
    async fn credentials(&self) -> Result<Vec<StoredCredential>> {
        self.store.credentials().await
    }
    async fn add_credential(&self, credential: &StoredCredential) -> Result<()> {
        self.store.add_credential(credential).await
    }
    async fn revoke_credential(&self, id: &str, revoked: &str) -> Result<bool> {
        self.store.revoke_credential(id, revoked).await
    }
    async fn reseal(&self, master_key: &StoredMasterKey, reseal: &dyn Reseal) -> Result<usize> {
        self.store.reseal(master_key, reseal).await
    }
    async fn changes(&self) -> Result<i64> {
        self.store.changes().await
    }
    async fn check_writable(&self) -> Result<()> {
        self.store.check_writable().await
    }
    async fn close(&self) {
        self.store.close().await;
    }
}

#[test]
fn a_key_that_was_sealed_before_a_rotation_is_sealed_again() {
    let (old, new) = (
        MasterKey::generate_text().unwrap(),
        MasterKey::generate_text().unwrap(),
    );
    let parse = |text: &str| MasterKey::parse(text).unwrap();
    run(async {
        let store = SqliteStore::in_memory().await.unwrap();
        store
            .set_master_key(&introduce(&parse(&new)).unwrap())
            .await
            .unwrap();
        let outdated = Arc::new(Outdated {
            store,
            before: introduce(&parse(&old)).unwrap(),
            is_outdated: AtomicBool::new(false),
        });
        let both = Vault::new(parse(&new), Some(parse(&old)));
        let store: Arc<dyn Store> = Arc::<Outdated>::clone(&outdated);
        let service = Service::start(store, both, Minting::default())
            .await
            .unwrap();
        for made in 0..2 {
            outdated.is_outdated.store(true, Ordering::SeqCst);
            if made == 0 {
                assert!(service.add_account("a", None).await.unwrap());
            } else {
                service.create_key("a").await.unwrap();
            }
            assert!(!outdated.is_outdated.load(Ordering::SeqCst));
        }
        for key in outdated.keys("a").await.unwrap().unwrap() {
            assert_eq!(key.master_key_id, parse(&new).id());
        }
    });
}
