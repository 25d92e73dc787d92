//! What is kept: accounts, sealed signing keys, hashed credentials.

mod memory;
#[cfg_attr(not(feature = "sqlite"), path = "store/no_sqlite.rs")]
mod sqlite;

pub use memory::MemoryStore;
pub use sqlite::SqliteStore;
pub(crate) use sqlite::is_there;

use async_trait::async_trait;
use streamtoken::{Error, ErrorCode, Result};

use crate::access::Grants;

/// What a signing key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyPurpose {
    /// Made and listed through the API, and used by its caller.
    Account,
    /// What the token endpoint signs with when a request brings no key. Every account has one.
    Endpoint,
}

/// A signing key as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredKey {
    /// The key id: 32 lower-case hexadecimal digits.
    pub id: String,
    /// What it is for.
    pub purpose: KeyPurpose,
    /// When it was made, in RFC 3339.
    pub created: String,
    /// The public half, as a JWK.
    pub public_jwk: String,
    /// Which master key sealed it.
    pub master_key_id: String,
    /// The private JWK, sealed under the account's and the key's id.
    pub sealed: Vec<u8>,
}

impl StoredKey {
    /// The modulus as it stands in the public JWK: what tells the material of two keys apart.
    fn modulus(&self) -> Result<String> {
        let jwk: serde_json::Value =
            serde_json::from_str(&self.public_jwk).map_err(|_| ErrorCode::Internal)?;
        Ok(format!("\"n\":{}", jwk["n"]))
    }
}

/// The master key of a store, as the store knows it: by name, and by what it sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredMasterKey {
    /// Its id; every key of the store is sealed with it.
    pub id: String,
    /// A known text that it sealed.
    pub sealed: Vec<u8>,
}

/// A credential as it is stored.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StoredCredential {
    /// Names the credential in lists and logs; no secret.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// SHA-256 of the whole credential.
    pub hash: [u8; 32],
    /// The e-mail address that goes with a key of the previous scheme.
    pub email: Option<String>,
    /// What it may do.
    pub grants: Grants,
    /// When it was made, in RFC 3339.
    pub created: String,
    /// When it was revoked, in RFC 3339.
    pub revoked: Option<String>,
}

/// Keeps what must outlive the process. Whatever was answered with `Ok` is on disk.
///
/// All methods fail with [`ErrorCode::StoreUnavailable`] when the
/// store cannot be reached or written, and
/// [`ErrorCode::StoreDamaged`] when a record cannot be read.
#[async_trait]
pub trait Store: Send + Sync {
    /// Ids of all accounts.
    async fn accounts(&self) -> Result<Vec<String>>;

    /// The master key that all keys are sealed with; `None` in a new store.
    async fn master_key(&self) -> Result<Option<StoredMasterKey>>;

    /// Says which master key the store has, unless that was said before.
    async fn set_master_key(&self, master_key: &StoredMasterKey) -> Result<()>;

    /// Adds an account and its endpoint key; `false` when it is there already.
    /// [`ErrorCode::MasterKeyWrong`] for a key that is not sealed with
    /// the store's master key;
    /// [`ErrorCode::KeyOfAnotherAccount`] for one that another
    /// account has, under this id or another.
    async fn add_account(
        &self,
        account: &str,
        created: &str,
        endpoint_key: &StoredKey,
    ) -> Result<bool>;

    /// All keys of an account, the oldest first; `None` when there is no such account.
    async fn keys(&self, account: &str) -> Result<Option<Vec<StoredKey>>>;

    /// Adds a key. [`ErrorCode::AccountUnknown`];
    /// [`ErrorCode::KeysTooMany`] above 1,000 of the account's own;
    /// [`ErrorCode::MasterKeyWrong`] for a key that is not sealed with
    /// the store's master key.
    async fn add_key(&self, account: &str, key: &StoredKey) -> Result<()>;

    /// Deletes a key of the account's own; `false` when it has none with this id.
    async fn delete_key(&self, account: &str, id: &str) -> Result<bool>;

    /// All credentials, revoked ones too, the oldest first.
    async fn credentials(&self) -> Result<Vec<StoredCredential>>;

    /// Adds a credential.
    async fn add_credential(&self, credential: &StoredCredential) -> Result<()>;

    /// Revokes a credential; `false` when there is none with this id, or it was revoked before.
    async fn revoke_credential(&self, id: &str, revoked: &str) -> Result<bool>;

    /// Replaces the sealed form of all keys and the master key of the store, in one transaction; gives
    /// the number of keys.
    async fn reseal(&self, master_key: &StoredMasterKey, reseal: &dyn Reseal) -> Result<usize>;

    /// A number that differs once another process has changed the store. Changes of this process may show
    /// in it, too.
    async fn changes(&self) -> Result<i64>;

    /// Whether a key could be stored now.
    async fn check_writable(&self) -> Result<()>;

    /// Lets go of the store, after what was begun has ended.
    async fn close(&self);
}

/// How a stored key is sealed anew.
pub trait Reseal: Send + Sync {
    /// The key of `account` as it is to be stored from now on.
    ///
    /// # Errors
    /// [`ErrorCode::MasterKeyWrong`].
    fn reseal(&self, account: &str, key: &StoredKey) -> Result<StoredKey>;
}

/// Refuses a key that was sealed before the store's master key changed: whoever holds the new one alone
/// could never open it.
fn check_seal(master_key_id: Option<&str>, key: &StoredKey) -> Result<()> {
    match master_key_id {
        Some(id) if id != key.master_key_id => Err(ErrorCode::MasterKeyWrong.into()),
        _ => Ok(()),
    }
}

/// Refuses a key that another account has: whoever may mint for one of the two could mint for both.
fn check_unused(owner: Option<&str>, account: &str) -> Result<()> {
    match owner {
        None => Ok(()),
        Some(owner) => Err(Error::new(
            ErrorCode::KeyOfAnotherAccount,
            format!(
                "account {owner} has this key, and a key signs for one account alone: give {account} another"
            ),
        )),
    }
}
