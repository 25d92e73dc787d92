//! The key and the signature.

use super::form::Form;
use super::header::named_key;
use super::report::Check;
use super::shown;
use super::table::CheckId;
use crate::{ErrorCode, KeySet, PublicKey};

pub(super) fn check(checks: &mut Vec<Check>, form: &Form, keys: Option<&KeySet>) {
    checks.push(known(form, keys));
    checks.push(signature(form, keys));
}

fn known(form: &Form, keys: Option<&KeySet>) -> Check {
    let id = CheckId::KeyKnown;
    let kid = named_key(form);
    let shown = kid.and_then(shown::id);
    let check = match (keys, kid) {
        (None, _) => Check::open(id, "no keys were given").remedy_is(id.advice()),
        (Some(_), None) => Check::open(id, "the token names no key"),
        (Some(keys), Some(kid)) if keys.get(kid).is_some() => {
            Check::pass(id, "the key that the token names was given")
        }
        (Some(_), Some(_)) => {
            Check::fail(id, "the token names a key that was not given", id.advice())
                .refused(ErrorCode::KeyUnknown)
                .platform_unknown()
        }
    };
    check
        .with_some("kid", shown)
        .with_some("keys", keys.map(KeySet::len))
}

fn signature(form: &Form, keys: Option<&KeySet>) -> Check {
    let id = CheckId::Signature;
    let Some(signature) = &form.signature else {
        return Check::open(id, "the signature could not be read");
    };
    let Some(keys) = keys else {
        return Check::open(
            id,
            "without the key nobody can say whether the signature is right",
        )
        .remedy_is(CheckId::KeyKnown.advice());
    };
    let signs = |key: &PublicKey| {
        let mut inputs = form.inputs.iter();
        inputs.any(|input| key.verify(input.as_bytes(), signature))
    };
    let named = named_key(form).and_then(|kid| keys.get(kid));
    let check = match named {
        Some(key) if signs(key) && form.is_repaired => Check::pass(
            id,
            "the signature is right once the token is written as base64url",
        ),
        Some(key) if signs(key) => Check::pass(id, "the signature is right"),
        named => match (keys.iter().take(MOST_OTHERS).find(|key| signs(key)), named) {
            (Some(other), named) => {
                let cause = "another key signed the token than the one that it names";
                let remedy = "write the id of the key that signs as kid, into header and payload";
                let check = match named {
                    None if named_key(form).is_none() => {
                        Check::pass(id, "one of the keys that were given signed the token")
                    }
                    Some(_) => Check::fail(id, cause, remedy).refused(ErrorCode::SignatureInvalid),
                    // It may be the same key under two ids.
                    None => Check::warn(id, cause, remedy).platform_unknown(),
                };
                check.with_some("signed_by", shown::id(other.id()))
            }
            (None, Some(key)) => {
                let (cause, remedy) = wrong(signature.len(), key);
                Check::fail(id, cause, remedy).refused(ErrorCode::SignatureInvalid)
            }
            (None, None) => Check::open(id, "the key that the token names was not given"),
        },
    };
    check.with("bytes", signature.len())
}

/// Most keys that are tried for a signature beside the one that the token names.
const MOST_OTHERS: usize = 16;

/// What the length of a wrong signature tells, and what helps.
fn wrong(length: usize, key: &PublicKey) -> (&'static str, &'static str) {
    const SIGN: &str = CheckId::Signature.advice();
    let wanted = key.bits().div_ceil(8) as usize;
    match length {
        32 | 48 if wanted > 64 => (
            "the signature has the length of an HMAC: it was made with a shared secret, not with RSA",
            SIGN,
        ),
        64 if wanted > 64 => (
            "the signature has the length of one by an elliptic curve or an HMAC, not of one by RSA",
            SIGN,
        ),
        length if length < wanted => (
            "the signature is shorter than the key's: its end is missing",
            "copy the whole token",
        ),
        length if length > wanted => (
            "the signature is longer than the key's: something was appended, or a larger key signed",
            "copy the token alone, or sign with the key that kid names",
        ),
        _ => (
            "the key did not sign this: header or payload were changed afterwards, or another key \
             signed it",
            SIGN,
        ),
    }
}
