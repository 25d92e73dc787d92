//! Where the store and its master key are: flags, then the environment.

use std::ffi::OsString;
use std::path::PathBuf;

use streamtoken::{Error, ErrorCode, Result};
use streamtoken_server::store::SqliteStore;
use streamtoken_server::{MasterKeySource, OpenOptions, Service};
use zeroize::Zeroizing;

use crate::output::Ui;

/// The store and what opens it.
#[derive(clap::Args)]
#[command(next_help_heading = "Store")]
pub(super) struct Place {
    /// File of the store [default: STREAMTOKEN_STORE]
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
        SqliteStore::open_existing(&self.store_file()?).await
    }

    /// The store and its keys; a new store is made.
    pub(super) async fn open(&self, ui: Ui) -> Result<Service> {
        let mut options = OpenOptions::new(Some(self.store_file()?));
        options.master_key = self.master_key()?;
        options.previous_master_key = self.previous_master_key();
        for source in [&options.master_key, &options.previous_master_key] {
            if let Some(warning) = source.as_ref().and_then(MasterKeySource::warning) {
                ui.note(&format!("warning: {warning}"));
            }
        }
        streamtoken_server::open(options).await
    }

    fn store_file(&self) -> Result<PathBuf> {
        self.store
            .clone()
            .or_else(|| variable("STREAMTOKEN_STORE").map(PathBuf::from))
            .ok_or_else(|| usage("name the store with --store FILE or STREAMTOKEN_STORE"))
    }

    fn master_key(&self) -> Result<Option<MasterKeySource>> {
        if let Some(path) = &self.master_key_file {
            return Ok(Some(MasterKeySource::File(path.clone())));
        }
        let text = variable("STREAMTOKEN_MASTER_KEY").map(OsString::into_string);
        let file = variable("STREAMTOKEN_MASTER_KEY_FILE");
        match (text, file) {
            (Some(_), Some(_)) => Err(usage(
                "STREAMTOKEN_MASTER_KEY and STREAMTOKEN_MASTER_KEY_FILE are both set; unset one",
            )),
            (Some(Ok(text)), None) => Ok(Some(MasterKeySource::Text(Zeroizing::new(text)))),
            (Some(Err(_)), None) => Err(ErrorCode::MasterKeyInvalid.into()),
            (None, file) => Ok(file.map(PathBuf::from).map(MasterKeySource::File)),
        }
    }

    /// The master key that a rotation takes over from.
    pub(super) fn previous_master_key(&self) -> Option<MasterKeySource> {
        let variable = || variable("STREAMTOKEN_PREVIOUS_MASTER_KEY_FILE").map(PathBuf::from);
        let file = self.previous_master_key_file.clone().or_else(variable);
        file.map(MasterKeySource::File)
    }
}

fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// What the arguments lack, as the environment might have said it.
pub(super) fn usage(message: &str) -> Error {
    Error::new(ErrorCode::UsageInvalid, message)
}
