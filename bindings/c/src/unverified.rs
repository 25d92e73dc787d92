//! Reading a token without checking it.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use streamtoken::inspect;

use crate::boundary::{Handle, answer, borrowed, bytes, c_json, release};
use crate::error::streamtoken_error;

/// What a token says of itself. **Nothing was checked**: neither the signature nor the times, nor whether
/// a claim makes sense. Whoever wrote the token chose every byte of it. It never changes.
pub struct streamtoken_unverified {
    header: CString,
    payload: CString,
}

/// Takes a token apart for people and for logs of rare cases; nothing is checked but its form.
///
/// Ownership: `token` is only read; `unverified` is yours, free it with `streamtoken_unverified_free`.
/// NULL: `error` may be NULL; `token` may with length 0; `unverified` must not.
/// Errors: the codes of form (300 to 306).
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_inspect(
    token: *const c_char,
    token_length: usize,
    unverified: Option<&mut MaybeUninit<Option<Box<streamtoken_unverified>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("unverified", unverified), error, || {
        // SAFETY: the caller answers for the length.
        let token = unsafe { bytes("token", token.cast(), token_length) }?;
        let unverified = inspect(token)?;
        Ok(streamtoken_unverified {
            header: c_json(unverified.header())?,
            payload: c_json(unverified.payload())?,
        })
    })
}

/// The header, a JSON object, as it came.
///
/// Ownership: the text belongs to `unverified` and goes with it.
/// NULL: `unverified` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_unverified_header(
    unverified: Option<&streamtoken_unverified>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&unverified?.header))
}

/// The payload, a JSON object, as it came.
///
/// Ownership: the text belongs to `unverified` and goes with it.
/// NULL: `unverified` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_unverified_payload(
    unverified: Option<&streamtoken_unverified>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&unverified?.payload))
}

/// Frees what was read of a token.
///
/// Ownership: takes `unverified`; it and its texts must not be used again.
/// NULL: `unverified` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_unverified_free(unverified: Option<Box<streamtoken_unverified>>) {
    release(unverified);
}
