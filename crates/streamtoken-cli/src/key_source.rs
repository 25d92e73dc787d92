//! Where keys come from: a file, standard input or the environment.

use std::path::{Path, PathBuf};

use streamtoken::{ErrorCode, KeySet, MAX_KEY, MAX_KEY_SET, Result, SigningKey, host};

use crate::input::{self, Bytes};

/// The key that signs.
#[derive(clap::Args)]
pub(crate) struct KeySource {
    /// File with the signing key in any form (PEM, JWK, DER, base64, API response); - reads standard input
    #[arg(long, value_name = "FILE|-", help_heading = "Key")]
    key: Option<PathBuf>,
    /// Id of the key, when the file does not hold it
    #[arg(long, value_name = "ID", requires = "key", help_heading = "Key")]
    key_id: Option<String>,
}

impl KeySource {
    /// The key of `--key`, else of the environment.
    pub(crate) fn load(&self) -> Result<SigningKey> {
        match &self.key {
            Some(path) => load(path, self.key_id.as_deref()),
            None => SigningKey::from_env(),
        }
    }
}

/// One key in a file that the command is about.
#[derive(clap::Args)]
pub(crate) struct KeyFile {
    /// File with the key in any form; - reads standard input
    #[arg(value_name = "FILE|-")]
    file: PathBuf,
    /// Id of the key, when the file does not hold it
    #[arg(long, value_name = "ID")]
    key_id: Option<String>,
}

impl KeyFile {
    /// The key to sign with that is in the file.
    pub(crate) fn load(&self) -> Result<SigningKey> {
        load(&self.file, self.key_id())
    }

    /// The bytes of the file.
    pub(crate) fn read(&self) -> Result<Bytes> {
        read(&self.file)
    }

    /// The id that was given.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }
}

/// The keys that verify.
#[derive(clap::Args)]
pub(crate) struct KeysSource {
    /// File with the public keys: a JWK set, or one key in any form; - reads standard input [default: the
    /// environment's key]
    #[arg(
        long,
        visible_alias = "key",
        value_name = "FILE|-",
        help_heading = "Keys"
    )]
    keys: Option<PathBuf>,
    /// Id of the key, when --keys holds one key without an id
    #[arg(long, value_name = "ID", requires = "keys", help_heading = "Keys")]
    key_id: Option<String>,
}

impl KeysSource {
    /// The keys of `--keys`, else the public half of the environment's.
    pub(crate) fn load(&self) -> Result<KeySet> {
        match &self.keys {
            Some(path) => load_set(path, self.key_id.as_deref()),
            None => SigningKey::from_env().map(|key| KeySet::from(&key)),
        }
    }

    /// The same, where there may be none: nobody gave a file, and the environment names no key.
    pub(crate) fn find(&self) -> Result<Option<KeySet>> {
        match &self.keys {
            Some(path) => load_set(path, self.key_id.as_deref()).map(Some),
            None => {
                let key = host::find_signing_key(|name| std::env::var_os(name))?;
                Ok(key.as_ref().map(KeySet::from))
            }
        }
    }
}

/// The key to sign with that is in a file, under `id` where it has none of its own.
pub(crate) fn load(path: &Path, id: Option<&str>) -> Result<SigningKey> {
    SigningKey::load(&*read(path)?, id)
}

/// The bytes of a key file.
pub(crate) fn read(path: &Path) -> Result<Bytes> {
    input::read(
        path,
        ENOUGH_FOR_A_KEY,
        "the key",
        ErrorCode::KeyFileUnreadable,
    )
}

/// A JWK set, or one key of any form under `id`.
pub(crate) fn load_set(path: &Path, id: Option<&str>) -> Result<KeySet> {
    let text = input::read(
        path,
        ENOUGH_FOR_A_SET,
        "the key set",
        ErrorCode::KeyFileUnreadable,
    )?;
    KeySet::load(&*text, id)
}

/// One byte more than a key may have, and than a set may have: the core refuses what is longer.
const ENOUGH_FOR_A_KEY: usize = MAX_KEY + 1;
const ENOUGH_FOR_A_SET: usize = MAX_KEY_SET + 1;
