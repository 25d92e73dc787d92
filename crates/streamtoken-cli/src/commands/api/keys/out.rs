//! Where a key that the API makes goes, made sure of before there is one.

use std::path::{Path, PathBuf};

use streamtoken::client::CreatedKey;
use streamtoken::{Error, ErrorCode, Result, api};

use super::file::{Kept, Reserved, Unkept};
use super::{id, interrupt};
use crate::commands::key::write::is_stdout;
use crate::output::{Stop, Ui, reason};

/// The file of a new key.
#[derive(clap::Args)]
pub(super) struct Out {
    /// New file for the key, which only you can read; with - `create` prints it [default: stream-key-ID.json]
    #[arg(long, short, visible_alias = "output", value_name = "FILE|-")]
    out: Option<PathBuf>,
}

/// A place that was found good.
pub(super) enum Place {
    Named(Reserved),
    /// A file that is still to get the name of the key's id.
    Unnamed(Reserved),
    Stdout,
}

impl Out {
    /// Makes the file: whatever may be wrong with it is found before a key is made in vain.
    ///
    /// From now on the file goes when the process is interrupted.
    pub(super) fn reserve(&self, ui: Ui) -> Result<Place> {
        interrupt::watch(ui);
        match &self.out {
            Some(path) if is_stdout(path) => Ok(Place::Stdout),
            Some(path) => Reserved::new(path).map(Place::Named),
            None => {
                let name = format!("stream-key-new-{}.json", std::process::id());
                Reserved::new(name.as_ref()).map(Place::Unnamed)
            }
        }
    }

    /// The file for people to read about; without one, what its name will be.
    pub(super) fn shown(&self) -> String {
        match &self.out {
            Some(path) => path.to_string_lossy().into_owned(),
            None => "stream-key-ID.json".to_owned(),
        }
    }

    pub(super) fn is_stdout(&self) -> bool {
        self.out.as_deref().is_some_and(is_stdout)
    }
}

impl Place {
    /// Puts the key there as the API gave it, a form which every command reads ([`CreatedKey::to_json`]). What was written is read back; on standard output there is nothing to read.
    ///
    /// A failure says how to revoke the key, which nobody has, or where it is all the same.
    pub(super) fn save(self, key: &CreatedKey, ui: Ui) -> Result<Option<Kept>, Stop> {
        let kept = match self {
            Self::Stdout => {
                ui.json_text(&key.to_json()?)
                    .map_err(|stop| unprinted(key, stop, ui))?;
                return Ok(None);
            }
            Self::Named(file) => file.keep(&key.to_json()?),
            Self::Unnamed(file) => file.keep(&key.to_json()?).map(|kept| match named_by(key) {
                Some(name) => kept.renamed(&name),
                None => kept,
            }),
        };
        match kept {
            Ok(kept) => {
                if let Some(doubt) = kept.doubt() {
                    ui.note(&format!("warning: {doubt}"));
                }
                Ok(Some(kept))
            }
            Err(Unkept::Nowhere(error)) => Err(unsaved(key, &error).into()),
            Err(Unkept::Unread(file, error)) => Err(unread(key, &file, &error).into()),
        }
    }
}

/// The API says the id; what is none names no file.
fn named_by(key: &CreatedKey) -> Option<PathBuf> {
    let id = api::key_id(key.id()).ok()?;
    Some(format!("stream-key-{id}.json").into())
}

fn unsaved(key: &CreatedKey, error: &Error) -> Error {
    let message = format!(
        "the key {} was made, but it is saved nowhere and of no use to anybody: {error}; revoke it with {}",
        key.id(),
        id::revocation(key.id())
    );
    Error::new(error.code(), message)
}

fn unread(key: &CreatedKey, file: &Path, error: &Error) -> Error {
    let message = format!(
        "the key {} was made and written to {}, but cannot be read back: {error}; look at the file, and unless \
         it holds the key revoke it with {}",
        key.id(),
        file.display(),
        id::revocation(key.id())
    );
    Error::new(error.code(), message)
}

/// Whoever was to read the key does not read the error either.
fn unprinted(key: &CreatedKey, stop: Stop, ui: Ui) -> Stop {
    match stop {
        Stop::Refused(error) => unsaved(key, &error).into(),
        Stop::ReaderGone => {
            let gone = reason(&std::io::ErrorKind::BrokenPipe.into());
            let error = Error::new(ErrorCode::FileUnwritable, gone);
            ui.aside(&ui.refusal(false, &unsaved(key, &error)));
            Stop::ReaderGone
        }
    }
}
