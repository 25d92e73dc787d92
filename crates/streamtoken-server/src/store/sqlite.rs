//! The store in SQLite: one file, or memory.

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::Row as _;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use streamtoken::api::MAX_KEYS;
use streamtoken::{Error, ErrorCode, Result};

use super::{KeyPurpose, Reseal, Store, StoredCredential, StoredKey};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// How long a statement waits for another process that writes.
const BUSY: Duration = Duration::from_secs(5);

/// Accounts, keys and credentials in SQLite, with write-ahead log and full synchronisation: what is
/// answered is on disk.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    /// One connection: SQLite writes one after another, and a store in memory lives in its connection.
    pool: SqlitePool,
}

impl SqliteStore {
    /// Opens the file, makes it when it is not there, and brings its tables up to date.
    ///
    /// # Errors
    /// [`ErrorCode::StoreUnavailable`], [`ErrorCode::StoreTooNew`].
    pub async fn open(file: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        Self::connect(options).await
    }

    /// An empty store in memory, which ends with the process.
    ///
    /// # Errors
    /// [`ErrorCode::StoreUnavailable`].
    pub async fn in_memory() -> Result<Self> {
        let options = SqliteConnectOptions::from_str("sqlite::memory:")
            .map_err(|error| unavailable(&error))?;
        Self::connect(options).await
    }

