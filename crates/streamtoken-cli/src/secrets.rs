//! Keys do not belong on the command line: every user of the machine can read it there.

use std::ffi::OsString;

use streamtoken::{Error, ErrorCode, Result, describe_key};

/// Refuses arguments that hold a key, or name one that would, wherever they stand, without quoting them.
pub(crate) fn refuse_keys_in(args: &[OsString]) -> Result<()> {
    refuse_credential_flags(args)?;
    let holds_key = |arg: &OsString| {
        let text = arg.to_string_lossy();
        // `--key=KEY`, `CLOUDFLARE_STREAM_KEY=KEY`, `@KEY`
        let value = text.split_once(['=', '@']).map(|(_, value)| value);
        is_key(&text) || value.is_some_and(is_key)
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

/// Flags that do not exist on purpose, which people who know the API's clients try.
fn refuse_credential_flags(args: &[OsString]) -> Result<()> {
    let name = |arg: &OsString| {
        let text = arg.to_string_lossy();
        let name = text.split('=').next().unwrap_or_default();
        CREDENTIAL_FLAGS.iter().find(|flag| **flag == name).copied()
    };
    match args.iter().skip(1).find_map(name) {
        None => Ok(()),
        Some(flag) => Err(Error::new(
            ErrorCode::UsageInvalid,
            format!(
                "there is no {flag}: every user of this machine can read arguments; set CLOUDFLARE_API_TOKEN, \
                 or give a file (--api-token-file FILE) or standard input (--api-token-file -), and replace the \
                 credential if it is in use"
            ),
        )),
    }
}

/// What may be shown of an argument. It may be a token, or the remains of a key that nothing above
/// knows; people find a short one again by its text, and a long one by its length.
pub(crate) fn shown(argument: &str) -> String {
    match argument.chars().count() {
        length if length > LONGEST_SHOWN => format!("[{length} characters]"),
        _ => argument.to_owned(),
    }
}

/// Whether a text is a key, or the damaged remains of one.
fn is_key(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(mark))
        || (text.len() >= SHORTEST && (is_jwk(text) || is_read_as_key(text)))
}

/// Whether a text looks like a private JWK, however it is quoted or cut off; or like base64 of a JWK.
/// Tokens have dots, and may well have a public JWK in their header.
fn is_jwk(text: &str) -> bool {
    let bare: String = text
        .chars()
        .filter(|character| !character.is_whitespace() && !r#""'\"#.contains(*character))
        .collect();
    let is_private = bare.contains("kty:RSA") && [",d:", "{d:"].iter().any(|d| bare.contains(d));
    is_private || (!bare.contains('.') && JWK_MARKS.iter().any(|mark| bare.contains(mark)))
}

/// Asks the one who knows the forms of keys.
fn is_read_as_key(text: &str) -> bool {
    match describe_key(text.trim_start_matches('-'), None) {
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

const CREDENTIAL_FLAGS: &[&str] = &["--api-token", "--api-key"];
/// A PEM, the beginning of one in base64, and what follows the first length in the base64 of a private
/// key in PKCS#1 and in PKCS#8.
const MARKS: &[&str] = &[
    "-----BEGIN",
    "LS0tLS1CRUdJTi",
    "IBAAKCA",
    "BADANBgkqhkiG9w0BAQEFAASC",
];
/// Base64 of `{"use":"sig","kty"` as Cloudflare writes it, and of `{"kty":`.
const JWK_MARKS: &[&str] = &["eyJ1c2UiOiJzaWciLCJrdHki", "eyJrdHkiO"];
/// The shortest key that anybody uses has more characters than this.
const SHORTEST: usize = 128;
/// Paths and mistyped words are shorter; tokens and keys are longer.
const LONGEST_SHOWN: usize = 200;
