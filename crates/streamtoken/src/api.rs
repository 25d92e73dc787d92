//! Cloudflare's API as data: what goes into requests and what comes in answers. Nothing here does I/O.

mod envelope;
mod key;
mod token_request;

pub use envelope::{Envelope, Notice};
#[cfg(feature = "http")]
pub(crate) use key::without_nul;
pub use key::{CreatedKey, ListedKey, REVOKED};
pub use token_request::TokenRequest;
#[cfg(feature = "http")]
pub(crate) use token_request::load_key;

use crate::id::{MAX_IDENTIFIER, is_id};
use crate::{Error, ErrorCode, Result};

/// Where the API is, and its version.
pub const BASE_PATH: &str = "/client/v4";

/// At most this many signing keys an account has, in Cloudflare's API.
pub const MAX_KEYS: usize = 1000;

/// Refuses what is no account id: 1 to 32 characters of `[A-Za-z0-9_-]`.
///
/// # Errors
/// [`ErrorCode::AccountIdInvalid`] at `/account_id`.
pub fn account_id(text: &str) -> Result<&str> {
    if is_id(text, MAX_IDENTIFIER) {
        Ok(text)
    } else {
        Err(Error::from(ErrorCode::AccountIdInvalid).at("/account_id"))
    }
}

/// Refuses what is no video UID or live-input UID: 1 to 32 characters of `[A-Za-z0-9_-]`.
///
/// # Errors
/// [`ErrorCode::IdentifierInvalid`] at `/identifier`.
pub fn identifier(text: &str) -> Result<&str> {
    crate::id::check_identifier(text)
}

/// Refuses what is no id of a signing key: 1 to 64 characters of `[A-Za-z0-9_-]`.
///
/// # Errors
/// [`ErrorCode::KeyIdInvalid`] at `/id`.
pub fn key_id(text: &str) -> Result<&str> {
    crate::id::check_key_id(text)
}

#[cfg(test)]
mod tests {
    use crate::ErrorCode;

    #[test]
    fn ids_have_one_alphabet_and_each_its_length() {
        for (check, longest, code, field) in [
            (
                super::account_id as fn(&str) -> crate::Result<&str>,
                32,
                ErrorCode::AccountIdInvalid,
                "/account_id",
            ),
            (
                super::identifier,
                32,
                ErrorCode::IdentifierInvalid,
                "/identifier",
            ),
            (super::key_id, 64, ErrorCode::KeyIdInvalid, "/id"),
        ] {
            let longest_id = "a".repeat(longest);
            for id in ["a", "-_9Z", &longest_id] {
                assert_eq!(check(id), Ok(id));
            }
            let longer = "a".repeat(longest + 1);
            for id in ["", "a/b", "..", "%2e", "a b", "a\n", "\u{e9}", &longer] {
                let error = check(id).unwrap_err();
                assert_eq!((error.code(), error.field()), (code, Some(field)), "{id:?}");
            }
        }
    }
}
