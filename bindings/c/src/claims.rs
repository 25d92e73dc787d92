//! Checking a token, and what a checked token says.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use streamtoken::{Claims, Result, verify};

use crate::boundary::{
    Handle, Slot, Text, answer, borrowed, bytes, c_json, c_text, given, infallible, release, write,
};
use crate::error::streamtoken_error;
use crate::key_set::streamtoken_key_set;
use crate::rules::streamtoken_access_rules;
use crate::verify_context::{self, streamtoken_verify_context};

/// What a verified token says. Only `streamtoken_key_set_verify` makes one. It never changes.
pub struct streamtoken_claims {
    claims: Claims,
    sub: CString,
    kid: CString,
}

impl streamtoken_claims {
    fn new(claims: Claims) -> Result<Self> {
        Ok(Self {
            sub: c_text(claims.sub())?,
            kid: c_text(claims.kid())?,
            claims,
        })
    }
}

/// Checks a token and returns its claims.
///
/// The first failure in this order decides the code: size, shape, base64url, UTF-8 and JSON, header, key
/// id, key, signature, types of the claims, times, `sub`, access rules, download. There is no way to skip
/// a step and no boolean result.
///
/// **Without an identifier in `context` the caller must compare `streamtoken_claims_sub`** with the video
/// that is asked for: a token for one video is a valid token.
///
/// Ownership: `key_set`, `token` and `context` are only read; `claims` is yours, free it with
/// `streamtoken_claims_free`.
/// NULL: `context` may be NULL (no fact is given), and `error`; `token` may with length 0; `key_set` and
/// `claims` must not.
/// Errors: the codes of tokens (300 to 370), and those of `streamtoken_verify_context_from_json` for a
/// context that makes no sense. Texts never quote what was not checked.
/// Threads: any, also at the same time, as long as nobody changes `context`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_key_set_verify(
    key_set: Option<&streamtoken_key_set>,
    token: *const c_char,
    token_length: usize,
    context: Option<&streamtoken_verify_context>,
    claims: Option<&mut MaybeUninit<Option<Box<streamtoken_claims>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("claims", claims), error, || {
        let keys = given("key_set", key_set)?.keys();
        // SAFETY: the caller answers for the length.
        let token = unsafe { bytes("token", token.cast(), token_length) }?;
        let context = verify_context::read(context)?;
        streamtoken_claims::new(verify(token, keys, &context)?)
    })
}

/// The video UID or live-input UID that the token is for.
///
/// Ownership: the text belongs to `claims` and goes with it.
/// NULL: `claims` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_claims_sub(
    claims: Option<&streamtoken_claims>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&claims?.sub))
}

/// The id of the key that signed the token.
///
/// Ownership: the text belongs to `claims` and goes with it.
/// NULL: `claims` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_claims_kid(
    claims: Option<&streamtoken_claims>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&claims?.kid))
}

/// The token is not accepted from this time on, in epoch seconds.
///
/// Ownership: nothing changes hands.
/// NULL: `claims` may be NULL; the answer is 0 then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_claims_exp(claims: Option<&streamtoken_claims>) -> u64 {
    infallible(0, || claims.map_or(0, |claims| claims.claims.exp()))
}

/// Whether the token says from when on it is accepted, and that time in epoch seconds.
///
/// Ownership: nothing changes hands.
/// NULL: `claims` may be NULL; the answer is false then. `nbf` may be NULL; it is set to 0 when the answer
/// is false.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_claims_nbf(
    claims: Option<&streamtoken_claims>,
    nbf: Option<&mut MaybeUninit<u64>>,
) -> bool {
    let mut slot: Slot<'_, u64> = nbf;
    let found = infallible(None, || claims?.claims.nbf());
    write(&mut slot, found.unwrap_or(0));
    found.is_some()
}

/// Whether the token reaches the MP4 download links.
///
/// Ownership: nothing changes hands.
/// NULL: `claims` may be NULL; the answer is false then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_claims_downloadable(claims: Option<&streamtoken_claims>) -> bool {
    infallible(false, || {
        claims.is_some_and(|claims| claims.claims.downloadable())
    })
}

/// The access rules. They were evaluated for the viewer of the context; Cloudflare evaluates them again
/// during the view.
///
/// Ownership: `claims` is only read; `rules` is yours, free it with `streamtoken_access_rules_free`.
/// NULL: `claims` and `rules` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_claims_access_rules(
    claims: Option<&streamtoken_claims>,
    rules: Option<&mut MaybeUninit<Option<Box<streamtoken_access_rules>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("rules", rules), error, || {
        let claims = &given("claims", claims)?.claims;
        Ok(streamtoken_access_rules::new(claims.access_rules().clone()))
    })
}

/// The access rules as the JSON list of the claim `accessRules`; `[]` when there are none.
///
/// Ownership: `json` is yours; free it with `streamtoken_string_free`.
/// NULL: `claims` and `json` must not be NULL; `json_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_claims_access_rules_to_json(
    claims: Option<&streamtoken_claims>,
    json: Option<&mut MaybeUninit<*mut c_char>>,
    json_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("json", json, json_length), error, || {
        c_json(given("claims", claims)?.claims.access_rules())
    })
}

/// The flags of Cloudflare's API as a JSON object; `{}` when none is set.
///
/// Ownership: `json` is yours; free it with `streamtoken_string_free`.
/// NULL: `claims` and `json` must not be NULL; `json_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_claims_flags_to_json(
    claims: Option<&streamtoken_claims>,
    json: Option<&mut MaybeUninit<*mut c_char>>,
    json_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("json", json, json_length), error, || {
        c_json(&given("claims", claims)?.claims.flags())
    })
}

/// All claims that have no meaning here (`iat` and others), as a JSON object.
///
/// Ownership: `json` is yours; free it with `streamtoken_string_free`.
/// NULL: `claims` and `json` must not be NULL; `json_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_claims_other_to_json(
    claims: Option<&streamtoken_claims>,
    json: Option<&mut MaybeUninit<*mut c_char>>,
    json_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("json", json, json_length), error, || {
        c_json(given("claims", claims)?.claims.other())
    })
}

/// All claims as one JSON object: `sub`, `kid`, `exp`, `nbf` (null when the token does not say),
/// `downloadable`, `accessRules`, `flags`, `other`.
///
/// Ownership: `json` is yours; free it with `streamtoken_string_free`.
/// NULL: `claims` and `json` must not be NULL; `json_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_claims_to_json(
    claims: Option<&streamtoken_claims>,
    json: Option<&mut MaybeUninit<*mut c_char>>,
    json_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("json", json, json_length), error, || {
        c_json(&given("claims", claims)?.claims)
    })
}

/// Frees claims. Rules got from them live on.
///
/// Ownership: takes `claims`; they and their texts must not be used again.
/// NULL: `claims` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_claims_free(claims: Option<Box<streamtoken_claims>>) {
    release(claims);
}
