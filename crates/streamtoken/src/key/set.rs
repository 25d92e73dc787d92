//! Public keys by id.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use jsonwebtoken::jwk::JwkSet;

use super::read::without_bom;
use super::{PublicKey, SigningKey, jwk};
use crate::{Error, ErrorCode, Result, Value};

/// Public keys by id, for verification. Cloning is cheap.
///
/// There is always at least one key, and at most 1,000: as many as Cloudflare lets an account have.
#[derive(Clone)]
pub struct KeySet(Arc<Keys>);

#[derive(Default)]
struct Keys {
    list: Vec<PublicKey>,
    by_id: HashMap<String, usize>,
}

impl KeySet {
    /// A set of `keys`. The same key under the same id counts once.
    ///
    /// # Errors
    /// [`ErrorCode::KeySetEmpty`], [`ErrorCode::KeySetConflict`] for different keys under one id,
    /// [`ErrorCode::KeySetTooMany`] above 1,000.
    pub fn new(keys: impl IntoIterator<Item = PublicKey>) -> Result<Self> {
        let mut set = Keys::default();
        for key in keys {
            set.insert(key)?;
        }
        set.finish()
    }

    /// Reads what a user has to verify with: a JWK set, or one key in any form of [`PublicKey::load`],
    /// whose id comes from the key or is `id`.
    ///
    /// # Errors
    /// Those of [`PublicKey::load`] and [`KeySet::from_jwks`].
    pub fn load(text: impl AsRef<[u8]>, id: Option<&str>) -> Result<Self> {
        let text = text.as_ref();
        let refusal = match PublicKey::load(text, id) {
            Ok(key) => return Ok(key.into()),
            Err(refusal) => refusal,
        };
        let is_object = without_bom(text).trim_ascii_start().starts_with(b"{");
        match refusal.code() {
            ErrorCode::KeyIsSet => Self::from_jwks(text),
            // Larger than one key may be, or an object that is no key: as a set it gets the better answer.
            ErrorCode::KeyTooLarge | ErrorCode::KeyUnrecognized | ErrorCode::KeyMalformed
                if is_object =>
            {
                Self::from_jwks(text)
            }
            _ => Err(refusal),
        }
    }

    /// Reads a JWK set (RFC 7517) of at most 1,048,576 bytes (our choice).
    ///
    /// Private JWKs are reduced to `n` and `e`. Left out are keys of other types, and RSA keys that say
    /// that they are for something else: another `alg` than `RS256`, another `use` than `sig`, or
    /// `key_ops` without `verify` and `sign`. Every other RSA key needs a `kid` and the sizes of
    /// [`PublicKey::load`]; one malformed key refuses the set.
    ///
    /// # Errors
    /// [`ErrorCode::KeyTooLarge`], [`ErrorCode::KeySetMalformed`] naming the member, and those of
    /// [`KeySet::new`].
    pub fn from_jwks(text: impl AsRef<[u8]>) -> Result<Self> {
        let text = text.as_ref();
        if text.len() > MAX_KEY_SET {
            return Err(Error::new(
                ErrorCode::KeyTooLarge,
                format!("a key set has at most {MAX_KEY_SET} bytes"),
            ));
        }
        let text = without_bom(text);
        let document = zeroize::Zeroizing::new(
            Value::parse(text).map_err(|error| malformed(error.message()))?,
        );
        let mut set = Keys::default();
        for (index, member) in members(&document)?.iter().enumerate() {
            let at = format!("/keys/{index}");
            if let Some((parts, id)) = jwk::read_set_member(member).map_err(|e| e.within(&at))? {
                set.insert(PublicKey::new(parts, id)?)
                    .map_err(|e| e.at(&at))?;
            }
        }
        set.finish()
    }

    /// The key called `id`, compared byte for byte.
    pub fn get(&self, id: &str) -> Option<&PublicKey> {
        self.0.by_id.get(id).map(|index| &self.0.list[*index])
    }

    /// How many keys there are, from 1 to 1,000.
    #[expect(clippy::len_without_is_empty, reason = "a set is never empty")]
    pub fn len(&self) -> usize {
        self.0.list.len()
    }

    /// The keys in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = &PublicKey> {
        self.0.list.iter()
    }

    /// The set as a JWK set of public keys: compact JSON, in the order in which they came.
    pub fn to_jwks(&self) -> String {
        let set = JwkSet {
            keys: self.iter().map(PublicKey::jwk).collect(),
        };
        serde_json::to_string(&set).expect("a JWK set of strings is JSON")
    }
}

impl From<PublicKey> for KeySet {
    fn from(key: PublicKey) -> Self {
        let by_id = HashMap::from([(key.id().to_owned(), 0)]);
        Self(Arc::new(Keys {
            list: vec![key],
            by_id,
        }))
    }
}

impl From<&SigningKey> for KeySet {
    fn from(key: &SigningKey) -> Self {
        key.public_key().clone().into()
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Keys {
    fn insert(&mut self, key: PublicKey) -> Result<()> {
        if let Some(index) = self.by_id.get(key.id()) {
            return if self.list[*index] == key {
                Ok(())
            } else {
                Err(Error::new(
                    ErrorCode::KeySetConflict,
                    format!(
                        "two different keys have the id {}; give each its own",
                        key.id()
                    ),
                ))
            };
        }
        if self.list.len() == MAX_KEYS {
            return Err(ErrorCode::KeySetTooMany.into());
        }
        self.by_id.insert(key.id().to_owned(), self.list.len());
        self.list.push(key);
        Ok(())
    }

    fn finish(self) -> Result<KeySet> {
        if self.list.is_empty() {
            return Err(ErrorCode::KeySetEmpty.into());
        }
        Ok(KeySet(Arc::new(self)))
    }
}

fn members(document: &Value) -> Result<&[Value]> {
    let Some(keys) = document.get("keys") else {
        return Err(malformed(if document.get("kty").is_some() {
            "the text is one JWK, not a set of them"
        } else {
            "a JWK set is an object with the list keys"
        }));
    };
    keys.as_array()
        .ok_or_else(|| malformed("keys must be a list").at("/keys"))
}

fn malformed(what: &str) -> Error {
    Error::new(ErrorCode::KeySetMalformed, what)
}

/// Largest text of a key set, in bytes (our choice): 1,000 keys of 4096 bits fit.
pub const MAX_KEY_SET: usize = 1 << 20;
/// Cloudflare's limit for an account.
const MAX_KEYS: usize = 1000;
