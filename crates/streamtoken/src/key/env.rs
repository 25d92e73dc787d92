//! The key that the environment names.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;

use zeroize::Zeroizing;

use super::SigningKey;
use super::parts::Secret;
use super::read::MAX_BYTES;
use crate::{Error, ErrorCode, Result};

const KEY: &str = "CLOUDFLARE_STREAM_KEY";
const KEY_FILE: &str = "CLOUDFLARE_STREAM_KEY_FILE";
const KEY_ID: &str = "CLOUDFLARE_STREAM_KEY_ID";

/// Loads the key from the variables that `lookup` answers.
pub(super) fn load(lookup: impl Fn(&str) -> Option<OsString>) -> Result<SigningKey> {
    let id = given(&lookup, KEY_ID);
    let id = id.as_ref().map(|id| String::from_utf8_lossy(id));
    let id = id.as_deref().map(str::trim);
    match (given(&lookup, KEY), given(&lookup, KEY_FILE)) {
        (Some(_), Some(_)) => Err(Error::new(
            ErrorCode::KeyConflict,
            format!("{KEY} and {KEY_FILE} are both set; unset one of them"),
        )),
        (Some(text), None) => SigningKey::load(&*text, id),
        (None, Some(path)) => SigningKey::load(&*read_file(&path)?, id),
        (None, None) => Err(Error::new(
            ErrorCode::KeyNotGiven,
            format!(
                "no key was given; set {KEY} to the key or {KEY_FILE} to the file that holds it"
            ),
        )),
    }
}

/// The variable's bytes, when it holds more than white space.
fn given(lookup: &impl Fn(&str) -> Option<OsString>, name: &str) -> Option<Secret> {
    let value = Zeroizing::new(lookup(name)?.into_encoded_bytes());
    (!value.trim_ascii().is_empty()).then_some(value)
}

/// Reads one byte more than a key may have, so that `load` can refuse the file.
fn read_file(path: &[u8]) -> Result<Secret> {
    let mut content = Zeroizing::new(Vec::with_capacity(MAX_BYTES + 1));
    let path =
        std::str::from_utf8(path.trim_ascii()).map_err(|_| unreadable("its name is not UTF-8"))?;
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES as u64 + 1).read_to_end(&mut content))
        .map_err(|error| unreadable(&error.kind().to_string()))?;
    Ok(content)
}

/// The message leaves the variable's content out: it might be the key itself, put into the wrong one.
fn unreadable(why: &str) -> Error {
    Error::new(
        ErrorCode::KeyFileUnreadable,
        format!("the file that {KEY_FILE} names cannot be read: {why}"),
    )
}
