//! `kill -9` at random moments, while the master key is rotated.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use streamtoken::SigningKey;
use streamtoken_server::keyring::{self, to_store};
use streamtoken_server::store::{KeyPurpose, SqliteStore};
use streamtoken_server::vault::{MasterKey, Vault};
use streamtoken_server::{Clock, Minting, Service};
use tokio::runtime::Runtime;

use crate::kill::Random;
use crate::process::{ACCOUNT, Process};

const RUNS: u64 = 40;
const KEYS: usize = 200;

/// The two master keys of a folder; the first takes over from the second.
fn vault(folder: &Path, names: [&str; 2]) -> Vault {
    let [current, previous] = names.map(|name| {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        MasterKey::parse(&text).unwrap()
    });
    Vault::new(current, Some(previous))
}

async fn start(folder: &Path, names: [&str; 2]) -> Service {
    let store = SqliteStore::open(&folder.join("store.db")).await.unwrap();
    Service::start(Arc::new(store), vault(folder, names), Minting::default())
        .await
        .unwrap()
}

/// Rotates back and forth where the environment says so, until it is killed.
#[test]
fn rotates_where_the_other_asks_for_it() {
    let Some(folder) = std::env::var_os(Process::FOLDER).map(PathBuf::from) else {
        return;
    };
    Runtime::new().unwrap().block_on(async {
        let (there, back) = (
            start(&folder, ["a.key", "b.key"]).await,
            start(&folder, ["b.key", "a.key"]).await,
        );
        println!("listens at 127.0.0.1:0");
        loop {
            there.reseal().await.unwrap();
            back.reseal().await.unwrap();
        }
    });
}

/// A store with many keys, which differ by their ids alone.
async fn prepare(folder: &Path) {
    for name in ["a.key", "b.key"] {
        let text = MasterKey::generate_text().unwrap();
        fs::write(folder.join(name), text.as_bytes()).unwrap();
    }
    let service = start(folder, ["a.key", "b.key"]).await;
    service.add_account(ACCOUNT, None).await.unwrap();
    let pem = SigningKey::generate().unwrap().to_pkcs1_pem();
    let vault = vault(folder, ["a.key", "b.key"]);
    for n in 0..KEYS {
        let key = SigningKey::load(&*pem, Some(&format!("key-{n}"))).unwrap();
        let created = Clock::default().timestamp();
        let stored =
            to_store(ACCOUNT, &key, KeyPurpose::Account, created, vault.current()).unwrap();
        service.store().add_key(ACCOUNT, &stored).await.unwrap();
    }
    service.store().close().await;
}

#[test]
fn a_rotation_that_is_killed_leaves_every_key_to_one_of_the_two() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    runtime.block_on(prepare(folder.path()));
    let mut random = Random(u64::from(std::process::id()));
    println!("seed {}", random.0);
    let both = vault(folder.path(), ["a.key", "b.key"]);
    let mut found = [0, 0];
    for _ in 0..RUNS {
        let mut process =
            Process::start_as("rotate::rotates_where_the_other_asks_for_it", folder.path());
        process.address();
        thread::sleep(Duration::from_millis(random.below(120)));
        process.kill();
        runtime.block_on(async {
            let service = start(folder.path(), ["a.key", "b.key"]).await;
            let master = service.store().master_key().await.unwrap().unwrap();
            let keys = service.store().keys(ACCOUNT).await.unwrap().unwrap();
            assert_eq!(keys.len(), 1 + KEYS);
            for key in &keys {
                assert_eq!(key.master_key_id, master.id, "key {}", key.id);
                keyring::reseal(ACCOUNT, key, &both).expect("the two open it");
            }
            found[usize::from(master.id == both.current().id())] += 1;
            service.store().close().await;
        });
    }
    println!(
        "{RUNS} runs, {} with one master key and {} with the other",
        found[0], found[1]
    );
    assert!(found[0] > 0 && found[1] > 0, "the moments are all the same");
}
