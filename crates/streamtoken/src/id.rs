//! The three kinds of id: one alphabet, compared byte for byte, never lower-cased.

use crate::{Error, ErrorCode, Result};

/// Longest identifier, in characters (Cloudflare's schema).
pub(crate) const MAX_IDENTIFIER: usize = 32;
/// Longest key id, in characters. Real ones have 32; tests and key stores use others.
pub(crate) const MAX_KEY_ID: usize = 64;

/// Refuses what is not a video UID or live-input UID.
pub(crate) fn check_identifier(text: &str) -> Result<&str> {
    if is_id(text, MAX_IDENTIFIER) {
        Ok(text)
    } else {
        Err(Error::from(ErrorCode::IdentifierInvalid).at("/identifier"))
    }
}

/// Refuses what is not a key id.
pub(crate) fn check_key_id(text: &str) -> Result<&str> {
    if is_id(text, MAX_KEY_ID) {
        Ok(text)
    } else {
        Err(Error::from(ErrorCode::KeyIdInvalid).at("/id"))
    }
}

/// Whether `text` has 1 to `longest` characters of `[A-Za-z0-9_-]`.
pub(crate) fn is_id(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
