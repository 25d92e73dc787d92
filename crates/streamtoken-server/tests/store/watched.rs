//! A store that counts how often it is read, and that can be behind: a master key may be rotated between the
//! moment a key is sealed and the moment it is stored.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use streamtoken::{ErrorCode, KeySet, Result, SigningKey};
use streamtoken_server::access::Presented;
use streamtoken_server::keyring::{introduce, to_store};
use streamtoken_server::store::{
    KeyPurpose, MemoryStore, Reseal, Store, StoredCredential, StoredKey, StoredMasterKey,
};
use streamtoken_server::vault::Vault;
use streamtoken_server::{Clock, Minting, Service};

use crate::noticing::mint;
use crate::{code, credential, master, master_keys, parse, run};

/// Tells the master key of before, once; and counts what is read, but for whether there is anything new.
struct Watched {
    store: MemoryStore,
    before: StoredMasterKey,
    is_outdated: AtomicBool,
    read: AtomicUsize,
}

#[async_trait]
impl Store for Watched {
    async fn master_key(&self) -> Result<Option<StoredMasterKey>> {
        if self.is_outdated.swap(false, Ordering::SeqCst) {
            return Ok(Some(self.before.clone()));
        }
        self.store.master_key().await
    }
    async fn accounts(&self) -> Result<Vec<String>> {
        self.read.fetch_add(1, Ordering::SeqCst);
        self.store.accounts().await
    }
    async fn set_master_key(&self, master_key: &StoredMasterKey) -> Result<()> {
        self.store.set_master_key(master_key).await
    }
    async fn add_account(&self, account: &str, created: &str, key: &StoredKey) -> Result<bool> {
        self.store.add_account(account, created, key).await
    }
    async fn keys(&self, account: &str) -> Result<Option<Vec<StoredKey>>> {
        self.read.fetch_add(1, Ordering::SeqCst);
        self.store.keys(account).await
    }
    async fn add_key(&self, account: &str, key: &StoredKey) -> Result<()> {
        self.store.add_key(account, key).await
    }
    async fn delete_key(&self, account: &str, id: &str) -> Result<bool> {
        self.store.delete_key(account, id).await
    }
    async fn credentials(&self) -> Result<Vec<StoredCredential>> {
        self.read.fetch_add(1, Ordering::SeqCst);
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

/// A store with the first of these, and a service that has both.
async fn start(new: &str, old: &str) -> (Arc<Watched>, Service) {
    let store = MemoryStore::new();
    let introduced = introduce(&parse(new)).unwrap();
    store.set_master_key(&introduced).await.unwrap();
    let before = introduce(&parse(old)).unwrap();
    let both = Vault::new(parse(new), Some(parse(old)));
    watch(store, before, both).await
}

/// This store, and a service that has it and the vault.
async fn watch(
    store: MemoryStore,
    before: StoredMasterKey,
    vault: Vault,
) -> (Arc<Watched>, Service) {
    let watched = Arc::new(Watched {
        store,
        before,
        is_outdated: AtomicBool::new(false),
        read: AtomicUsize::new(0),
    });
    let store: Arc<dyn Store> = Arc::<Watched>::clone(&watched);
    let service = Service::start(store, vault, Minting::default()).await;
    (watched, service.unwrap())
}

#[test]
fn a_key_that_was_sealed_before_a_rotation_is_sealed_again() {
    let [new, old] = master_keys();
    run(async {
        let (watched, service) = start(&new, &old).await;
        for made in 0..2 {
            watched.is_outdated.store(true, Ordering::SeqCst);
            if made == 0 {
                assert!(service.add_account("a", None).await.unwrap());
            } else {
                service.create_key("a").await.unwrap();
            }
            assert!(!watched.is_outdated.load(Ordering::SeqCst));
        }
        let id = parse(&new).id().to_owned();
        for key in watched.keys("a").await.unwrap().unwrap() {
            assert_eq!(key.master_key_id, id);
        }
    });
}

#[test]
fn minting_does_not_read_the_store() {
    let [new, old] = master_keys();
    run(async {
        let (watched, service) = start(&new, &old).await;
        service.add_account("a", None).await.unwrap();
        let made = credential();
        service.add_credential(&made).await.unwrap();
        mint(&service, "a").await.unwrap();
        for _ in 0..3 {
            // Not even after keys that are not minted with have changed.
            let (key, _) = service.create_key("a").await.unwrap();
            service.delete_key("a", key.id()).await.unwrap();
            let before = watched.read.load(Ordering::SeqCst);
            for _ in 0..50 {
                let presented = Presented::Bearer(&made.secret);
                service.authenticate(presented).await.unwrap();
                mint(&service, "a").await.unwrap();
                assert!(mint(&service, "unknown").await.is_err());
            }
            assert_eq!(watched.read.load(Ordering::SeqCst), before);
        }
    });
}

#[test]
fn keys_that_the_master_key_does_not_open_are_read_once() {
    run(async {
        let (ours, other) = (master(), master());
        let key = SigningKey::generate().unwrap();
        let now = Clock::default().timestamp();
        let endpoint = to_store("a", &key, KeyPurpose::Endpoint, now, &other).unwrap();
        let store = MemoryStore::new();
        // Before the store knows its master key, which a later one has taken the place of since.
        store.add_account("a", "0", &endpoint).await.unwrap();
        let introduced = introduce(&ours).unwrap();
        store.set_master_key(&introduced).await.unwrap();
        let vault = Vault::new(ours, None);
        let (watched, service) = watch(store, introduced, vault).await;
        let before = watched.read.load(Ordering::SeqCst);
        for _ in 0..20 {
            let jwks = KeySet::from_jwks(service.jwks("a").await.unwrap()).unwrap();
            assert!(jwks.get(key.id()).is_some());
            let minted = mint(&service, "a").await;
            assert_eq!(code(minted), ErrorCode::MasterKeyWrong);
        }
        assert_eq!(watched.read.load(Ordering::SeqCst), before);
    });
}
