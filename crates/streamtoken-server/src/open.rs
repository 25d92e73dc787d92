//! A service from what was configured: store and master key found, or made.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use streamtoken::{Error, ErrorCode, Result};
use zeroize::Zeroizing;

use crate::files;
use crate::service::{self, Minting, Service};
use crate::store::{MemoryStore, SqliteStore, Store, is_there};
use crate::vault::{MasterKey, Vault};

/// Where the store and its master key are.
#[derive(Debug)]
#[non_exhaustive]
pub struct OpenOptions {
    /// The file of the store; memory without one.
    pub store: Option<PathBuf>,
    /// The master key. A store in memory makes one of its own.
    pub master_key: Option<MasterKeySource>,
    /// The master key before it, while it is rotated.
    pub previous_master_key: Option<MasterKeySource>,
    /// How tokens are minted.
    pub minting: Minting,
}

impl OpenOptions {
    /// A store in this file, or in memory.
    pub fn new(store: Option<PathBuf>) -> Self {
        Self {
            store,
            master_key: None,
            previous_master_key: None,
            minting: Minting::default(),
        }
    }
}

/// Where a master key comes from.
#[non_exhaustive]
pub enum MasterKeySource {
    /// A file. It belongs to the service alone (mode 0600); one that others can read is taken with a warning,
    /// since secrets that containers are given often have such modes.
    File(PathBuf),
    /// The text itself: 32 bytes in base64.
    Text(Zeroizing<String>),
}

impl fmt::Debug for MasterKeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Text(_) => f.write_str("Text(..)"),
        }
    }
}

impl MasterKeySource {
    /// Reads the master key.
    ///
    /// # Errors
    /// [`ErrorCode::MasterKeyMissing`] when there is no such file; [`ErrorCode::FileUnreadable`];
    /// [`ErrorCode::MasterKeyInvalid`].
    pub fn read(&self) -> Result<MasterKey> {
        match self {
            Self::Text(text) => MasterKey::parse(text),
            Self::File(path) => read_file(path)?.ok_or_else(|| missing_file(path)),
        }
    }

    /// What is unsafe about the file's mode, for people.
    pub fn warning(&self) -> Option<String> {
        match self {
            Self::File(path) if others_may_read(path) => Some(format!(
                "{}: other users of this machine can read the master key; chmod 600 it",
                path.display()
            )),
            _ => None,
        }
    }

    /// The master key; for a new store, a file that is not there is made.
    fn read_or_make(&self) -> Result<MasterKey> {
        let Self::File(path) = self else {
            return self.read();
        };
        if let Some(key) = read_file(path)? {
            return Ok(key);
        }
        // Of two processes that start on a new store, one makes the key, and both read it.
        let text = Zeroizing::new(format!("{}\n", *MasterKey::generate_text()?));
        let is_made = files::create_with(path, &text).map_err(|error| {
            let message = format!(
                "{}: the master key cannot be written: {}",
                path.display(),
                files::reason(&error)
            );
            Error::new(ErrorCode::FileUnwritable, message)
        })?;
        if is_made {
            tracing::warn!(
                "made a new master key: {}; keep a copy apart from the store",
                path.display()
            );
        }
        self.read()
    }

    /// The master key; for a new store, any in place of a file that is not there yet.
    fn read_or_stand_in(&self) -> Result<MasterKey> {
        match self.read() {
            Err(error) if error.code() == ErrorCode::MasterKeyMissing => {
                MasterKey::parse(&MasterKey::generate_text()?)
            }
            read => read,
        }
    }
}

