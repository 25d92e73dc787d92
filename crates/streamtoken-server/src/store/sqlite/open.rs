//! Opening the file, and bringing its tables up to date.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, SqlSafeStr as _, SqliteConnection};
use streamtoken::{Error, ErrorCode, Result};

use super::SqliteStore;
use super::place::Place;
use super::rows::{is_busy, is_read_only, refused};
use crate::files;

/// The steps to the tables of this version, in their order. `sqlx::migrate!` would read the folder by itself, but
/// its crate of macros compiles all of SQLite once more, for the compiler.
static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let steps = [
        (
            "keys and credentials",
            include_str!("../../../migrations/sqlite/0001_keys_and_credentials.sql"),
        ),
        (
            "master key",
            include_str!("../../../migrations/sqlite/0002_master_key.sql"),
        ),
    ];
    let migrations = (1..).zip(steps).map(|(version, (description, sql))| {
        let kind = MigrationType::Simple;
        Migration::new(version, description.into(), kind, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect())
});

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
    /// [`ErrorCode::StoreTooNew`]; [`ErrorCode::ConfigInvalid`] for what SQLite takes for no file.
    pub async fn open(file: &Path) -> Result<Self> {
        if !is_there(file)? {
            files::create(file).map_err(|error| unmade(file, &error))?;
        }
        Self::open_file(file, true).await
    }

    /// Opens the file, which must be a store already, and brings its tables up to date.
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub async fn open_existing(file: &Path) -> Result<Self> {
        Self::open_file(file, false).await
    }

    async fn open_file(file: &Path, may_be_empty: bool) -> Result<Self> {
        check_file(file)?;
        let opened = async {
            let options = SqliteConnectOptions::new()
                .filename(file)
                .foreign_keys(true)
                .busy_timeout(BUSY);
            if !has_tables_at(&options).await? && !may_be_empty {
                return Err(Error::new(
                    ErrorCode::StoreDamaged,
                    "this is an empty file, and no store",
                ));
            }
            Self::open_ours(file, options).await
        };
        opened.await.map_err(|error| about(file, &error))
    }

    async fn open_ours(file: &Path, options: SqliteConnectOptions) -> Result<Self> {
        // Before it is opened: what takes its place meanwhile is noticed.
        let place = Place::of(file)?;
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
            place: Some(place),
        })
    }

    /// Opens the file to look at it, and changes nothing. `None` for an empty file, and for tables that are
    /// to be brought up to date before they can be read.
    pub(crate) async fn read_only(file: &Path) -> Result<Option<Self>> {
        check_file(file)?;
        let opened = Self::read_only_file(file).await;
        opened.map_err(|error| about(file, &error))
    }

    async fn read_only_file(file: &Path) -> Result<Option<Self>> {
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        let options = SqliteConnectOptions::new()
            .filename(file)
            .busy_timeout(BUSY)
            .read_only(true)
            // Where nobody has it open, SQLite would leave files beside it.
            .immutable(!is_there(Path::new(&log))?);
        let opened = Arc::default();
        let pool = connect(options, &opened).await?;
        let mut connection = pool.acquire().await.map_err(refused)?;
        let is_current =
            has_tables(&mut connection).await? && is_up_to_date(&mut connection).await?;
        drop(connection);
        Ok(is_current.then(|| Self {
            writer: pool.clone(),
            reader: pool,
            opened,
            place: None,
        }))
    }
}

/// Whether there is something under this name.
///
/// # Errors
/// [`ErrorCode::StoreUnavailable`] when that cannot be told, or a link leads nowhere;
/// [`ErrorCode::ConfigInvalid`] for what SQLite takes for no file.
pub(crate) fn is_there(file: &Path) -> Result<bool> {
    check_name(file)?;
    let is_there = file
        .try_exists()
        .map_err(|error| unavailable(file, &files::reason(&error)))?;
    match file.read_link() {
        Ok(target) if !is_there => {
            let reason = format!("it is a link to {}, and nothing is there", target.display());
            Err(unavailable(file, &reason))
        }
        _ => Ok(is_there),
    }
}

/// Refuses the names that SQLite does not take for those of files. It would forget what is stored in memory.
fn check_name(file: &Path) -> Result<()> {
    let shown = file.display();
    let message = match file.as_os_str().as_encoded_bytes() {
        b":memory:" => format!(
            "{shown} names no file: `streamtoken serve --dev` without --store keeps its store in memory"
        ),
        name if name.starts_with(b"file:") => format!(
            "{shown} is a URI: give the name of the file alone, or ./{shown} for one that is called so"
        ),
        _ => return Ok(()),
    };
    Err(Error::new(ErrorCode::ConfigInvalid, message))
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
    has_tables(&mut transaction).await?;
    MIGRATIONS
        .run(&mut *transaction)
        .await
        .map_err(unmigrated)?;
    transaction.commit().await.map_err(refused)
}

/// Whether the file has tables, asked on a connection that writes nothing, the journal mode neither: it may be
/// somebody else's.
async fn has_tables_at(options: &SqliteConnectOptions) -> Result<bool> {
    let counted = async {
        let mut connection = options.clone().read_only(true).connect().await?;
        let counted = count_tables(&mut connection).await;
        connection.close().await?;
        counted
    };
    match counted.await {
        // A crash left behind what must be undone before anybody reads. Whose it is is asked again then.
        Err(error) if is_read_only(&error) => Ok(true),
        other => judge(other.map_err(refused)?),
    }
}

/// Whether there are tables of ours. Somebody else's database is refused: it gets none.
async fn has_tables(connection: &mut SqliteConnection) -> Result<bool> {
    judge(count_tables(connection).await.map_err(refused)?)
}

fn judge((all, ours): (i64, i64)) -> Result<bool> {
    if all > 0 && ours == 0 {
        return Err(Error::new(
            ErrorCode::StoreDamaged,
            "this is a database of another program, and no store",
        ));
    }
    Ok(ours > 0)
}

async fn count_tables(connection: &mut SqliteConnection) -> sqlx::Result<(i64, i64)> {
    sqlx::query_as(
        "SELECT count(*), count(CASE WHEN name = '_sqlx_migrations' THEN 1 END) FROM sqlite_master",
    )
    .fetch_one(connection)
    .await
}

/// Whether the tables are those of this version; those of a later one are refused.
async fn is_up_to_date(connection: &mut SqliteConnection) -> Result<bool> {
    let found: i64 = sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
        .fetch_one(connection)
        .await
        .map_err(refused)?;
    let ours = MIGRATIONS.iter().map(|migration| migration.version).max();
    if ours.is_some_and(|ours| found > ours) {
        return Err(unmigrated(MigrateError::VersionMissing(found)));
    }
    Ok(ours == Some(found))
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

/// SQLite would wait for whoever writes into a pipe.
fn check_file(file: &Path) -> Result<()> {
    if !is_there(file)? {
        return Err(unavailable(file, "there is no such file"));
    }
    if !file.is_file() {
        return Err(unavailable(file, "it is no regular file"));
    }
    Ok(())
}

fn about(file: &Path, error: &Error) -> Error {
    let message = format!("{}: {}", file.display(), error.message());
    Error::new(error.code(), message)
}

fn unavailable(file: &Path, reason: &str) -> Error {
    Error::new(
        ErrorCode::StoreUnavailable,
        format!("{}: the store cannot be opened: {reason}", file.display()),
    )
}
