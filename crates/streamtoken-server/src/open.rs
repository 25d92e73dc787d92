//! A service over a store, with the master key that opens it.

use std::path::PathBuf;
use std::sync::Arc;

use streamtoken::{Error, ErrorCode, Result};
use zeroize::Zeroizing;

use crate::store::{SqliteStore, Store};
use crate::vault::{MasterKey, Vault};
use crate::{Minting, Service};

/// Where a master key is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum MasterKeySource {
    /// In a file.
    File(PathBuf),
    /// Here, from the environment.
    Text(Zeroizing<String>),
}

impl MasterKeySource {
    /// Reads it.
    ///
    /// # Errors
    /// [`ErrorCode::MasterKeyInvalid`].
    pub fn read(&self) -> Result<MasterKey> {
        match self {
            Self::Text(text) => MasterKey::parse(text),
            Self::File(path) => {
                let text = std::fs::read_to_string(path).map(Zeroizing::new);
                let text = text.map_err(|error| {
                    let message =
                        format!("the master key {} cannot be read: {error}", path.display());
                    Error::new(ErrorCode::MasterKeyInvalid, message)
                })?;
                MasterKey::parse(&text)
            }
        }
    }
}

/// What to open.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct OpenOptions {
    /// The store's file; `None` for one in memory.
    pub store: Option<PathBuf>,
    /// The master key.
    pub master_key: Option<MasterKeySource>,
    /// The master key before.
    pub previous_master_key: Option<MasterKeySource>,
    /// How tokens are minted.
    pub minting: Minting,
}

/// Opens the store and starts a service over it.
///
/// # Errors
/// [`ErrorCode::MasterKeyMissing`], [`ErrorCode::MasterKeyInvalid`]; those of [`Service::start`].
pub async fn open(options: OpenOptions) -> Result<Service> {
    let master = options
        .master_key
        .ok_or(ErrorCode::MasterKeyMissing)?
        .read()?;
    let previous = options
        .previous_master_key
        .map(|key| key.read())
        .transpose()?;
    let store: Arc<dyn Store> = match options.store {
        Some(file) => Arc::new(SqliteStore::open(&file).await?),
        None => Arc::new(SqliteStore::in_memory().await?),
    };
    Service::start(store, Vault::new(master, previous), options.minting).await
}
