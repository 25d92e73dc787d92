//! Keys: reading whatever form the user has, checking all of it, and writing it in each form.

mod der;
mod env;
mod form;
mod generate;
mod info;
mod jwk;
mod parts;
mod pem;
mod public;
mod read;
mod response;
mod set;
mod write;

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

pub(crate) use env::{find as find_in_env, load as from_env};
pub use info::{KeyInfo, describe_key};
pub use public::PublicKey;
pub use read::MAX_KEY;
pub use set::{KeySet, MAX_KEY_SET};

pub(crate) use parts::{PrivateParts, PublicParts};

use crate::crypto::{ProcessSigner, RsaSigner};
use crate::fork::held_off;
use crate::id::check_key_id;
use crate::{Error, ErrorCode, Result};
use form::Material;
use parts::Parts;

/// A private RSA key with its id, ready to sign. Parsed once; cloning is cheap.
///
/// The numbers are wiped from memory when the last clone goes. `Debug` shows id and size alone, and
/// there is no `Display`.
#[derive(Clone)]
pub struct SigningKey(Arc<Private>);

struct Private {
    public: PublicKey,
    parts: PrivateParts,
    signer: ProcessSigner,
}

impl SigningKey {
    /// Reads a private key in whatever form it is at hand, and checks all of it.
    ///
    /// Taken are a PEM (PKCS#1 or PKCS#8), a JWK, base64 of either, DER, base64 of DER, and the JSON of
    /// Cloudflare's `stream/keys` response, alone or in its envelope; each with CRLF, surrounding
    /// quotes, literal `\n`, a byte order mark or outer white space. Cloudflare's `pem` and `jwk` members
    /// are such base64 texts.
    ///
    /// The id (1 to 64 of `[A-Za-z0-9_-]`) comes from the JWK or response, or from `id`; when both are
    /// there they must agree.
    ///
    /// Every number of the key is compared with the others, none is replaced; sizes are checked before
    /// any arithmetic; one signature is made and verified. The limits (65,536 bytes of text, a modulus of
    /// 2048 to 4096 bits, an odd exponent of 65537 up to 32 bits) are our choice: Cloudflare's keys have
    /// 2048 bits and 65537. The distance of the primes is FIPS 186-5's.
    ///
    /// # Errors
    /// The codes from [`ErrorCode::KeyNotGiven`] to [`ErrorCode::KeySelfTest`], each naming what was
    /// found and what to do; [`ErrorCode::KeyIdInvalid`] for `id`.
    pub fn load(text: impl AsRef<[u8]>, id: Option<&str>) -> Result<Self> {
        let id = id.map(check_key_id).transpose()?;
        let material = read::read(text.as_ref())?;
        let Material { parts, id: own, .. } = material;
        let Parts::Private(parts) = parts else {
            return Err(Error::new(
                ErrorCode::KeyIsPublic,
                "the key is a public key and cannot sign; give the private key that belongs to it",
            ));
        };
        Self::from_parts(parts, |public| PublicKey::new(public, choose_id(own, id)?))
    }

    /// Reads the key that the environment names.
    ///
    /// `CLOUDFLARE_STREAM_KEY` holds it in any form of [`SigningKey::load`], or
    /// `CLOUDFLARE_STREAM_KEY_FILE` names a file that does; `CLOUDFLARE_STREAM_KEY_ID` gives the id
    /// where the key has none. A variable that is set but empty counts as unset; outer white space is
    /// trimmed. The names are our choice, after the official clients' `CLOUDFLARE_*`.
    ///
    /// # Errors
    /// [`ErrorCode::KeyNotGiven`], [`ErrorCode::KeyConflict`] when both are set,
    /// [`ErrorCode::KeyFileUnreadable`], and those of [`SigningKey::load`].
    pub fn from_env() -> Result<Self> {
        env::load(|name| std::env::var_os(name))
    }

    /// Makes a key of 2048 bits with exponent 65537 and an id of 32 random lower-case hexadecimal
    /// digits, the kind that Cloudflare makes. Takes up to some seconds.
    ///
    /// # Errors
    /// [`ErrorCode::Internal`] when the operating system gives no random numbers.
    pub fn generate() -> Result<Self> {
        let (parts, id) = generate::generate()?;
        Self::from_parts(parts, |public| PublicKey::new(public, id))
    }

