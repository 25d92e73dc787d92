//! Keys do not belong on the command line: every user of the machine can read it there.

use std::ffi::OsString;

use streamtoken::{Error, ErrorCode, Result, describe_key};

/// Refuses arguments that hold a key, wherever they stand, without quoting them.
pub(crate) fn refuse_keys_in(args: &[OsString]) -> Result<()> {
    let holds_key = |arg: &OsString| {
        let text = arg.to_string_lossy();
        let value = text
            .split_once('=')
            .filter(|(name, _)| name.starts_with("--"));
        is_key(&text) || value.is_some_and(|(_, value)| is_key(value))
    };
    if args.iter().skip(1).any(holds_key) {
        return Err(Error::new(
            ErrorCode::UsageInvalid,
            "an argument holds a key, which every user of this machine can read there; give the key in a file \
             (--key FILE), on standard input (--key -) or in CLOUDFLARE_STREAM_KEY, and replace this one if it \
             is in use",
        ));
    }
    Ok(())
}

/// Whether a text is a key, or the damaged remains of one.
fn is_key(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(mark)) || (text.len() >= SHORTEST && is_read_as_key(text))
}

/// Asks the one who knows the forms of keys.
fn is_read_as_key(text: &str) -> bool {
    match describe_key(text, None) {
        Ok(_) => true,
        Err(error) => !matches!(
            error.code(),
            // What every other long argument gets.
            ErrorCode::KeyUnrecognized
                | ErrorCode::KeyMalformed
                | ErrorCode::KeyNotGiven
                | ErrorCode::KeyTooLarge
                | ErrorCode::KeySeveral
        ),
    }
}

/// A PEM, and the beginning of one in base64.
const MARKS: &[&str] = &["-----BEGIN", "LS0tLS1CRUdJTi"];
/// The shortest key that anybody uses has more characters than this.
const SHORTEST: usize = 128;
