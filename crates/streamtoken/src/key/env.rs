//! The key that the environment names.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;

use zeroize::Zeroizing;

use super::SigningKey;
use super::parts::Secret;
use super::read::MAX_KEY;
use crate::environment::variable;
use crate::{Error, ErrorCode, Result};

const KEY: &str = "CLOUDFLARE_STREAM_KEY";
const KEY_FILE: &str = "CLOUDFLARE_STREAM_KEY_FILE";
const KEY_ID: &str = "CLOUDFLARE_STREAM_KEY_ID";

/// Loads the key from the variables that `lookup` answers.
pub(crate) fn load(lookup: impl Fn(&str) -> Option<OsString>) -> Result<SigningKey> {
    find(lookup)?.ok_or_else(|| {
        Error::new(
            ErrorCode::KeyNotGiven,
            format!(
                "no key was given; set {KEY} to the key or {KEY_FILE} to the file that holds it"
            ),
        )
    })
}

/// The same, where there may be none: no variable names a key.
pub(crate) fn find(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Option<SigningKey>> {
    let text = match (variable(&lookup, KEY), variable(&lookup, KEY_FILE)) {
        (Some(_), Some(_)) => {
            return Err(Error::new(
                ErrorCode::KeyConflict,
                format!("{KEY} and {KEY_FILE} are both set; unset one of them"),
            ));
        }
        (Some(text), None) => text,
        (None, Some(path)) => read_file(&path)?,
        (None, None) => return Ok(None),
    };
    let id = variable(&lookup, KEY_ID);
    let id = id.as_ref().map(|id| String::from_utf8_lossy(id));
    SigningKey::load(&*text, id.as_deref()).map(Some)
}

/// Reads one byte more than a key may have, so that `load` can refuse the file.
fn read_file(path: &[u8]) -> Result<Secret> {
    let mut content = Zeroizing::new(Vec::with_capacity(MAX_KEY + 1));
    let path = std::str::from_utf8(path).map_err(|_| unreadable("its name is not UTF-8"))?;
    File::open(path)
        .and_then(|file| file.take(MAX_KEY as u64 + 1).read_to_end(&mut content))
        .map_err(|error| unreadable(&error.to_string()))?;
    Ok(content)
}

/// The message leaves the variable's content out: it might be the key itself, put into the wrong one.
fn unreadable(why: &str) -> Error {
    Error::new(
        ErrorCode::KeyFileUnreadable,
        format!("the file that {KEY_FILE} names cannot be read: {why}"),
    )
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::fs;

    use super::{find, load};
    use crate::key::tests::{example, example_key};
    use crate::{ErrorCode, SigningKey, Value};

    fn load_with(variables: &[(&str, &str)]) -> crate::Result<SigningKey> {
        load(|name| {
            let (_, value) = variables.iter().find(|(other, _)| name == *other)?;
            Some(OsString::from(value))
        })
    }

    fn code(variables: &[(&str, &str)]) -> ErrorCode {
        load_with(variables).unwrap_err().code()
    }

    fn pem_base64() -> String {
        example()
            .get("pem_base64")
            .and_then(Value::as_str)
            .unwrap()
            .to_owned()
    }

    #[test]
    fn variables_are_trimmed_and_empty_ones_unset() {
        let key = example_key();
        let found = load_with(&[
            ("CLOUDFLARE_STREAM_KEY", &format!(" {}\n", pem_base64())),
            ("CLOUDFLARE_STREAM_KEY_ID", &format!("\t{}\n", key.id())),
            ("CLOUDFLARE_STREAM_KEY_FILE", "  "),
        ])
        .unwrap();
        assert_eq!(found.to_jwk(), key.to_jwk());
        let found = load_with(&[
            ("CLOUDFLARE_STREAM_KEY", &key.to_jwk()),
            ("CLOUDFLARE_STREAM_KEY_ID", ""),
        ])
        .unwrap();
        assert_eq!(found.id(), key.id());
    }

    #[test]
    fn the_file_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, pem_base64()).unwrap();
        let path = format!(" {}\n", path.display());
        let variables = [
            ("CLOUDFLARE_STREAM_KEY_FILE", &*path),
            ("CLOUDFLARE_STREAM_KEY_ID", "some-id"),
        ];
        assert_eq!(load_with(&variables).unwrap().id(), "some-id");
        assert_eq!(code(&variables[..1]), ErrorCode::KeyIdMissing);
        fs::write(path.trim(), "A".repeat(1 << 20)).unwrap();
        assert_eq!(code(&variables), ErrorCode::KeyTooLarge);
    }

    #[test]
    fn missing_conflicting_and_unreadable_keys_are_told_apart() {
        let pem = pem_base64();
        assert_eq!(code(&[]), ErrorCode::KeyNotGiven);
        assert_eq!(
            code(&[("CLOUDFLARE_STREAM_KEY_ID", "some-id")]),
            ErrorCode::KeyNotGiven
        );
        assert_eq!(
            code(&[
                ("CLOUDFLARE_STREAM_KEY", &pem),
                ("CLOUDFLARE_STREAM_KEY_FILE", "key.pem"),
            ]),
            ErrorCode::KeyConflict
        );
        assert_eq!(
            code(&[
                ("CLOUDFLARE_STREAM_KEY", &pem),
                ("CLOUDFLARE_STREAM_KEY_ID", "a b"),
            ]),
            ErrorCode::KeyIdInvalid
        );
        assert!(matches!(find(|_| Some(" \n".into())), Ok(None)));
        // A key in the variable that wants a path is not repeated in the message.
        let error = load_with(&[("CLOUDFLARE_STREAM_KEY_FILE", &pem)]).unwrap_err();
        assert_eq!(error.code(), ErrorCode::KeyFileUnreadable);
        assert!(!error.message().contains(&pem[..16]));
    }
}
