//! Where the master keys are: a flag, then the environment, then the file with settings.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use streamtoken::{Error, ErrorCode, Result};
use streamtoken_server::MasterKeySource;
use zeroize::Zeroizing;

use crate::output::Ui;

/// The master key.
pub(crate) fn current(
    flag: Option<&Path>,
    setting: Option<&Path>,
) -> Result<Option<MasterKeySource>> {
    find("STREAMTOKEN_MASTER_KEY", flag, setting)
}

/// The master key before it, while it is rotated.
pub(crate) fn previous(
    flag: Option<&Path>,
    setting: Option<&Path>,
) -> Result<Option<MasterKeySource>> {
    find("STREAMTOKEN_PREVIOUS_MASTER_KEY", flag, setting)
}

/// Tells people which files others can read.
pub(crate) fn warn<'a>(sources: impl IntoIterator<Item = &'a Option<MasterKeySource>>, ui: Ui) {
    for source in sources {
        if let Some(warning) = source.as_ref().and_then(MasterKeySource::warning) {
            ui.note(&format!("warning: {warning}"));
        }
    }
}

/// A variable holds the key itself, or with `_FILE` after its name that of a file.
fn find(
    name: &str,
    flag: Option<&Path>,
    setting: Option<&Path>,
) -> Result<Option<MasterKeySource>> {
    if let Some(path) = flag {
        return Ok(Some(MasterKeySource::File(path.to_owned())));
    }
    let text = variable(name).map(OsString::into_string);
    let file = variable(&format!("{name}_FILE")).map(PathBuf::from);
    match (text, file) {
        (Some(_), Some(_)) => {
            let message = format!("{name} and {name}_FILE are both set; unset one");
            Err(Error::new(ErrorCode::ConfigInvalid, message))
        }
        (Some(Ok(text)), None) => Ok(Some(MasterKeySource::Text(Zeroizing::new(text)))),
        (Some(Err(_)), None) => Err(ErrorCode::MasterKeyInvalid.into()),
        (None, file) => {
            let file = file.or_else(|| setting.map(Path::to_owned));
            Ok(file.map(MasterKeySource::File))
        }
    }
}

/// A variable; an empty one is none.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
