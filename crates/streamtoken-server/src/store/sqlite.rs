//! The store in SQLite: one file.

mod open;
mod place;
mod rows;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use sqlx::sqlite::SqlitePool;
use sqlx::{Sqlite, SqliteConnection, Transaction};
use streamtoken::api::MAX_KEYS;
use streamtoken::{ErrorCode, Result};

pub(crate) use open::is_there;
use place::Place;
use rows::{
    Statement, column, insert_key, is_read_only, read_credential, read_key, read_master_key,
    refused,
};

use super::{
    Reseal, Store, StoredCredential, StoredKey, StoredMasterKey, check_seal, check_unused,
};

/// Accounts, keys and credentials in SQLite, with write-ahead log and full synchronisation: what is
/// answered is on disk.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    /// One connection: SQLite writes one after another.
    writer: SqlitePool,
    /// One connection, which no write holds up.
    reader: SqlitePool,
    /// How many connections were opened so far.
    opened: Arc<AtomicI64>,
    /// Where the file was when it was opened; none in memory.
    place: Option<Place>,
}

impl SqliteStore {
    /// A transaction that nothing is written beside, by other processes neither. Where the file could only be
    /// read when it was opened, it is opened anew, for it may be writable by now.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>> {
        self.check_place()?;
        match self.try_begin().await {
            Err(error) if is_read_only(&error) => {
                self.let_go().await.map_err(refused)?;
                self.try_begin().await.map_err(refused)
            }
            other => other.map_err(refused),
        }
    }

    fn check_place(&self) -> Result<()> {
        self.place.as_ref().map_or(Ok(()), Place::check)
    }

    /// Closes both connections: they share what they know of the write-ahead log. The next who needs one
    /// opens it.
    async fn let_go(&self) -> sqlx::Result<()> {
        let reader = self.reader.acquire().await?;
        self.writer.acquire().await?.close().await?;
        reader.close().await
    }

    async fn try_begin(&self) -> sqlx::Result<Transaction<'static, Sqlite>> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        // SQLite begins even where it may only read.
        sqlx::query("DELETE FROM accounts WHERE FALSE")
            .execute(&mut *transaction)
            .await?;
        Ok(transaction)
    }

    /// Makes a change of one statement; gives how many rows it is about.
    async fn change(&self, statement: Statement<'_>) -> Result<u64> {
        let mut transaction = self.begin().await?;
        let rows = execute(&mut transaction, statement).await?;
        commit(transaction).await?;
        Ok(rows)
    }
}

async fn execute(connection: &mut SqliteConnection, statement: Statement<'_>) -> Result<u64> {
    let done = statement.execute(connection).await.map_err(refused)?;
    Ok(done.rows_affected())
}

async fn commit(transaction: Transaction<'static, Sqlite>) -> Result<()> {
    transaction.commit().await.map_err(refused)
}

#[async_trait]
impl Store for SqliteStore {
    async fn accounts(&self) -> Result<Vec<String>> {
        sqlx::query_scalar("SELECT id FROM accounts ORDER BY id")
            .fetch_all(&self.reader)
            .await
            .map_err(refused)
    }

    async fn master_key(&self) -> Result<Option<StoredMasterKey>> {
        sqlx::query("SELECT id, sealed FROM master_key")
            .fetch_optional(&self.reader)
            .await
            .map_err(refused)?
            .as_ref()
            .map(read_master_key)
            .transpose()
    }

    async fn set_master_key(&self, master_key: &StoredMasterKey) -> Result<()> {
        let statement = sqlx::query(
            "INSERT INTO master_key (one, id, sealed) VALUES (1, ?, ?) ON CONFLICT DO NOTHING",
        );
        let statement = statement.bind(&master_key.id).bind(&master_key.sealed);
        self.change(statement).await.map(drop)
    }

    async fn add_account(
        &self,
        account: &str,
        created: &str,
        endpoint_key: &StoredKey,
    ) -> Result<bool> {
        let mut transaction = self.begin().await?;
        check_seal(
            master_key_id(&mut transaction).await?.as_deref(),
            endpoint_key,
        )?;
        let statement =
            sqlx::query("INSERT INTO accounts (id, created) VALUES (?, ?) ON CONFLICT DO NOTHING");
        let statement = statement.bind(account).bind(created);
        if execute(&mut transaction, statement).await? == 0 {
            return Ok(false);
        }
        let owner = owner(&mut transaction, account, endpoint_key).await?;
        check_unused(owner.as_deref(), account)?;
        execute(&mut transaction, insert_key(account, endpoint_key)).await?;
        commit(transaction).await?;
        Ok(true)
    }

    async fn keys(&self, account: &str) -> Result<Option<Vec<StoredKey>>> {
        let rows =
            sqlx::query("SELECT * FROM signing_keys WHERE account_id = ? ORDER BY created, id")
                .bind(account)
                .fetch_all(&self.reader)
                .await
                .map_err(refused)?;
        if rows.is_empty() {
            let mut reader = self.reader.acquire().await.map_err(refused)?;
            if !has_account(&mut reader, account).await? {
                return Ok(None);
            }
        }
        rows.iter().map(read_key).collect::<Result<_>>().map(Some)
    }