    /// The key id, which goes into each token as `kid`.
    pub fn id(&self) -> &str {
        self.0.public.id()
    }

    /// Size of the modulus in bits, from 2048 to 4096.
    pub fn bits(&self) -> u32 {
        self.0.public.bits()
    }

    /// The public half, under the same id.
    pub fn public_key(&self) -> &PublicKey {
        &self.0.public
    }

    /// The key as a PKCS#1 PEM (`BEGIN RSA PRIVATE KEY`): 64 columns, LF, a closing newline.
    pub fn to_pkcs1_pem(&self) -> Zeroizing<String> {
        write::pkcs1_pem(&self.0.parts)
    }

    /// The key as a PKCS#8 PEM (`BEGIN PRIVATE KEY`): 64 columns, LF, a closing newline.
    pub fn to_pkcs8_pem(&self) -> Zeroizing<String> {
        write::pkcs8_pem(&self.0.parts)
    }

    /// The key as a JWK: compact JSON with the members and the order of Cloudflare's.
    pub fn to_jwk(&self) -> Zeroizing<String> {
        write::private_jwk(&self.0.parts, self.id())
    }

    /// The `pem` of Cloudflare's `stream/keys` response: padded base64 of the PKCS#1 PEM.
    pub fn to_pem_base64(&self) -> Zeroizing<String> {
        write::base64(&self.to_pkcs1_pem())
    }

    /// The `jwk` of Cloudflare's `stream/keys` response: padded base64 of the JWK.
    pub fn to_jwk_base64(&self) -> Zeroizing<String> {
        write::base64(&self.to_jwk())
    }

    /// The RS256 signature over `message`, as long as the modulus, checked with the public key.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        self.0.signer.sign(&self.0.parts, message)
    }

    #[cfg(test)]
    pub(crate) fn parts(&self) -> &PrivateParts {
        &self.0.parts
    }

    /// Checks the numbers, then makes the key and one signature with it.
    fn from_parts(
        parts: PrivateParts,
        name: impl FnOnce(PublicParts) -> Result<PublicKey>,
    ) -> Result<Self> {
        let signer = held_off(|| proven_signer(&parts))?;
        Ok(Self(Arc::new(Private {
            public: name(parts.public.clone())?,
            parts,
            signer: ProcessSigner::new(signer),
        })))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id())
            .field("bits", &self.bits())
            .finish_non_exhaustive()
    }
}

/// Runs every check on a private key, the last of which is a signature that verifies.
fn proven_signer(parts: &PrivateParts) -> Result<RsaSigner> {
    parts.check()?;
    let signer = RsaSigner::new(parts)?;
    let verifier = crate::crypto::RsaVerifier::new(&parts.public)?;
    let signature = signer.sign(SELF_TEST).map_err(|_| self_test_failed())?;
    if verifier.verify(SELF_TEST, &signature) {
        Ok(signer)
    } else {
        Err(self_test_failed())
    }
}

/// The id of a key that may bring one of its own.
fn choose_id(own: Option<String>, given: Option<&str>) -> Result<String> {
    match (own, given) {
        (Some(own), Some(given)) if own != given => Err(Error::new(
            ErrorCode::KeyIdMismatch,
            format!("the id given is {given} and the key's own id is {own}; leave the first out or give the right key"),
        )
        .at("/id")),
        (Some(own), _) => Ok(own),
        (None, Some(given)) => Ok(given.to_owned()),
        (None, None) => Err(Error::new(
            ErrorCode::KeyIdMissing,
            "the key has no id and none was given; give the id under which Cloudflare knows the key",
        )
        .at("/id")),
    }
}

fn self_test_failed() -> Error {
    Error::new(
        ErrorCode::KeySelfTest,
        "a signature made with the key does not verify; get the key again from its source",
    )
}

/// What is signed to see that a key works.
const SELF_TEST: &[u8] = b"streamtoken: does this key sign?";

#[cfg(test)]
pub(crate) mod tests;
