//! Stores and master keys that are new, old, wrong or something else.

use std::fs;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use streamtoken::ErrorCode;
use streamtoken_server::store::{KeyPurpose, SqliteStore, Store};
use streamtoken_server::vault::{MasterKey, Vault};
use streamtoken_server::{MasterKeySource, Minting, OpenOptions, Service, check, open};
use zeroize::Zeroizing;

use crate::{code, fill, master, run, stored};

fn options(folder: &Path) -> OpenOptions {
    let mut options = OpenOptions::new(Some(folder.join("store.db")));
    options.master_key = Some(MasterKeySource::File(folder.join("master.key")));
    options
}

/// Runs statements on the file, beside whoever has it open.
pub(crate) async fn sql(file: &Path, statements: &str) {
    let mut connection = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .connect()
        .await
        .unwrap();
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned()))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

#[test]
fn store_and_master_key_are_made_together_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let service = open(options(folder.path())).await.unwrap();
        service.add_account("a", None).await.unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            for name in ["store.db", "store.db-wal", "store.db-shm", "master.key"] {
                let mode = fs::metadata(folder.path().join(name))
                    .unwrap()
                    .permissions()
                    .mode();
                assert_eq!(mode & 0o777, 0o600, "{name}");
            }
        }
        service.store().close().await;
        let service = open(options(folder.path())).await.unwrap();
        assert!(!service.add_account("a", None).await.unwrap());
        service.store().close().await;
        let text = fs::read_to_string(folder.path().join("master.key")).unwrap();
        let mut by_text = options(folder.path());
        by_text.master_key = Some(MasterKeySource::Text(Zeroizing::new(text.clone())));
        assert!(!format!("{by_text:?}").contains(text.trim()));
        open(by_text).await.unwrap().jwks("a").await.unwrap();
    });
}

#[test]
fn a_wrong_or_missing_master_key_is_noticed_in_an_empty_store_too() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("master.key");
    run(async {
        open(options(folder.path()))
            .await
            .unwrap()
            .store()
            .close()
            .await;
        fs::remove_file(&key).unwrap();
        let missing = open(options(folder.path())).await;
        assert_eq!(code(missing), ErrorCode::MasterKeyMissing);
        assert!(!key.exists());
        let mut none = options(folder.path());
        none.master_key = None;
        assert_eq!(code(open(none).await), ErrorCode::MasterKeyMissing);
        fs::write(&key, MasterKey::generate_text().unwrap().as_bytes()).unwrap();
        assert_eq!(
            code(open(options(folder.path())).await),
            ErrorCode::MasterKeyWrong
        );
        for text in ["", "AAAA", "\u{0}", "é"] {
            fs::write(&key, text).unwrap();
            assert_eq!(
                code(open(options(folder.path())).await),
                ErrorCode::MasterKeyInvalid
            );
        }
        fs::write(&key, [0xff; 44]).unwrap();
        assert_eq!(
            code(open(options(folder.path())).await),
            ErrorCode::MasterKeyInvalid
        );
    });
}

#[test]
fn a_file_that_is_no_store_is_told_from_one_that_cannot_be_reached() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    run(async {
        assert_eq!(
            code(SqliteStore::open_existing(&file).await),
            ErrorCode::StoreUnavailable
        );
        assert!(!file.exists());
        fs::write(
            &file,
            "no database, and long enough to be taken for one by its header",
        )
        .unwrap();
        assert_eq!(
            code(SqliteStore::open(&file).await),
            ErrorCode::StoreDamaged
        );
        fs::remove_file(&file).unwrap();
        sql(&file, "CREATE TABLE theirs (x)").await;
        assert_eq!(
            code(SqliteStore::open(&file).await),
            ErrorCode::StoreDamaged
        );
        let nowhere = folder.path().join("no/store.db");
        let error = SqliteStore::open(&nowhere).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::StoreUnavailable);
        assert!(
            error.message().contains("there is no folder"),
            "{}",
            error.message()
        );
        assert_eq!(
            code(SqliteStore::open(folder.path()).await),
            ErrorCode::StoreUnavailable
        );
    });
}

