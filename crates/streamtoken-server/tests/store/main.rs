//! The store, the keys that open it, and what a service knows of it.
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

mod methods;
mod noticing;
mod opening;
mod together;
mod watched;

use std::path::Path;
use std::sync::Arc;

use streamtoken::{ErrorCode, Result, SigningKey};
use streamtoken_server::access::{Accounts, Action, Grants, NewCredential};
use streamtoken_server::keyring::{introduce, to_store};
use streamtoken_server::store::{KeyPurpose, MemoryStore, SqliteStore, Store, StoredKey};
use streamtoken_server::vault::{MasterKey, Vault};
use streamtoken_server::{Clock, Minting, Service};
use zeroize::Zeroizing;

fn master() -> MasterKey {
    parse(&MasterKey::generate_text().unwrap())
}

/// Runs asynchronous work, on threads as the service does.
fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(work)
}

/// The same, with the file of a store that is not there yet.
fn run_on_file<T>(work: impl AsyncFnOnce(&Path) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    run(work(&folder.path().join("store.db")))
}

/// The same work with an empty store of each kind.
fn run_on_each(work: impl AsyncFn(Box<dyn Store>)) {
    run(work(Box::new(MemoryStore::new())));
    run_on_file(async |file| work(Box::new(SqliteStore::open(file).await.unwrap())).await);
}

/// Two master keys as texts.
fn master_keys() -> [Zeroizing<String>; 2] {
    [(), ()].map(|()| MasterKey::generate_text().unwrap())
}

fn parse(text: &str) -> MasterKey {
    MasterKey::parse(text).unwrap()
}

fn code<T>(result: Result<T>) -> ErrorCode {
    match result {
        Ok(_) => panic!("this was to be refused"),
        Err(error) => error.code(),
    }
}

/// A key sealed with `master`. Its id and the time are chosen, its material is the same for all.
fn stored(id: &str, created: &str, purpose: KeyPurpose, master: &MasterKey) -> StoredKey {
    static KEY: std::sync::OnceLock<SigningKey> = std::sync::OnceLock::new();
    let key = KEY.get_or_init(|| SigningKey::generate().unwrap());
    stored_of(key, id, created, purpose, master)
}

fn stored_of(
    key: &SigningKey,
    id: &str,
    created: &str,
    purpose: KeyPurpose,
    master: &MasterKey,
) -> StoredKey {
    let mut stored = to_store("a", key, purpose, Clock::default().timestamp(), master).unwrap();
    (stored.id, stored.created) = (id.to_owned(), created.to_owned());
    stored
}

/// A master key and the account `a`.
async fn fill(store: &dyn Store, master: &MasterKey) {
    store
        .set_master_key(&introduce(master).unwrap())
        .await
        .unwrap();
    let endpoint = stored("e", "0", KeyPurpose::Endpoint, master);
    assert!(store.add_account("a", "0", &endpoint).await.unwrap());
}

fn credential() -> NewCredential {
    let grants = Grants::new(Accounts::All, Action::ALL.iter().copied());
    let created = Clock::default().timestamp().to_string();
    NewCredential::generate("name", None, grants, created).unwrap()
}

async fn service(store: impl Store + 'static, master: MasterKey) -> Service {
    let vault = Vault::new(master, None);
    Service::start(Arc::new(store), vault, Minting::default())
        .await
        .unwrap()
}
