//! Signing keys as the routes under `/stream/keys` show them.

use serde::Serialize;
use zeroize::Zeroizing;

use crate::SigningKey;

/// The result of deleting a key, as Cloudflare's documentation has it.
pub const REVOKED: &str = "Revoked";

/// The answer to making a key: the one time its private parts are shown.
#[derive(Serialize)]
pub struct CreatedKey<'k> {
    id: &'k str,
    pem: Zeroizing<String>,
    jwk: Zeroizing<String>,
    created: &'k str,
}

impl<'k> CreatedKey<'k> {
    /// The key, with the time at which it was made in RFC 3339.
    pub fn new(key: &'k SigningKey, created: &'k str) -> Self {
        Self {
            id: key.id(),
            pem: key.to_pem_base64(),
            jwk: key.to_jwk_base64(),
            created,
        }
    }
}

/// A key in the list of an account's keys, without its private parts.
#[derive(Debug, Clone, Serialize)]
pub struct ListedKey<'k> {
    id: &'k str,
    key_id: &'k str,
    created: &'k str,
}

impl<'k> ListedKey<'k> {
    /// The key with this id, and the time at which it was made in RFC 3339.
    pub fn new(id: &'k str, created: &'k str) -> Self {
        Self {
            id,
            key_id: id,
            created,
        }
    }
}
