//! RS256 in pure Rust, and the one place that names the `rsa` crate's PKCS#1 v1.5 operations.
#![expect(clippy::disallowed_methods, reason = "this is the place that may")]

use rsa::sha2::Sha256;
use rsa::{PrivateKey, PublicKey};

use crate::key::{PrivateParts, PublicParts};
use crate::{Error, ErrorCode, Result};

/// A private key that is ready to sign.
pub(crate) struct RsaSigner(PrivateKey);

impl RsaSigner {
    /// Takes the key over.
    pub(crate) fn new(parts: &PrivateParts) -> Result<Self> {
        parts.to_rsa().map(Self)
    }

    /// The signature over `message`, as long as the modulus.
    ///
    /// Each one is checked before it leaves: a single wrong CRT half gives the key away.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let signature = self
            .0
            .pkcs1v15_sign::<Sha256>(message)
            .map_err(|_| ErrorCode::Internal)?;
        self.0
            .as_public_key()
            .pkcs1v15_verify::<Sha256>(message, &signature)
            .map_err(|_| ErrorCode::Internal)?;
        Ok(signature)
    }
}

/// A public key that is ready to verify.
pub(crate) struct RsaVerifier(PublicKey);

impl RsaVerifier {
    /// Takes the key over.
    pub(crate) fn new(parts: &PublicParts) -> Result<Self> {
        PublicKey::new(parts.modulus(), parts.exponent())
            .map(Self)
            .map_err(|_| Error::from(ErrorCode::KeyInconsistent))
    }

    /// Whether `signature` was made over `message` with the private key.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.pkcs1v15_verify::<Sha256>(message, signature).is_ok()
    }
}
