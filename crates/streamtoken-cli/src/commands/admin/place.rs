//! Where the store and its master key are: flags, then the environment.

use std::path::PathBuf;

use streamtoken::{Error, ErrorCode, Result};
use streamtoken_server::settings::Settings;
use streamtoken_server::store::SqliteStore;
use streamtoken_server::{MasterKeySource, OpenOptions, Service};

use crate::master_keys;
use crate::output::Ui;

/// The store and what opens it.
#[derive(clap::Args)]
#[command(next_help_heading = "Store")]
pub(super) struct Place {
    /// File of the store [default: STREAMTOKEN_STORE, or streamtoken.db]
    #[arg(long, global = true, value_name = "FILE")]
    store: Option<PathBuf>,
    /// File of the master key, which opens the signing keys [default: STREAMTOKEN_MASTER_KEY_FILE]
    #[arg(long, global = true, value_name = "FILE")]
    master_key_file: Option<PathBuf>,
    /// File of the master key before it [default: STREAMTOKEN_PREVIOUS_MASTER_KEY_FILE]
    #[arg(long, global = true, value_name = "FILE")]
    previous_master_key_file: Option<PathBuf>,
}

impl Place {
    /// The store alone, which must be there.
    pub(super) async fn store(&self) -> Result<SqliteStore> {
        SqliteStore::open_existing(&self.store_file()).await
    }

    /// The store and its keys; a new store is made.
    pub(super) async fn open(&self, ui: Ui) -> Result<Service> {
        let mut options = OpenOptions::new(Some(self.store_file()));
        options.master_key = master_keys::current(self.master_key_file.as_deref(), None)?;
        options.previous_master_key = self.previous_master_key()?;
        master_keys::warn([&options.master_key, &options.previous_master_key], ui);
        streamtoken_server::open(options).await
    }

    fn store_file(&self) -> PathBuf {
        self.store
            .clone()
            .or_else(|| master_keys::variable("STREAMTOKEN_STORE").map(PathBuf::from))
            .unwrap_or_else(|| Settings::new().store)
    }

    /// The master key that a rotation takes over from.
    pub(super) fn previous_master_key(&self) -> Result<Option<MasterKeySource>> {
        master_keys::previous(self.previous_master_key_file.as_deref(), None)
    }
}

/// What the arguments lack, as the environment might have said it.
pub(super) fn usage(message: &str) -> Error {
    Error::new(ErrorCode::UsageInvalid, message)
}