    async fn connect(options: SqliteConnectOptions) -> Result<Self> {
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.foreign_keys(true).busy_timeout(BUSY))
            .await
            .map_err(|error| unavailable(&error))?;
        MIGRATIONS.run(&pool).await.map_err(|error| match error {
            sqlx::migrate::MigrateError::VersionMissing(_) => ErrorCode::StoreTooNew.into(),
            other => Error::new(
                ErrorCode::StoreUnavailable,
                format!("the store cannot be brought up to date: {other}"),
            ),
        })?;
        Ok(Self { pool })
    }

    async fn account_exists(&self, account: &str) -> Result<bool> {
        let found = sqlx::query("SELECT 1 FROM accounts WHERE id = ?")
            .bind(account)
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| unavailable(&error))?;
        Ok(found.is_some())
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn accounts(&self) -> Result<Vec<String>> {
        sqlx::query_scalar("SELECT id FROM accounts ORDER BY id")
            .fetch_all(&self.pool)
            .await
            .map_err(|error| unavailable(&error))
    }

    async fn add_account(
        &self,
        account: &str,
        created: &str,
        endpoint_key: &StoredKey,
    ) -> Result<bool> {
        let mut transaction = self
            .pool
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(|error| unavailable(&error))?;
        let added =
            sqlx::query("INSERT INTO accounts (id, created) VALUES (?, ?) ON CONFLICT DO NOTHING")
                .bind(account)
                .bind(created)
                .execute(&mut *transaction)
                .await
                .map_err(|error| unavailable(&error))?;
        if added.rows_affected() == 0 {
            return Ok(false);
        }
        insert_key(account, endpoint_key)
            .execute(&mut *transaction)
            .await
            .map_err(|error| unavailable(&error))?;
        transaction
            .commit()
            .await
            .map_err(|error| unavailable(&error))?;
        Ok(true)
    }

    async fn keys(&self, account: &str) -> Result<Option<Vec<StoredKey>>> {
        let rows =
            sqlx::query("SELECT * FROM signing_keys WHERE account_id = ? ORDER BY created, id")
                .bind(account)
                .fetch_all(&self.pool)
                .await
                .map_err(|error| unavailable(&error))?;
        if rows.is_empty() && !self.account_exists(account).await? {
            return Ok(None);
        }
        rows.iter().map(read_key).collect::<Result<_>>().map(Some)
    }

    async fn add_key(&self, account: &str, key: &StoredKey) -> Result<()> {
        let mut transaction = self
            .pool
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(|error| unavailable(&error))?;
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM signing_keys WHERE account_id = ? AND purpose = 'account'",
        )
        .bind(account)
        .fetch_one(&mut *transaction)
        .await
        .map_err(|error| unavailable(&error))?;
        if usize::try_from(count).is_ok_and(|count| count >= MAX_KEYS) {
            return Err(ErrorCode::KeysTooMany.into());
        }
        insert_key(account, key)
            .execute(&mut *transaction)
            .await
            .map_err(|error| unavailable(&error))?;
        transaction
            .commit()
            .await
            .map_err(|error| unavailable(&error))
    }

    async fn delete_key(&self, account: &str, id: &str) -> Result<bool> {
        let done = sqlx::query(
            "DELETE FROM signing_keys WHERE account_id = ? AND id = ? AND purpose = 'account'",
        )
        .bind(account)
        .bind(id)
        .execute(&self.pool)
        .await
        .map_err(|error| unavailable(&error))?;
        Ok(done.rows_affected() > 0)
    }

    async fn credentials(&self) -> Result<Vec<StoredCredential>> {
        let rows = sqlx::query("SELECT * FROM credentials ORDER BY created, id")
            .fetch_all(&self.pool)
            .await
            .map_err(|error| unavailable(&error))?;
        rows.iter().map(read_credential).collect()
    }

    async fn add_credential(&self, credential: &StoredCredential) -> Result<()> {
        let grants = serde_json::to_string(&credential.grants).map_err(|_| ErrorCode::Internal)?;
        sqlx::query(
            "INSERT INTO credentials (id, name, hash, email, grants, created) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(&credential.id)
        .bind(&credential.name)
        .bind(credential.hash.as_slice())
        .bind(&credential.email)
        .bind(grants)
        .bind(&credential.created)
        .execute(&self.pool)
        .await
        .map_err(|error| unavailable(&error))?;
        Ok(())
    }

    async fn revoke_credential(&self, id: &str, revoked: &str) -> Result<bool> {
        let done =
            sqlx::query("UPDATE credentials SET revoked = ? WHERE id = ? AND revoked IS NULL")
                .bind(revoked)
                .bind(id)
                .execute(&self.pool)
                .await
                .map_err(|error| unavailable(&error))?;
        Ok(done.rows_affected() > 0)
    }

    async fn reseal(&self, reseal: &dyn Reseal) -> Result<usize> {
        let mut transaction = self
            .pool
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(|error| unavailable(&error))?;
        let rows = sqlx::query("SELECT * FROM signing_keys")
            .fetch_all(&mut *transaction)
            .await
            .map_err(|error| unavailable(&error))?;
        for row in &rows {
            let account: String = column(row, "account_id")?;
            let key = reseal.reseal(&account, &read_key(row)?)?;
            sqlx::query("UPDATE signing_keys SET sealed = ?, master_key_id = ? WHERE account_id = ? AND id = ?")
                .bind(&key.sealed)
                .bind(&key.master_key_id)
                .bind(&account)
                .bind(&key.id)
                .execute(&mut *transaction)
                .await
                .map_err(|error| unavailable(&error))?;
        }
        transaction
            .commit()
            .await
            .map_err(|error| unavailable(&error))?;
        Ok(rows.len())
    }

    async fn changes(&self) -> Result<i64> {
        sqlx::query_scalar("PRAGMA data_version")
            .fetch_one(&self.pool)
            .await
            .map_err(|error| unavailable(&error))
    }

    async fn check_writable(&self) -> Result<()> {
        let transaction = self
            .pool
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(|error| unavailable(&error))?;
        transaction
            .rollback()
            .await
            .map_err(|error| unavailable(&error))
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

fn insert_key<'q>(
    account: &'q str,
    key: &'q StoredKey,
) -> sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments> {
    sqlx::query(
        "INSERT INTO signing_keys (account_id, id, purpose, created, public_jwk, master_key_id, sealed) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(account)
    .bind(&key.id)
    .bind(match key.purpose {
        KeyPurpose::Account => "account",
        KeyPurpose::Endpoint => "endpoint",
    })
    .bind(&key.created)
    .bind(&key.public_jwk)
    .bind(&key.master_key_id)
    .bind(&key.sealed)
}

fn read_key(row: &SqliteRow) -> Result<StoredKey> {
    let purpose: String = column(row, "purpose")?;
    Ok(StoredKey {
        id: column(row, "id")?,
        purpose: match purpose.as_str() {
            "account" => KeyPurpose::Account,
            "endpoint" => KeyPurpose::Endpoint,
            _ => return Err(damaged("purpose")),
        },
        created: column(row, "created")?,
        public_jwk: column(row, "public_jwk")?,
        master_key_id: column(row, "master_key_id")?,
        sealed: column(row, "sealed")?,
    })
}

fn read_credential(row: &SqliteRow) -> Result<StoredCredential> {
    let hash: Vec<u8> = column(row, "hash")?;
    let grants: String = column(row, "grants")?;
    Ok(StoredCredential {
        id: column(row, "id")?,
        name: column(row, "name")?,
        hash: hash.try_into().map_err(|_| damaged("hash"))?,
        email: column(row, "email")?,
        grants: serde_json::from_str(&grants).map_err(|_| damaged("grants"))?,
        created: column(row, "created")?,
        revoked: column(row, "revoked")?,
    })
}

fn column<'r, T>(row: &'r SqliteRow, name: &str) -> Result<T>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(name).map_err(|_| damaged(name))
}

fn damaged(column: &str) -> Error {
    Error::new(
        ErrorCode::StoreDamaged,
        format!("a record of the store has a {column} that cannot be read"),
    )
}

/// SQLite's own words: "database or disk is full", "attempt to write a readonly database".
fn unavailable(error: &sqlx::Error) -> Error {
    let reason = match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        other => other.to_string(),
    };
    Error::new(
        ErrorCode::StoreUnavailable,
        format!("the store cannot be read or written: {reason}"),
    )
}
