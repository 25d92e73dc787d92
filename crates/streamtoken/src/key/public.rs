//! Public keys: one by one.

use std::fmt;
use std::sync::Arc;

use jsonwebtoken::jwk::{
    AlgorithmParameters, CommonParameters, Jwk, KeyAlgorithm, PublicKeyUse, RSAKeyParameters,
    RSAKeyType,
};
use rsa::sha2::{Digest as _, Sha256};

use super::form::Material;
use super::parts::{Parts, PublicParts};
use super::{SigningKey, choose_id, proven_signer, read, write};
use crate::crypto::RsaVerifier;
use crate::id::check_key_id;
use crate::{Result, base64url};

/// A public RSA key with its id, ready to verify. Parsed once; cloning is cheap.
///
/// Two are equal when id, modulus and exponent are.
#[derive(Clone)]
pub struct PublicKey(Arc<Public>);

struct Public {
    id: String,
    parts: PublicParts,
    verifier: RsaVerifier,
}

impl PublicKey {
    /// Reads a public key: SPKI or PKCS#1 (`BEGIN PUBLIC KEY`, `BEGIN RSA PUBLIC KEY`) as PEM, DER or
    /// base64 of either, or a public JWK; and every private form of [`SigningKey::load`], which is
    /// checked in full and reduced to its public half.
    ///
    /// Id and limits are those of [`SigningKey::load`]: 2048 to 4096 bits, an odd exponent of 65537 up
    /// to 32 bits.
    ///
    /// # Errors
    /// Those of [`SigningKey::load`] but [`ErrorCode::KeyIsPublic`](crate::ErrorCode::KeyIsPublic).
    pub fn load(text: impl AsRef<[u8]>, id: Option<&str>) -> Result<Self> {
        let id = id.map(check_key_id).transpose()?;
        let Material { parts, id: own, .. } = read::read(text.as_ref())?;
        let parts = match parts {
            Parts::Private(parts) => {
                proven_signer(&parts)?;
                parts.public.clone()
            }
            Parts::Public(parts) => parts,
        };
        parts.check()?;
        Self::new(parts, choose_id(own, id)?)
    }

    /// The key id.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Size of the modulus in bits, from 2048 to 4096.
    pub fn bits(&self) -> u32 {
        self.0.parts.bits()
    }

    /// The key as a public JWK with `use`, `alg` and `kid`: compact JSON.
    pub fn to_jwk(&self) -> String {
        serde_json::to_string(&self.jwk()).expect("a JWK of strings is JSON")
    }

    /// The key as an SPKI PEM (`BEGIN PUBLIC KEY`): 64 columns, LF, a closing newline.
    pub fn to_pem(&self) -> String {
        write::spki_pem(&self.0.parts)
    }

    /// The RFC 7638 thumbprint: base64url of the SHA-256 over `e`, `kty` and `n`, 43 characters. It
    /// names the key whatever its id is.
    pub fn thumbprint(&self) -> String {
        thumbprint(&self.0.parts)
    }

    /// Whether `signature` was made over `message` with the private key.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verifier.verify(message, signature)
    }

    /// A key of parts that are checked and an id that is one.
    pub(super) fn new(parts: PublicParts, id: String) -> Result<Self> {
        let verifier = RsaVerifier::new(&parts)?;
        Ok(Self(Arc::new(Public {
            id,
            parts,
            verifier,
        })))
    }

    #[cfg(test)]
    pub(crate) fn parts(&self) -> &PublicParts {
        &self.0.parts
    }

    pub(super) fn jwk(&self) -> Jwk {
        Jwk {
            common: CommonParameters {
                public_key_use: Some(PublicKeyUse::Signature),
                key_algorithm: Some(KeyAlgorithm::RS256),
                key_id: Some(self.0.id.clone()),
                ..CommonParameters::default()
            },
            algorithm: AlgorithmParameters::RSA(RSAKeyParameters {
                key_type: RSAKeyType::RSA,
                n: base64url::encode(&self.0.parts.n),
                e: base64url::encode(&self.0.parts.e),
            }),
        }
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id && self.0.parts == other.0.parts
    }
}

impl Eq for PublicKey {}

impl From<&SigningKey> for PublicKey {
    fn from(key: &SigningKey) -> Self {
        key.public_key().clone()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("id", &self.id())
            .field("bits", &self.bits())
            .field("thumbprint", &self.thumbprint())
            .finish()
    }
}

/// RFC 7638: the required members in the order of their names, without white space.
pub(super) fn thumbprint(parts: &PublicParts) -> String {
    let n = base64url::encode(&parts.n);
    let e = base64url::encode(&parts.e);
    let text = format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#);
    base64url::encode(&Sha256::digest(text))
}
