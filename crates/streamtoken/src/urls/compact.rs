//! What URL building needs to know of a token: that it is one, whose it is, and whether it downloads.

use crate::jws::{self, Parts};
use crate::{Error, ErrorCode, Result, Value};

/// A text of the form of a compact JWS. Nothing is verified.
pub(super) struct Compact<'a> {
    text: &'a str,
    payload: Value,
}

impl<'a> Compact<'a> {
    /// Checks the form, in the order in which tokens are verified.
    pub(super) fn read(text: &'a str) -> Result<Self> {
        let Parts { payload, .. } = jws::split(text.as_bytes())?;
        Ok(Self { text, payload })
    }

    pub(super) fn as_str(&self) -> &'a str {
        self.text
    }

    /// Whether the token claims to allow downloads. Present but not understood is a refusal, never
    /// "absent".
    pub(super) fn downloadable(&self) -> Result<bool> {
        match self.payload.get("downloadable") {
            None => Ok(false),
            Some(Value::Bool(value)) => Ok(*value),
            Some(_) => Err(
                Error::new(ErrorCode::ClaimType, "downloadable must be a boolean")
                    .at("/downloadable"),
            ),
        }
    }

    /// The video or live input that the token claims to be for.
    pub(super) fn sub(&self) -> Option<&str> {
        self.payload.get("sub")?.as_str()
    }
}

/// Whether `text` looks like a token. A file name such as `player.min.js` has three parts too, but no
/// header and payload.
pub(super) fn is_token_like(text: &str) -> bool {
    jws::split(text.as_bytes()).is_ok()
}