/// Opens the store and starts the service.
///
/// A store that is not there is made, with mode 0600, and so is the file of its master key, before it. For a
/// store that is there no master key is ever made.
///
/// # Errors
/// [`ErrorCode::MasterKeyMissing`], [`ErrorCode::MasterKeyInvalid`], [`ErrorCode::MasterKeyWrong`];
/// [`ErrorCode::FileUnreadable`] and [`ErrorCode::FileUnwritable`] for the file of a master key;
/// [`ErrorCode::StoreUnavailable`], [`ErrorCode::StoreDamaged`], [`ErrorCode::StoreTooNew`];
/// [`ErrorCode::ConfigInvalid`] for what SQLite takes for no file.
pub async fn open(options: OpenOptions) -> Result<Service> {
    let Some(file) = &options.store else {
        let master_key = MasterKey::parse(&MasterKey::generate_text()?)?;
        let store = Arc::new(MemoryStore::new());
        return Service::start(store, Vault::new(master_key, None), options.minting).await;
    };
    let is_new = !is_there(file)?;
    let vault = vault(&options, file, MasterKeySource::read_or_make)?;
    for source in [&options.master_key, &options.previous_master_key] {
        if let Some(warning) = source.as_ref().and_then(MasterKeySource::warning) {
            tracing::warn!("{warning}");
        }
    }
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(file).await?);
    if is_new {
        tracing::warn!("made a new store: {}", file.display());
    }
    let service = Service::start(store, vault, options.minting).await?;
    if service.store().accounts().await?.is_empty() {
        tracing::warn!(
            "{}: the store has no account yet: streamtoken admin account create",
            file.display()
        );
    }
    Ok(service)
}

/// Checks what [`open`] would find. Nothing is made or changed, so a store of an earlier version is not read:
/// its tables would be brought up to date.
///
/// # Errors
/// As [`open`].
pub async fn check(options: &OpenOptions) -> Result<()> {
    let Some(file) = &options.store else {
        return Ok(());
    };
    let is_new = !is_there(file)?;
    let vault = vault(options, file, MasterKeySource::read_or_stand_in)?;
    if is_new {
        return Ok(());
    }
    let Some(store) = SqliteStore::read_only(file).await? else {
        return Ok(());
    };
    let checked = service::recognize_master_key(&store, &vault).await;
    store.close().await;
    checked.map(drop)
}

/// `make` gives the master key of a new store.
fn vault(
    options: &OpenOptions,
    store: &Path,
    make: fn(&MasterKeySource) -> Result<MasterKey>,
) -> Result<Vault> {
    let source = options.master_key.as_ref().ok_or_else(|| {
        missing("name its file with --master-key-file, or set STREAMTOKEN_MASTER_KEY")
    })?;
    let folder = files::folder(store);
    let current = if is_there(store)? {
        source.read()?
    } else if folder.is_dir() {
        make(source)?
    } else {
        // Before a master key is made for nothing.
        return Err(Error::new(
            ErrorCode::StoreUnavailable,
            format!(
                "{}: the store cannot be made: there is no folder {}; make it first",
                store.display(),
                folder.display()
            ),
        ));
    };
    let previous = options.previous_master_key.as_ref();
    Ok(Vault::new(
        current,
        previous.map(MasterKeySource::read).transpose()?,
    ))
}

/// The master key of a file; `None` when there is no such file.
fn read_file(path: &Path) -> Result<Option<MasterKey>> {
    let mut text = Zeroizing::new(String::with_capacity(LONGEST));
    let read =
        File::open(path).and_then(|file| file.take(LONGEST as u64).read_to_string(&mut text));
    match read {
        Ok(_) => MasterKey::parse(&text).map(Some).map_err(|error| {
            let message = format!("{}: {}", path.display(), error.message());
            Error::new(error.code(), message)
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(ErrorCode::MasterKeyInvalid.into())
        }
        Err(error) => Err(Error::new(
            ErrorCode::FileUnreadable,
            format!(
                "{}: the master key cannot be read: {}",
                path.display(),
                files::reason(&error)
            ),
        )),
    }
}

/// A key has 44 characters; there may be white space around.
const LONGEST: usize = 1024;

#[cfg(unix)]
fn others_may_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn others_may_read(_: &Path) -> bool {
    false
}

fn missing_file(path: &Path) -> Error {
    missing(&format!(
        "there is no file {}; none is made for a store that is there, since only the key it was made with opens it",
        path.display()
    ))
}

fn missing(what: &str) -> Error {
    let text = Error::from(ErrorCode::MasterKeyMissing);
    Error::new(
        ErrorCode::MasterKeyMissing,
        format!("{}: {what}", text.message()),
    )
}
