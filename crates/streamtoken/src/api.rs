//! Cloudflare's API as data: what goes into requests and what comes in answers. Nothing here does I/O.

mod envelope;
mod key;
mod token_request;

pub use envelope::{Envelope, Notice};
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
