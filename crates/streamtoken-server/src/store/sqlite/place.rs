//! Whether the store's name still leads to the file that is open.

use std::io;
use std::path::{Path, PathBuf};

use streamtoken::{Error, ErrorCode, Result};

use crate::files;

/// A file, by its name and by itself.
#[derive(Debug, Clone)]
pub(super) struct Place {
    path: PathBuf,
    identity: (u64, u64),
}

impl Place {
    pub(super) fn of(path: &Path) -> Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            identity: identity(path).map_err(|error| refused(&files::reason(&error)))?,
        })
    }

    /// Refuses a file that was removed, or that another took the place of: SQLite goes on with the old one,
    /// which nobody finds again.
    pub(super) fn check(&self) -> Result<()> {
        match identity(&self.path) {
            Ok(found) if found == self.identity => Ok(()),
            Ok(_) => Err(refused(
                "its file was replaced while it was open; restart the service to go on with the new one",
            )),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(refused(
                "its file was removed while it was open; put it back and restart the service",
            )),
            Err(error) => Err(refused(&files::reason(&error))),
        }
    }
}

fn refused(reason: &str) -> Error {
    let message = format!("the store cannot be read or written: {reason}");
    Error::new(ErrorCode::StoreUnavailable, message)
}

/// Device and inode.
#[cfg(unix)]
fn identity(path: &Path) -> io::Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    path.metadata().map(|file| (file.dev(), file.ino()))
}

/// Elsewhere a file that is open keeps its name.
#[cfg(not(unix))]
fn identity(_: &Path) -> io::Result<(u64, u64)> {
    Ok((0, 0))
}