#[test]
fn what_sqlite_takes_for_no_file_is_refused() {
    run(async {
        for (name, said) in [
            (":memory:", "serve --dev"),
            ("file:store.db", "./file:store.db"),
            ("file::memory:?cache=shared", "is a URI"),
        ] {
            let name = Path::new(name);
            let mut options = options(Path::new("none"));
            options.store = Some(name.to_owned());
            for refused in [
                SqliteStore::open(name).await.err(),
                SqliteStore::open_existing(name).await.err(),
                check(&options).await.err(),
                open(options).await.err(),
            ] {
                let error = refused.unwrap();
                assert_eq!(error.code(), ErrorCode::ConfigInvalid);
                assert!(error.message().contains(said), "{}", error.message());
            }
            assert!(!name.exists());
        }
        let folder = tempfile::tempdir().unwrap();
        for name in [":memory:", "file:store.db"] {
            let file = folder.path().join(name);
            SqliteStore::open(&file).await.unwrap().close().await;
            assert!(fs::metadata(&file).unwrap().len() > 0);
        }
    });
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_told_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let options = || options(folder.path());
    let link = options().store.unwrap();
    std::os::unix::fs::symlink("missing.db", &link).unwrap();
    run(async {
        for refused in [
            SqliteStore::open(&link).await.err(),
            SqliteStore::open_existing(&link).await.err(),
            check(&options()).await.err(),
            open(options()).await.err(),
        ] {
            let error = refused.unwrap();
            assert_eq!(error.code(), ErrorCode::StoreUnavailable);
            let said = "it is a link to missing.db, and nothing is there";
            assert!(error.message().ends_with(said), "{}", error.message());
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        // One that leads to a store is as good as its name.
        SqliteStore::open(&folder.path().join("missing.db"))
            .await
            .unwrap()
            .close()
            .await;
        assert_eq!(code(open(options()).await), ErrorCode::MasterKeyMissing);
        fs::write(
            folder.path().join("master.key"),
            &*MasterKey::generate_text().unwrap(),
        )
        .unwrap();
        open(options()).await.unwrap().store().close().await;
    });
}

#[test]
fn a_store_of_a_later_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    run(async {
        SqliteStore::open(&file).await.unwrap().close().await;
        let later = "INSERT INTO _sqlx_migrations VALUES (9999, 'later', 0, 1, x'00', 0)";
        sql(&file, later).await;
        assert_eq!(code(SqliteStore::open(&file).await), ErrorCode::StoreTooNew);
    });
}

#[test]
fn a_store_that_another_process_holds_is_waited_for_and_then_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    run(async {
        let store = SqliteStore::open(&file).await.unwrap();
        let mut other = SqliteConnectOptions::new()
            .filename(&file)
            .connect()
            .await
            .unwrap();
        sqlx::raw_sql("BEGIN IMMEDIATE")
            .execute(&mut other)
            .await
            .unwrap();
        let error = store.check_writable().await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::StoreUnavailable);
        assert!(error.message().contains("locked"), "{}", error.message());
        // Who reads is not held up.
        assert!(store.accounts().await.unwrap().is_empty());
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
        store.check_writable().await.unwrap();
    });
}

/// The tables as they were before a store knew its master key.
const FIRST: &str = include_str!("../../migrations/sqlite/0001_keys_and_credentials.sql");

#[test]
fn a_store_of_the_first_version_takes_the_master_key_of_its_keys() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    let (text, other) = (MasterKey::generate_text().unwrap(), master());
    let ours = || MasterKey::parse(&text).unwrap();
    run(async {
        // What sqlx notes of the first migration, as a newer store has it.
        let template = folder.path().join("template.db");
        SqliteStore::open(&template).await.unwrap().close().await;
        sql(&file, FIRST).await;
        let attach = format!(
            "ATTACH '{}' AS template;
             CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
               installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, \
               checksum BLOB NOT NULL, execution_time BIGINT NOT NULL);
             INSERT INTO _sqlx_migrations SELECT * FROM template._sqlx_migrations WHERE version = 1;",
            template.display()
        );
        sql(&file, &attach).await;
        let store = SqliteStore::open(&file).await.unwrap();
        let endpoint = stored("e", "0", KeyPurpose::Endpoint, &ours());
        store.add_account("a", "0", &endpoint).await.unwrap();
        store.close().await;
        let start = async |vault| {
            let store = SqliteStore::open(&file).await.unwrap();
            Service::start(std::sync::Arc::new(store), vault, Minting::default()).await
        };
        assert_eq!(
            code(start(Vault::new(other, None)).await),
            ErrorCode::MasterKeyWrong
        );
        let both = Vault::new(master(), Some(ours()));
        assert_eq!(code(start(both).await), ErrorCode::MasterKeyWrong);
        let service = start(Vault::new(ours(), None)).await.unwrap();
        let known = service.store().master_key().await.unwrap().unwrap();
        assert_eq!(known.id, ours().id());
    });
}

