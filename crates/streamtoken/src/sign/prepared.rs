//! Tokens whose signature is made elsewhere: in a KMS, an HSM or WebCrypto.

use super::{Unsigned, payload};
use crate::{ErrorCode, Finding, LintLevel, PublicKey, Result, SignOptions, Token};

/// A token that lacks its signature.
///
/// ```
/// # use streamtoken::{prepare, PublicKey, SignOptions};
/// # fn sign_in_kms(input: &str) -> Vec<u8> { input.as_bytes().to_vec() }
/// # fn mint(key: &PublicKey) -> streamtoken::Result<()> {
/// let prepared = prepare(key, "ea95132c15732412d22c1476fa83f27a", &SignOptions::new())?;
/// let signature = sign_in_kms(prepared.signing_input()); // RSASSA-PKCS1-v1_5 with SHA-256
/// let token = prepared.finish(&signature)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Prepared {
    unsigned: Unsigned,
    key: PublicKey,
}

/// Prepares a token for `identifier` that the private half of `key` is to sign. The options mean what
/// they mean to [`Signer::sign`](crate::Signer::sign), at [`LintLevel::Warn`].
///
/// # Errors
/// Those of [`Signer::sign`](crate::Signer::sign), all before anything is signed.
pub fn prepare(key: &PublicKey, identifier: &str, options: &SignOptions) -> Result<Prepared> {
    prepare_linted(key, identifier, options, LintLevel::Warn)
}

/// As [`prepare`], at the lint level `level`.
///
/// # Errors
/// Those of [`prepare`]; [`ErrorCode::LintDenied`] under [`LintLevel::Deny`].
pub fn prepare_linted(
    key: &PublicKey,
    identifier: &str,
    options: &SignOptions,
    level: LintLevel,
) -> Result<Prepared> {
    let header = payload::header(key.id());
    let now = options.now_or_clock();
    Ok(Prepared {
        unsigned: Unsigned::new(&header, key, identifier, now, options, level)?,
        key: key.clone(),
    })
}

impl Prepared {
    /// What is to be signed with RSASSA-PKCS1-v1_5 and SHA-256: ASCII, to be hashed as it is.
    pub fn signing_input(&self) -> &str {
        &self.unsigned.input
    }

    /// What the rules and options probably do not mean, as the token will tell it.
    pub fn warnings(&self) -> &[Finding] {
        self.unsigned.warnings.as_deref().unwrap_or_default()
    }

    /// Checks the signature with the public key and completes the token.
    ///
    /// # Errors
    /// [`ErrorCode::SignatureNotFromKey`] when the signature is not the key's over
    /// [`Prepared::signing_input`].
    pub fn finish(&self, signature: impl AsRef<[u8]>) -> Result<Token> {
        let signature = signature.as_ref();
        if !self.key.verify(self.unsigned.input.as_bytes(), signature) {
            return Err(ErrorCode::SignatureNotFromKey.into());
        }
        Ok(self.unsigned.clone().signed(self.key.id(), signature))
    }
}
