//! Reading a token without checking it.

use crate::{Result, Value, jws};

/// What a token says of itself. **Nothing was checked**: neither the signature nor the times, nor
/// whether a claim makes sense. Whoever wrote the token chose every byte of it.
///
/// It is a type of its own so that it cannot stand where checked [`Claims`](crate::Claims) are wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Unverified {
    header: Value,
    payload: Value,
}

/// Takes a token apart for people and for logs of rare cases; see [`Unverified`].
///
/// # Errors
/// The codes of form (300 to 306): the text is too long, or is not three parts of base64url that hold
/// two JSON objects.
///
/// ```
/// # let token = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJzdWIiOiJ2In0.c2ln";
/// let unverified = streamtoken::inspect(token)?;
/// assert_eq!(unverified.payload().get("sub").and_then(|sub| sub.as_str()), Some("v"));
/// # Ok::<(), streamtoken::Error>(())
/// ```
pub fn inspect(token: impl AsRef<[u8]>) -> Result<Unverified> {
    let parts = jws::split(token.as_ref())?;
    Ok(Unverified {
        header: parts.header,
        payload: parts.payload,
    })
}

impl Unverified {
    /// The header, an object, as it came.
    pub fn header(&self) -> &Value {
        &self.header
    }

    /// The payload, an object, as it came.
    pub fn payload(&self) -> &Value {
        &self.payload
    }
}
