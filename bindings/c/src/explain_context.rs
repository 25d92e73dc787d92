//! What an explanation is about: which video, when, for whom, and how long it plays.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use streamtoken::{ExplainContext, Result};

use crate::boundary::{Handle, answer, release};
use crate::builder::{Builder, from_json, set_bool, set_number, set_text};
use crate::error::streamtoken_error;
use crate::options::Members;

/// The facts against which `streamtoken_explain` looks at a token, under construction: those of
/// `streamtoken_verify_context`, and the length of the video. All are optional; what is missing leaves the
/// checks that need it `unknown`.
///
/// Setting a fact again replaces it; numbers cross as `double`, as in `streamtoken_sign_options`.
pub struct streamtoken_explain_context(Members);

impl Builder for streamtoken_explain_context {
    const PARAMETER: &'static str = "context";

    fn members_mut(&mut self) -> &mut Members {
        &mut self.0
    }
}

/// No fact given yet.
///
/// Ownership: `context` is yours; free it with `streamtoken_explain_context_free`.
/// NULL: `context` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_explain_context_new(
    context: Option<&mut MaybeUninit<Option<Box<streamtoken_explain_context>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("context", context), error, || {
        Ok(streamtoken_explain_context(Members::default()))
    })
}

/// Facts from JSON text: `{"identifier": "...", "ip": "192.0.2.1", "duration": 5400}`. `null` is *not
/// given*, but for `identifier`, where it would let a token for any video pass. They can be changed
/// afterwards.
///
/// Ownership: `json` is only read; `context` is yours, free it with `streamtoken_explain_context_free`.
/// NULL: `error` may be NULL; `json` may with length 0 (and is no JSON then); `context` must not.
/// Errors: what is not strict JSON (100 to 103), the codes of options (104 to 107), `STREAMTOKEN_IDENTIFIER_INVALID`, the codes of times (120 to 124), `STREAMTOKEN_LEEWAY_TOO_LARGE`, `STREAMTOKEN_VIEWER_IP_INVALID`, `STREAMTOKEN_VIEWER_COUNTRY_INVALID`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_explain_context_from_json(
    json: *const c_char,
    json_length: usize,
    context: Option<&mut MaybeUninit<Option<Box<streamtoken_explain_context>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("context", context), error, || {
        // SAFETY: the caller answers for the length.
        let members = unsafe { from_json(json, json_length, ExplainContext::from_value) }?;
        Ok(streamtoken_explain_context(members))
    })
}

/// The video UID or live-input UID that is asked for.
///
/// Ownership: `context` stays yours; `identifier` is copied.
/// NULL: `context` must not be NULL; `identifier` may with length 0; `error` may.
/// Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the facts are used.
/// Threads: one at a time for the same `context`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_explain_context_set_identifier(
    context: Option<&mut streamtoken_explain_context>,
    identifier: *const c_char,
    identifier_length: usize,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    // SAFETY: the caller answers for the length.
    unsafe { set_text(context, "identifier", identifier, identifier_length, error) }
}

/// The time to take for now, in epoch seconds. Default: the machine's clock.
///
/// Ownership: `context` stays yours.
/// NULL: `context` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the facts are used.
/// Threads: one at a time for the same `context`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_explain_context_set_now(
    context: Option<&mut streamtoken_explain_context>,
    seconds: f64,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set_number(context, "now", seconds, error)
}

/// The viewer's address, bare: `192.0.2.1` or `2001:db8::1`. An IPv4-mapped IPv6 address counts as
/// IPv4.
///
/// Ownership: `context` stays yours; `ip` is copied.
/// NULL: `context` must not be NULL; `ip` may with length 0; `error` may.
/// Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the facts are used.
/// Threads: one at a time for the same `context`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_explain_context_set_ip(
    context: Option<&mut streamtoken_explain_context>,
    ip: *const c_char,
    ip_length: usize,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    // SAFETY: the caller answers for the length.
    unsafe { set_text(context, "ip", ip, ip_length, error) }
}

/// The viewer's country: two letters in any case, or `T1`.
///
/// Ownership: `context` stays yours; `country` is copied.
/// NULL: `context` must not be NULL; `country` may with length 0; `error` may.
/// Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the facts are used.
/// Threads: one at a time for the same `context`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_explain_context_set_country(
    context: Option<&mut streamtoken_explain_context>,
    country: *const c_char,
    country_length: usize,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    // SAFETY: the caller answers for the length.
    unsafe { set_text(context, "country", country, country_length, error) }
}

/// How many seconds the clocks of issuer and verifier may differ: 0 (the default) to 300.
///
/// Ownership: `context` stays yours.
/// NULL: `context` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the facts are used.
/// Threads: one at a time for the same `context`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_explain_context_set_leeway(
    context: Option<&mut streamtoken_explain_context>,
    seconds: f64,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set_number(context, "leeway", seconds, error)
}

/// Whether the token is to be used for a download, which its `downloadable` claim must allow. The URL of a
/// download says so by itself.
///
/// Ownership: `context` stays yours.
/// NULL: `context` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: one at a time for the same `context`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_explain_context_set_download(
    context: Option<&mut streamtoken_explain_context>,
    download: bool,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set_bool(context, "download", download, error)
}

/// The length of the video in seconds, rounded up: a token should outlast it.
///
/// Ownership: `context` stays yours.
/// NULL: `context` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the facts are used.
/// Threads: one at a time for the same `context`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_explain_context_set_duration(
    context: Option<&mut streamtoken_explain_context>,
    seconds: f64,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set_number(context, "duration", seconds, error)
}

/// Frees a context. What was made with it lives on.
///
/// Ownership: takes `context`; it must not be used again.
/// NULL: `context` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_explain_context_free(
    context: Option<Box<streamtoken_explain_context>>,
) {
    release(context);
}

/// What the core makes of a context; NULL gives none.
pub(crate) fn read(context: Option<&streamtoken_explain_context>) -> Result<ExplainContext> {
    context.map_or_else(
        || Ok(ExplainContext::default()),
        |context| ExplainContext::from_value(&context.0.value()),
    )
}
