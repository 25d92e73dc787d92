//! Several processes on one store.

use std::path::{Path, PathBuf};
use std::process::Command;

use streamtoken_server::store::{KeyPurpose, SqliteStore, Store};
use streamtoken_server::vault::MasterKey;
use streamtoken_server::{MasterKeySource, OpenOptions, open};

use crate::{fill, run, stored};

const FOLDER: &str = "STREAMTOKEN_TEST_FOLDER";
const NUMBER: &str = "STREAMTOKEN_TEST_NUMBER";
const KEYS: usize = 50;

/// Does one process's part where the environment says so; without, this is no process of ours.
#[test]
fn does_its_part_where_the_others_ask_for_it() {
    let (Some(folder), Ok(number)) = (
        std::env::var_os(FOLDER).map(PathBuf::from),
        std::env::var(NUMBER),
    ) else {
        return;
    };
    if number == "open" {
        return start(&folder);
    }
    let text = std::fs::read_to_string(folder.join("master.key")).unwrap();
    let master = MasterKey::parse(&text).unwrap();
    run(async {
        let store = SqliteStore::open(&folder.join("store.db")).await.unwrap();
        for n in 0..KEYS {
            let key = stored(&format!("{number}-{n}"), "1", KeyPurpose::Account, &master);
            store.add_key("a", &key).await.unwrap();
        }
    });
}

fn start(folder: &Path) {
    let mut options = OpenOptions::new(Some(folder.join("store.db")));
    options.master_key = Some(MasterKeySource::File(folder.join("master.key")));
    run(async {
        let service = open(options).await.unwrap();
        service.add_account("a", None).await.unwrap();
        service.create_key("a").await.unwrap();
    });
}

fn processes(folder: &Path, numbers: &[&str]) {
    let children: Vec<_> = numbers
        .iter()
        .map(|number| {
            Command::new(std::env::current_exe().unwrap())
                .args([
                    "--exact",
                    "together::does_its_part_where_the_others_ask_for_it",
                ])
                .env(FOLDER, folder)
                .env(NUMBER, number)
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn processes_that_write_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let text = MasterKey::generate_text().unwrap();
    std::fs::write(folder.path().join("master.key"), text.as_bytes()).unwrap();
    let file = folder.path().join("store.db");
    run(async {
        let store = SqliteStore::open(&file).await.unwrap();
        fill(&store, &MasterKey::parse(&text).unwrap()).await;
        store.close().await;
    });
    processes(folder.path(), &["0", "1"]);
    run(async {
        let store = SqliteStore::open(&file).await.unwrap();
        let keys = store.keys("a").await.unwrap().unwrap();
        assert_eq!(keys.len(), 1 + 2 * KEYS);
    });
}

#[test]
fn of_processes_that_start_on_nothing_one_makes_the_store() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        processes(folder.path(), &["open"; 4]);
        run(async {
            let store = SqliteStore::open(&folder.path().join("store.db"))
                .await
                .unwrap();
            assert_eq!(store.keys("a").await.unwrap().unwrap().len(), 1 + 4);
        });
    }
}
