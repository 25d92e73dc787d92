//! Checking a token where Cloudflare's edge is not in front.

mod claims;
mod context;
mod header;
#[cfg(test)]
mod tests;

pub use claims::Claims;
pub use context::{MAX_LEEWAY, VerifyContext};

use claims::Draft;
pub(crate) use claims::{flags as claim_flags, seconds as claim_seconds};

use crate::{Error, ErrorCode, KeySet, Result, clock, jws};
#[cfg(feature = "http")]
use crate::{Token, time::renewal};

/// Checks a token and returns its claims.
///
/// The first failure in this order decides the code: size, shape, base64url, UTF-8 and JSON, header,
/// key id, key, signature, types of the claims, times, `sub`, access rules, download. There is no way
/// to skip a step and no boolean result.
///
/// **Without [`VerifyContext::identifier`] the caller must compare [`Claims::sub`]** with the video
/// that is asked for: a token for one video is a valid token.
///
/// # Errors
/// The codes of tokens (300 to 370); [`ErrorCode::IdentifierInvalid`], [`ErrorCode::LeewayTooLarge`]
/// and [`ErrorCode::TimeInMilliseconds`] for a context that makes no sense. Texts never quote what was
/// not checked.
///
/// ```
/// use streamtoken::{KeySet, SignOptions, Signer, SigningKey, VerifyContext, verify};
///
/// let key = SigningKey::generate()?;
/// let keys = KeySet::from(&key);
/// let token = Signer::new(key).sign("ea95132c15732412d22c1476fa83f27a", &SignOptions::new())?;
///
/// let context = VerifyContext::new().identifier("ea95132c15732412d22c1476fa83f27a");
/// let claims = verify(&token, &keys, &context)?;
/// assert_eq!(claims.exp(), token.exp());
/// # Ok::<(), streamtoken::Error>(())
/// ```
pub fn verify(token: impl AsRef<[u8]>, keys: &KeySet, context: &VerifyContext) -> Result<Claims> {
    context.check()?;
    judge(token.as_ref(), Some(keys), context)
}

/// Why [`verify`] refuses; without keys, why it would refuse with any. Never a proof of anything.
pub(crate) fn refusal(
    token: &[u8],
    keys: Option<&KeySet>,
    context: &VerifyContext,
) -> Option<Error> {
    let error = judge(token, keys, context).err()?;
    if error.code() != ErrorCode::ViewerUnknown {
        return Some(error);
    }
    // Whoever the viewer is, what comes after the rules may refuse.
    let parts = jws::split(token).ok()?;
    let draft = Draft::read("", parts.payload).ok()?;
    Some(context.check_download(&draft.claims).err().unwrap_or(error))
}

/// All steps in their order. Only [`refusal`] leaves out the keys, and it gives no claims away.
fn judge(token: &[u8], keys: Option<&KeySet>, context: &VerifyContext) -> Result<Claims> {
    let now = context.now.unwrap_or_else(clock::now);
    let parts = jws::split(token)?;
    let kid = header::check(&parts.header, &parts.payload)?.to_owned();
    if let Some(keys) = keys {
        let key = keys.get(&kid);
        let key = key.ok_or_else(|| Error::from(ErrorCode::KeyUnknown))?;
        if !key.verify(parts.signing_input, &parts.signature) {
            return Err(ErrorCode::SignatureInvalid.into());
        }
    }
    let mut draft = Draft::read(&kid, parts.payload)?;
    context.check_times(&draft.claims, now)?;
    draft.check_sub(context.identifier.as_deref())?;
    draft.read_rules()?;
    context.check_rules(&draft.claims)?;
    context.check_download(&draft.claims)?;
    Ok(draft.claims)
}

/// The token in `text` that somebody else minted, with what it says of itself. Nothing proves the signature,
/// and claims that are not of use here may have any form: Cloudflare may add some.
#[cfg(feature = "http")]
pub(crate) fn unverified_token(text: &str, now: u64) -> Result<Token> {
    let parts = jws::split(text.as_bytes())?;
    let key_id = header::check(&parts.header, &parts.payload)?.to_owned();
    let claims = claims::times_and_subject(&parts.payload)?;
    Ok(Token {
        text: text.to_owned(),
        identifier: claims.sub,
        key_id,
        exp: claims.exp,
        nbf: claims.nbf.unwrap_or(0),
        renew_at: renewal(now, claims.exp),
        warnings: None,
    })
}
