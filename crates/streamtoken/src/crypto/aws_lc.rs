//! RS256 on AWS-LC. Keys are parsed once; AWS-LC checks each CRT result with the public exponent
//! before the signature leaves.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256};

use crate::fork::watched;
use crate::key::{PrivateParts, PublicParts};
use crate::{ErrorCode, Result};

/// A private key that is ready to sign.
pub(crate) struct RsaSigner(KeyPair);

impl RsaSigner {
    /// Takes the key over; AWS-LC validates each component again.
    pub(crate) fn new(parts: &PrivateParts) -> Result<Self> {
        KeyPair::from_components(&KeyPairComponents {
            public_key: components(&parts.public),
            d: parts.d.as_slice(),
            p: parts.p.as_slice(),
            q: parts.q.as_slice(),
            dP: parts.dp.as_slice(),
            dQ: parts.dq.as_slice(),
            qInv: parts.qi.as_slice(),
        })
        .map(Self)
        .map_err(|_| ErrorCode::KeyInconsistent.into())
    }

    /// The signature over `message`, as long as the modulus.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .map_err(|_| ErrorCode::Internal)?;
        Ok(signature)
    }
}

/// A public key that is ready to verify.
pub(crate) struct RsaVerifier(ParsedPublicKey);

impl RsaVerifier {
    /// Takes the key over and uses it once, as no other thread can yet: AWS-LC works out the rest of a
    /// key under a lock at its first use, and a process that is forked off meanwhile waits for that lock
    /// for ever (seen). Later uses only read.
    pub(crate) fn new(parts: &PublicParts) -> Result<Self> {
        watched();
        let verifier = components(parts)
            .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
            .map(Self)
            .map_err(|_| ErrorCode::KeyInconsistent)?;
        verifier.verify(b"", &vec![0; parts.n.len()]);
        Ok(verifier)
    }

    /// Whether `signature` was made over `message` with the private key.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        watched();
        self.0.verify_sig(message, signature).is_ok()
    }
}

fn components(parts: &PublicParts) -> PublicKeyComponents<&[u8]> {
    PublicKeyComponents {
        n: &parts.n,
        e: &parts.e,
    }
}