    async fn add_key(&self, account: &str, key: &StoredKey) -> Result<()> {
        let mut transaction = self.begin().await?;
        check_seal(master_key_id(&mut transaction).await?.as_deref(), key)?;
        if !has_account(&mut transaction, account).await? {
            return Err(ErrorCode::AccountUnknown.into());
        }
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM signing_keys WHERE account_id = ? AND purpose = 'account'",
        )
        .bind(account)
        .fetch_one(&mut *transaction)
        .await
        .map_err(refused)?;
        if usize::try_from(count).is_ok_and(|count| count >= MAX_KEYS) {
            return Err(ErrorCode::KeysTooMany.into());
        }
        execute(&mut transaction, insert_key(account, key)).await?;
        commit(transaction).await
    }

    async fn delete_key(&self, account: &str, id: &str) -> Result<bool> {
        let statement = sqlx::query(
            "DELETE FROM signing_keys WHERE account_id = ? AND id = ? AND purpose = 'account'",
        );
        let rows = self.change(statement.bind(account).bind(id)).await?;
        Ok(rows > 0)
    }

    async fn credentials(&self) -> Result<Vec<StoredCredential>> {
        let rows = sqlx::query("SELECT * FROM credentials ORDER BY created, id")
            .fetch_all(&self.reader)
            .await
            .map_err(refused)?;
        rows.iter().map(read_credential).collect()
    }

    async fn add_credential(&self, credential: &StoredCredential) -> Result<()> {
        let grants = serde_json::to_string(&credential.grants).map_err(|_| ErrorCode::Internal)?;
        let statement = sqlx::query(
            "INSERT INTO credentials (id, name, hash, email, grants, created) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(&credential.id)
        .bind(&credential.name)
        .bind(credential.hash.as_slice())
        .bind(&credential.email)
        .bind(grants)
        .bind(&credential.created);
        self.change(statement).await.map(drop)
    }

    async fn revoke_credential(&self, id: &str, revoked: &str) -> Result<bool> {
        let statement =
            sqlx::query("UPDATE credentials SET revoked = ? WHERE id = ? AND revoked IS NULL");
        let rows = self.change(statement.bind(revoked).bind(id)).await?;
        Ok(rows > 0)
    }

    async fn reseal(&self, master_key: &StoredMasterKey, reseal: &dyn Reseal) -> Result<usize> {
        let mut transaction = self.begin().await?;
        let rows = sqlx::query("SELECT * FROM signing_keys")
            .fetch_all(&mut *transaction)
            .await
            .map_err(refused)?;
        for row in &rows {
            let account: String = column(row, "account_id")?;
            let key = reseal.reseal(&account, &read_key(row)?)?;
            let statement = sqlx::query(
                "UPDATE signing_keys SET sealed = ?, master_key_id = ? WHERE account_id = ? AND id = ?",
            )
            .bind(&key.sealed)
            .bind(&key.master_key_id)
            .bind(&account)
            .bind(&key.id);
            execute(&mut transaction, statement).await?;
        }
        let statement = sqlx::query("REPLACE INTO master_key (one, id, sealed) VALUES (1, ?, ?)");
        let statement = statement.bind(&master_key.id).bind(&master_key.sealed);
        execute(&mut transaction, statement).await?;
        commit(transaction).await?;
        Ok(rows.len())
    }

    async fn changes(&self) -> Result<i64> {
        self.check_place()?;
        let version: i64 = sqlx::query_scalar("PRAGMA data_version")
            .fetch_one(&self.reader)
            .await
            .map_err(refused)?;
        // Each connection counts from its own beginning.
        Ok(self.opened.load(Ordering::SeqCst) << 32 | version)
    }

    async fn check_writable(&self) -> Result<()> {
        self.begin().await?.rollback().await.map_err(refused)
    }

    async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

async fn has_account(connection: &mut SqliteConnection, account: &str) -> Result<bool> {
    sqlx::query("SELECT 1 FROM accounts WHERE id = ?")
        .bind(account)
        .fetch_optional(connection)
        .await
        .map(|found| found.is_some())
        .map_err(refused)
}

/// The account other than `account` that has this key, by its id or by its modulus.
async fn owner(
    connection: &mut SqliteConnection,
    account: &str,
    key: &StoredKey,
) -> Result<Option<String>> {
    sqlx::query_scalar(
        "SELECT account_id FROM signing_keys \
         WHERE account_id <> ? AND (id = ? OR instr(public_jwk, ?) > 0) LIMIT 1",
    )
    .bind(account)
    .bind(&key.id)
    .bind(key.modulus()?)
    .fetch_optional(connection)
    .await
    .map_err(refused)
}

async fn master_key_id(connection: &mut SqliteConnection) -> Result<Option<String>> {
    sqlx::query_scalar("SELECT id FROM master_key")
        .fetch_optional(connection)
        .await
        .map_err(refused)
}
