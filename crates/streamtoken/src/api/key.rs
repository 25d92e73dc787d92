//! Signing keys as the routes under `/stream/keys` show them.

use std::fmt;

use serde::Serialize;
use zeroize::Zeroizing;

use crate::{Error, ErrorCode, Result, SigningKey, Value};

/// The result of deleting a key, as Cloudflare's documentation has it.
pub const REVOKED: &str = "Revoked";

/// The answer to making a key: the one time its private parts are shown. `Debug` leaves them out.
#[derive(Clone, Serialize)]
pub struct CreatedKey {
    id: String,
    pem: Zeroizing<String>,
    jwk: Zeroizing<String>,
    created: Option<String>,
}

impl CreatedKey {
    /// The names of all members.
    pub const NAMES: &'static [&'static str] = &["id", "pem", "jwk", "created"];

    /// The key, with the time at which it was made in RFC 3339.
    pub fn new(key: &SigningKey, created: &str) -> Self {
        Self {
            id: key.id().to_owned(),
            pem: key.to_pem_base64(),
            jwk: key.to_jwk_base64(),
            created: Some(created.to_owned()),
        }
    }

    /// Reads the result of an answer. The key itself is read by [`CreatedKey::signing_key`], so that a key
    /// that is not understood can still be saved.
    ///
    /// # Errors
    /// [`ErrorCode::ApiResponseInvalid`] without `id`, `pem` or `jwk`.
    pub fn from_value(value: &Value) -> Result<Self> {
        let id = text(value, "id")?;
        let part = |name| {
            let part = text(value, name).map_err(|error| {
                let message = format!(
                    "{}: the key {id} was made, and cannot be used",
                    error.message()
                );
                Error::new(error.code(), message)
            });
            part.map(|part| Zeroizing::new(part.to_owned()))
        };
        Ok(Self {
            pem: part("pem")?,
            jwk: part("jwk")?,
            id: id.to_owned(),
            created: optional_text(value, "created"),
        })
    }

    /// The key's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The private key as Cloudflare writes it: base64 of a PKCS#1 PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The private key as Cloudflare writes it: base64 of a JWK.
    pub fn jwk(&self) -> &str {
        &self.jwk
    }

    /// When it was made, in RFC 3339, as far as the answer says.
    pub fn created(&self) -> Option<&str> {
        self.created.as_deref()
    }

    /// The key to sign with.
    ///
    /// # Errors
    /// Those of [`SigningKey::load`].
    pub fn signing_key(&self) -> Result<SigningKey> {
        SigningKey::load(self.jwk.as_str(), Some(&self.id))
    }
}

impl fmt::Debug for CreatedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatedKey")
            .field("id", &self.id)
            .field("created", &self.created)
            .finish_non_exhaustive()
    }
}

/// A key in the list of an account's keys, without its private parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListedKey {
    id: String,
    key_id: String,
    created: Option<String>,
}

impl ListedKey {
    /// The names of all members.
    pub const NAMES: &'static [&'static str] = &["id", "key_id", "created"];

    /// The key with this id, and the time at which it was made in RFC 3339.
    pub fn new(id: &str, created: &str) -> Self {
        Self {
            id: id.to_owned(),
            key_id: id.to_owned(),
            created: Some(created.to_owned()),
        }
    }

    /// Reads one item of an answer, which has `id` or `key_id` at least.
    ///
    /// # Errors
    /// [`ErrorCode::ApiResponseInvalid`] without either.
    pub fn from_value(value: &Value) -> Result<Self> {
        let id = text(value, "id").or_else(|error| text(value, "key_id").map_err(|_| error))?;
        Ok(Self {
            id: id.to_owned(),
            key_id: text(value, "key_id").unwrap_or(id).to_owned(),
            created: optional_text(value, "created"),
        })
    }

    /// The key's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key's id under the other name that the answer has for it.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// When it was made, in RFC 3339, as far as the answer says.
    pub fn created(&self) -> Option<&str> {
        self.created.as_deref()
    }
}

fn text<'v>(value: &'v Value, name: &str) -> Result<&'v str> {
    optional(value, name).ok_or_else(|| {
        let message = format!("the API's answer has no {name}");
        Error::new(ErrorCode::ApiResponseInvalid, message)
    })
}

fn optional<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str)
}

fn optional_text(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::CreatedKey;
    use crate::{ErrorCode, Value};

    #[test]
    fn a_key_without_its_parts_is_named() {
        let read = |text: &str| CreatedKey::from_value(&Value::parse(text).unwrap()).unwrap_err();
        let error = read(r#"{"id":"k1","pem":"x"}"#);
        assert_eq!(error.code(), ErrorCode::ApiResponseInvalid);
        assert!(
            error.message().contains("no jwk: the key k1 was made"),
            "{error}"
        );
        assert!(read("{}").message().contains("no id"));
    }
}
