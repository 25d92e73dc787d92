//! Records as rows, and SQLite's refusals as ours.

use sqlx::Row as _;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Decode, Sqlite, Type};
use streamtoken::{Error, ErrorCode, Result};

use crate::store::{KeyPurpose, StoredCredential, StoredKey, StoredMasterKey};

/// A statement with what is bound to it.
pub(super) type Statement<'q> = Query<'q, Sqlite, SqliteArguments>;

pub(super) fn insert_key<'q>(account: &'q str, key: &'q StoredKey) -> Statement<'q> {
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

pub(super) fn read_key(row: &SqliteRow) -> Result<StoredKey> {
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

pub(super) fn read_master_key(row: &SqliteRow) -> Result<StoredMasterKey> {
    Ok(StoredMasterKey {
        id: column(row, "id")?,
        sealed: column(row, "sealed")?,
    })
}

pub(super) fn read_credential(row: &SqliteRow) -> Result<StoredCredential> {
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

pub(super) fn column<'r, T>(row: &'r SqliteRow, name: &str) -> Result<T>
where
    T: Decode<'r, Sqlite> + Type<Sqlite>,
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
#[expect(
    clippy::needless_pass_by_value,
    reason = "so that map_err takes it as it is"
)]
pub(super) fn refused(error: sqlx::Error) -> Error {
    let (code, reason) = match &error {
        sqlx::Error::Database(error) if is_damage(&**error) => {
            (ErrorCode::StoreDamaged, error.message().to_owned())
        }
        sqlx::Error::Database(error) => (ErrorCode::StoreUnavailable, error.message().to_owned()),
        sqlx::Error::PoolTimedOut => (
            ErrorCode::StoreUnavailable,
            "it is busy with what was asked before".to_owned(),
        ),
        other => (ErrorCode::StoreUnavailable, other.to_string()),
    };
    Error::new(
        code,
        format!("the store cannot be read or written: {reason}"),
    )
}

fn is_damage(error: &dyn sqlx::error::DatabaseError) -> bool {
    matches!(primary_code(error), Some(CORRUPT | NOTADB))
}

/// Whether another process holds the file: waiting may help.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(error) if primary_code(&**error) == Some(BUSY))
}

/// Whether the file was opened for reading alone, since it could not be written then.
pub(super) fn is_read_only(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(error) if primary_code(&**error) == Some(READONLY))
}

/// SQLite's result code without what extends it.
fn primary_code(error: &dyn sqlx::error::DatabaseError) -> Option<u32> {
    error
        .code()
        .and_then(|code| code.parse().ok())
        .map(|code: u32| code & 0xff)
}

const BUSY: u32 = 5;
const READONLY: u32 = 8;
const CORRUPT: u32 = 11;
const NOTADB: u32 = 26;
