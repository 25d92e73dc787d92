//! Opening the file, and bringing its tables up to date.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection as _, SqliteConnection};
use streamtoken::{Error, ErrorCode, Result};

use super::SqliteStore;
use super::rows::{is_busy, refused};
use crate::files;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// How long a statement waits for another process that writes.
const BUSY: Duration = Duration::from_secs(5);
/// How long a request waits for those before it.
const QUEUE: Duration = Duration::from_secs(15);
/// The switch to the write-ahead log does not wait for another process that opens the file too.
const TRIES: u32 = 50;
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

impl SqliteStore {
    /// Opens the file, makes it when it is not there (mode 0600, which SQLite gives to the files beside it
    /// as well), and brings its tables up to date.
    ///
    /// # Errors
    /// [`ErrorCode::StoreUnavailable`]; [`ErrorCode::StoreDamaged`] for a file that is no store;
    /// [`ErrorCode::StoreTooNew`].
    pub async fn open(file: &Path) -> Result<Self> {
        files::create(file).map_err(|error| unmade(file, &error))?;
        Self::open_existing(file).await
    }

    /// Opens the file, which must be there, and brings its tables up to date.
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub async fn open_existing(file: &Path) -> Result<Self> {
        let about = |error: Error| {
            let message = format!("{}: {}", file.display(), error.message());
            Error::new(error.code(), message)
        };
        if !is_there(file)? {
            return Err(about(Error::new(
                ErrorCode::StoreUnavailable,
                "there is no such file",
            )));
        }
        Self::open_file(file).await.map_err(about)
    }

    async fn open_file(file: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .foreign_keys(true)
            .busy_timeout(BUSY);
        let opened = Arc::default();
        let writing = options
            .clone()
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let writer = connect(writing, &opened).await?;
        migrate(&writer).await?;
        let reader = connect(options.pragma("query_only", "ON"), &opened).await?;
        Ok(Self {
            writer,
            reader,
            opened,
        })
    }

    /// An empty store in memory, which ends with the process.
    ///
    /// # Errors
    /// [`ErrorCode::StoreUnavailable`].
    pub async fn in_memory() -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .in_memory(true)
            .foreign_keys(true);
        let opened = Arc::default();
        let pool = connect(options, &opened).await?;
        migrate(&pool).await?;
        Ok(Self {
            writer: pool.clone(),
            reader: pool,
            opened,
        })
    }
}

/// Whether there is something under this name.
///
/// # Errors
/// [`ErrorCode::StoreUnavailable`] when that cannot be told.
pub(crate) fn is_there(file: &Path) -> Result<bool> {
    file.try_exists()
        .map_err(|error| unavailable(file, &files::reason(&error)))
}

/// A pool of one connection, which is kept. `opened` counts how often it was opened.
async fn connect(options: SqliteConnectOptions, opened: &Arc<AtomicI64>) -> Result<SqlitePool> {
    let mut tries = 0;
    loop {
        let opened = Arc::clone(opened);
        let connected = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(QUEUE)
            .after_connect(move |_, _| {
                opened.fetch_add(1, Ordering::SeqCst);
                Box::pin(async { Ok(()) })
            })
            // Where the disk is full SQLite ends a transaction by itself, and sqlx goes on counting it:
            // nothing can be begun on such a connection any more. A rollback that is under way comes
            // before the ping.
            .after_release(|connection, _| {
                Box::pin(async move {
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_with(options.clone())
            .await;
        match connected {
            Err(error) if is_busy(&error) && tries < TRIES => tries += 1,
            other => return other.map_err(refused),
        }
        tokio::time::sleep(BETWEEN_TRIES).await;
    }
}

/// In one transaction that no other process gets into: of two that start on a new file, one makes the tables.
async fn migrate(pool: &SqlitePool) -> Result<()> {
    let mut connection = pool.acquire().await.map_err(refused)?;
    let mut transaction = connection
        .begin_with("BEGIN IMMEDIATE")
        .await
        .map_err(refused)?;
    refuse_foreign(&mut transaction).await?;
    MIGRATIONS
        .run(&mut *transaction)
        .await
        .map_err(unmigrated)?;
    transaction.commit().await.map_err(refused)
}

/// Somebody else's database gets no tables of ours.
async fn refuse_foreign(connection: &mut SqliteConnection) -> Result<()> {
    let (all, ours): (i64, i64) = sqlx::query_as(
        "SELECT count(*), count(CASE WHEN name = '_sqlx_migrations' THEN 1 END) FROM sqlite_master",
    )
    .fetch_one(connection)
    .await
    .map_err(refused)?;
    if all > 0 && ours == 0 {
        return Err(Error::new(
            ErrorCode::StoreDamaged,
            "this is a database of another program, and no store",
        ));
    }
    Ok(())
}

fn unmigrated(error: MigrateError) -> Error {
    match error {
        MigrateError::VersionMissing(_) => Error::new(
            ErrorCode::StoreTooNew,
            "the store was made by a later version of streamtoken; use that one or a later one",
        ),
        MigrateError::VersionMismatch(version) => Error::new(
            ErrorCode::StoreDamaged,
            format!("the tables of the store are not those of this version ({version} differs)"),
        ),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => refused(error),
        other => Error::new(
            ErrorCode::StoreUnavailable,
            format!("the store cannot be brought up to date: {other}"),
        ),
    }
}

fn unmade(file: &Path, error: &io::Error) -> Error {
    let folder = files::folder(file);
    if folder.is_dir() {
        return unavailable(file, &files::reason(error));
    }
    let reason = format!("there is no folder {}; make it first", folder.display());
    unavailable(file, &reason)
}

fn unavailable(file: &Path, reason: &str) -> Error {
    Error::new(
        ErrorCode::StoreUnavailable,
        format!("{}: the store cannot be opened: {reason}", file.display()),
    )
}
