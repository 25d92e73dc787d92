//! What `key show` tells about a key.

use serde::Serialize;

use super::form::Material;
use super::parts::Parts;
use super::public::thumbprint;
use super::{choose_id, proven_signer, read};
use crate::Result;
use crate::id::check_key_id;

/// What can be told about a key without giving it away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KeyInfo {
    /// The form in which the key came, in words: `base64 of a PKCS#1 PEM`.
    pub form: String,
    /// Whether it is a private key, which can sign.
    pub private: bool,
    /// The id, from the key or the caller; `None` when neither has one.
    pub id: Option<String>,
    /// Size of the modulus in bits, from 2048 to 4096.
    pub bits: u32,
    /// The public exponent, 65537 or larger.
    pub exponent: u32,
    /// The RFC 7638 thumbprint, 43 characters of base64url: the same for both halves of a key.
    pub thumbprint: String,
}

/// Runs every check of [`SigningKey::load`](crate::SigningKey::load) or
/// [`PublicKey::load`](crate::PublicKey::load), whichever the text holds, and tells what was found. A
/// missing id is fine here.
///
/// # Errors
/// Those of the two, but [`ErrorCode::KeyIdMissing`](crate::ErrorCode::KeyIdMissing) and
/// [`ErrorCode::KeyIsPublic`](crate::ErrorCode::KeyIsPublic).
pub fn describe_key(text: impl AsRef<[u8]>, id: Option<&str>) -> Result<KeyInfo> {
    let id = id.map(check_key_id).transpose()?;
    let Material {
        parts,
        id: own,
        form,
    } = read::read(text.as_ref())?;
    match &parts {
        Parts::Private(parts) => drop(proven_signer(parts)?),
        Parts::Public(parts) => parts.check()?,
    }
    let known = own.is_some() || id.is_some();
    Ok(KeyInfo {
        form: form.words(),
        private: matches!(parts, Parts::Private(_)),
        id: known.then(|| choose_id(own, id)).transpose()?,
        bits: parts.public().bits(),
        exponent: parts.public().exponent_value(),
        thumbprint: thumbprint(parts.public()),
    })
}
