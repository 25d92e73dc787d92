//! What takes the place of the store in SQLite in a build without it.

use std::path::Path;

use async_trait::async_trait;
use streamtoken::{Error, ErrorCode, Result};

use super::{Reseal, Store, StoredCredential, StoredKey, StoredMasterKey};

/// There is none.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_enums, reason = "nobody has one to match on")]
pub enum SqliteStore {}

impl SqliteStore {
    /// Refuses.
    ///
    /// # Errors
    /// [`ErrorCode::ConfigInvalid`].
    #[expect(clippy::unused_async, reason = "as it is with SQLite")]
    pub async fn open(file: &Path) -> Result<Self> {
        Err(refused(file))
    }

    /// Refuses.
    ///
    /// # Errors
    /// [`ErrorCode::ConfigInvalid`].
    #[expect(clippy::unused_async, reason = "as it is with SQLite")]
    pub async fn open_existing(file: &Path) -> Result<Self> {
        Err(refused(file))
    }

    #[expect(clippy::unused_async, reason = "as it is with SQLite")]
    pub(crate) async fn read_only(file: &Path) -> Result<Option<Self>> {
        Err(refused(file))
    }
}

/// Refuses before anything else is made.
pub(crate) fn is_there(file: &Path) -> Result<bool> {
    Err(refused(file))
}

fn refused(file: &Path) -> Error {
    let message = format!(
        "{}: this build of streamtoken keeps its store in memory alone (`serve --dev`); the command line by \
         itself, from `cargo install streamtoken-cli` or its archive, has stores on disk",
        file.display()
    );
    Error::new(ErrorCode::ConfigInvalid, message)
}

#[async_trait]
impl Store for SqliteStore {
    async fn accounts(&self) -> Result<Vec<String>> {
        match *self {}
    }
    async fn master_key(&self) -> Result<Option<StoredMasterKey>> {
        match *self {}
    }
    async fn set_master_key(&self, _: &StoredMasterKey) -> Result<()> {
        match *self {}
    }
    async fn add_account(&self, _: &str, _: &str, _: &StoredKey) -> Result<bool> {
        match *self {}
    }
    async fn keys(&self, _: &str) -> Result<Option<Vec<StoredKey>>> {
        match *self {}
    }
    async fn add_key(&self, _: &str, _: &StoredKey) -> Result<()> {
        match *self {}
    }
    async fn delete_key(&self, _: &str, _: &str) -> Result<bool> {
        match *self {}
    }
    async fn credentials(&self) -> Result<Vec<StoredCredential>> {
        match *self {}
    }
    async fn add_credential(&self, _: &StoredCredential) -> Result<()> {
        match *self {}
    }
    async fn revoke_credential(&self, _: &str, _: &str) -> Result<bool> {
        match *self {}
    }
    async fn reseal(&self, _: &StoredMasterKey, _: &dyn Reseal) -> Result<usize> {
        match *self {}
    }
    async fn changes(&self) -> Result<i64> {
        match *self {}
    }
    async fn check_writable(&self) -> Result<()> {
        match *self {}
    }
    async fn close(&self) {
        match *self {}
    }
}
