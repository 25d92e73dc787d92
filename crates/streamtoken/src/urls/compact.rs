//! What URL building needs to know of a token: that it is one, whose it is, and whether it downloads.

use crate::json::{self, Fault};
use crate::{Error, ErrorCode, Result, Value, base64url};

/// A text of the form of a compact JWS. Nothing is verified.
pub(super) struct Compact<'a> {
    text: &'a str,
    payload: Value,
}

impl<'a> Compact<'a> {
    /// Checks size, then shape, then base64url, then JSON: the order in which tokens are verified.
    pub(super) fn read(text: &'a str) -> Result<Self> {
        if text.len() > MAX_TOKEN {
            return Err(ErrorCode::TokenTooLarge.into());
        }
        let parts = split(text).ok_or(ErrorCode::TokenShape)?;
        let [header, payload, _] = decode(parts).ok_or(ErrorCode::TokenBase64)?;
        object(&header)?;
        Ok(Self {
            text,
            payload: object(&payload)?,
        })
    }

    pub(super) fn as_str(&self) -> &'a str {
        self.text
    }

    /// The claim of this name. Present but not understood is a refusal, never "absent".
    pub(super) fn downloadable(&self) -> Result<bool> {
        match self.payload.get("downloadable") {
            None => Ok(false),
            Some(Value::Bool(value)) => Ok(*value),
            Some(_) => Err(Error::new(
                ErrorCode::ClaimType,
                "the claim downloadable must be true or false",
            )),
        }
    }

    /// The video or live input that the token claims to be for.
    pub(super) fn sub(&self) -> Option<&str> {
        self.payload.get("sub")?.as_str()
    }
}

/// Whether `text` looks like a token: three parts, the first a JSON object. A file name such as
/// `player.min.js` has three parts too, but no header.
pub(super) fn is_token_like(text: &str) -> bool {
    text.len() <= MAX_TOKEN
        && split(text)
            .and_then(|[header, ..]| base64url::decode(header.as_bytes()))
            .is_some_and(|header| object(&header).is_ok())
}

fn split(text: &str) -> Option<[&str; 3]> {
    let mut parts = text.split('.');
    let three = [parts.next()?, parts.next()?, parts.next()?];
    let whole = parts.next().is_none() && three.iter().all(|part| !part.is_empty());
    whole.then_some(three)
}

fn decode([header, payload, signature]: [&str; 3]) -> Option<[Vec<u8>; 3]> {
    Some([
        base64url::decode(header.as_bytes())?,
        base64url::decode(payload.as_bytes())?,
        base64url::decode(signature.as_bytes())?,
    ])
}

fn object(bytes: &[u8]) -> Result<Value> {
    let value = json::parse(bytes).map_err(|fault| match fault {
        Fault::NotUtf8 => ErrorCode::TokenNotUtf8,
        Fault::Syntax { .. } => ErrorCode::TokenJson,
        Fault::DuplicateMember => ErrorCode::TokenDuplicateMember,
        Fault::TooDeep => ErrorCode::TokenTooDeep,
    })?;
    match value {
        Value::Object(_) => Ok(value),
        _ => Err(ErrorCode::TokenJson.into()),
    }
}

/// Longest token, in characters: what signing refuses to exceed.
pub(super) const MAX_TOKEN: usize = 16_384;
