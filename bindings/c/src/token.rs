//! A minted token and the facts about it.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use streamtoken::{Result, Token};

use crate::boundary::{Handle, answer, borrowed, c_text, given, infallible, release};
use crate::error::streamtoken_error;
use crate::findings::streamtoken_findings;

/// A signed URL token, minted here or by the API, and what is known about it. It never changes.
///
/// Its text takes the place of the video UID **in the path** of a playback URL. Whoever has it can watch.
pub struct streamtoken_token {
    token: Token,
    text: CString,
    identifier: CString,
    key_id: CString,
}

impl streamtoken_token {
    pub(crate) fn new(token: Token) -> Result<Self> {
        Ok(Self {
            text: c_text(token.as_str())?,
            identifier: c_text(token.identifier())?,
            key_id: c_text(token.key_id())?,
            token,
        })
    }
}

/// The compact form: three parts of base64url, at most 16,384 characters in all.
///
/// Ownership: the text belongs to `token` and goes with it.
/// NULL: `token` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_token_text(
    token: Option<&streamtoken_token>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&token?.text))
}

/// The video UID or live-input UID that the token is for.
///
/// Ownership: the text belongs to `token` and goes with it.
/// NULL: `token` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_token_identifier(
    token: Option<&streamtoken_token>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&token?.identifier))
}

/// The id of the key that signed it.
///
/// Ownership: the text belongs to `token` and goes with it.
/// NULL: `token` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_token_key_id(
    token: Option<&streamtoken_token>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&token?.key_id))
}

/// The token is not accepted from this time on, in epoch seconds.
///
/// Ownership: nothing changes hands.
/// NULL: `token` may be NULL; the answer is 0 then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_token_exp(token: Option<&streamtoken_token>) -> u64 {
    infallible(0, || token.map_or(0, |token| token.token.exp()))
}

/// The token is not accepted before this time, in epoch seconds.
///
/// Ownership: nothing changes hands.
/// NULL: `token` may be NULL; the answer is 0 then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_token_nbf(token: Option<&streamtoken_token>) -> u64 {
    infallible(0, || token.map_or(0, |token| token.token.nbf()))
}

/// When to mint the next one, in epoch seconds: after four fifths of the time from now to `exp`, or when
/// the next window of `reuse_window` begins.
///
/// Ownership: nothing changes hands.
/// NULL: `token` may be NULL; the answer is 0 then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_token_renew_at(token: Option<&streamtoken_token>) -> u64 {
    infallible(0, || token.map_or(0, |token| token.token.renew_at()))
}

/// What the rules and options of the token probably do not mean: warnings alone, and none of a signer with the lint
/// level `off`. Of a token that the API minted they are about the options that were sent, at the level `warn`.
///
/// Ownership: `token` is only read; `findings` is yours, free it with `streamtoken_findings_free`.
/// NULL: `token` and `findings` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_token_warnings(
    token: Option<&streamtoken_token>,
    findings: Option<&mut MaybeUninit<Option<Box<streamtoken_findings>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("findings", findings), error, || {
        streamtoken_findings::new(given("token", token)?.token.warnings().to_vec())
    })
}

/// Frees a token.
///
/// Ownership: takes `token`; it and its texts must not be used again.
/// NULL: `token` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_token_free(token: Option<Box<streamtoken_token>>) {
    release(token);
}