#[test]
fn what_is_opened_twice_is_not_made_twice() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    run(async {
        let ours = master();
        let store = SqliteStore::open(&file).await.unwrap();
        fill(&store, &ours).await;
        store.close().await;
        let store = SqliteStore::open(&file).await.unwrap();
        assert_eq!(store.accounts().await.unwrap(), ["a"]);
        assert_eq!(store.master_key().await.unwrap().unwrap().id, ours.id());
    });
}

#[test]
fn refusing_somebody_elses_database_leaves_it_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    run(async {
        sql(&file, "CREATE TABLE theirs (x)").await;
        let before = fs::read(&file).unwrap();
        for refused in [
            SqliteStore::open(&file).await,
            SqliteStore::open_existing(&file).await,
        ] {
            assert_eq!(code(refused), ErrorCode::StoreDamaged);
        }
        assert_eq!(fs::read(&file).unwrap(), before);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    });
}

#[test]
fn an_empty_file_is_no_store_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    run(async {
        fs::write(&file, "").unwrap();
        let error = SqliteStore::open_existing(&file).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::StoreDamaged);
        assert!(error.message().contains("empty"), "{}", error.message());
        assert_eq!(fs::metadata(&file).unwrap().len(), 0);
        SqliteStore::open(&file).await.unwrap().close().await;
        SqliteStore::open_existing(&file).await.unwrap();
    });
}

#[cfg(unix)]
#[test]
fn a_file_that_is_removed_or_replaced_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let (file, other) = (
        folder.path().join("store.db"),
        folder.path().join("other.db"),
    );
    run(async {
        let store = SqliteStore::open(&file).await.unwrap();
        SqliteStore::open(&other).await.unwrap().close().await;
        let refused = async |word: &str| {
            for error in [
                store.changes().await.unwrap_err(),
                store.check_writable().await.unwrap_err(),
                store.revoke_credential("id", "now").await.unwrap_err(),
            ] {
                assert_eq!(error.code(), ErrorCode::StoreUnavailable);
                let message = error.message();
                assert!(
                    message.contains(word) && message.contains("restart"),
                    "{message}"
                );
            }
        };
        store.check_writable().await.unwrap();
        let kept = folder.path().join("kept.db");
        fs::hard_link(&file, &kept).unwrap();
        fs::remove_file(&file).unwrap();
        refused("removed").await;
        fs::rename(&other, &file).unwrap();
        refused("replaced").await;
        // The one that is open, back in its place.
        fs::rename(&kept, &file).unwrap();
        store.check_writable().await.unwrap();
    });
}

#[test]
fn a_store_with_half_a_transaction_in_its_file_is_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let (file, crashed) = (
        folder.path().join("store.db"),
        folder.path().join("crashed.db"),
    );
    run(async {
        SqliteStore::open(&file).await.unwrap().close().await;
        let numbers =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)";
        sql(
            &file,
            &format!("PRAGMA journal_mode = DELETE; INSERT INTO accounts {numbers} SELECT i, 'old' FROM n"),
        )
        .await;
        let options = SqliteConnectOptions::new().filename(&file);
        let mut writer = options.connect().await.unwrap();
        let half = "PRAGMA cache_size = 1; BEGIN; UPDATE accounts SET created = 'new'";
        sqlx::raw_sql(half).execute(&mut writer).await.unwrap();
        // As after a crash: nobody has these open.
        fs::copy(&file, &crashed).unwrap();
        let journal = |of: &str| folder.path().join(format!("{of}.db-journal"));
        fs::copy(journal("store"), journal("crashed")).unwrap();
        let store = SqliteStore::open_existing(&crashed).await.unwrap();
        assert_eq!(store.accounts().await.unwrap().len(), 2000);
        assert!(!journal("crashed").exists());
    });
}
