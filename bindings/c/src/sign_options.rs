//! What a caller may say about a token.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use streamtoken::{Error, ErrorCode, Result, SignOptions, Value};

use crate::boundary::{Handle, answer, given, release};
use crate::builder::{Builder, from_json, set, set_bool, set_json, set_number, set_text};
use crate::error::streamtoken_error;
use crate::options::Members;
use crate::rules::streamtoken_access_rules;

/// Options for minting one token, under construction. All are optional; the default is what Cloudflare's
/// endpoint does without a body: a token that lasts an hour and restricts nothing.
///
/// Setting an option again replaces it. Numbers cross as `double`, so that every mistake (-1, 1.5, NaN,
/// milliseconds) reaches the library and is refused with its own code; integers below 2^53 lose nothing.
/// What the options mean together is decided where they are used.
pub struct streamtoken_sign_options(Members);

impl streamtoken_sign_options {
    pub(crate) fn members(&self) -> &Members {
        &self.0
    }
}

impl Builder for streamtoken_sign_options {
    fn members_mut(&mut self) -> &mut Members {
        &mut self.0
    }
}

/// No option given yet.
///
/// Ownership: `options` is yours; free it with `streamtoken_sign_options_free`.
/// NULL: `options` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_sign_options_new(
    options: Option<&mut MaybeUninit<Option<Box<streamtoken_sign_options>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("options", options), error, || {
        Ok(streamtoken_sign_options(Members::default()))
    })
}

/// Options from JSON text, in wire names (`accessRules`, `expires_in`): `{"expires_in": "2h",
/// "downloadable": true}`. `null` is *not given*, but for `accessRules`. They can be changed
/// afterwards.
///
/// Ownership: `json` is only read; `options` is yours, free it with `streamtoken_sign_options_free`.
/// NULL: `error` may be NULL; `json` may with length 0 (and is no JSON then); `options` must not.
/// Errors: what is not strict JSON (100 to 103), the codes of options (104 to 108), times (120 to 129) and rules (140 to 151).
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_sign_options_from_json(
    json: *const c_char,
    json_length: usize,
    options: Option<&mut MaybeUninit<Option<Box<streamtoken_sign_options>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("options", options), error, || {
        // SAFETY: the caller answers for the length.
        let members = unsafe { from_json(json, json_length, SignOptions::from_value) }?;
        Ok(streamtoken_sign_options(members))
    })
}

/// The token is not accepted from this time on, in epoch seconds: after now and at most 86,400 s
/// after it. Not beside `expires_in` and `reuse_window`.
///
/// Ownership: `options` stays yours.
/// NULL: `options` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_sign_options_set_exp(
    options: Option<&mut streamtoken_sign_options>,
    seconds: f64,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set_number(options, "exp", seconds, error)
}

/// The lifetime from now on, in whole seconds: 1 to 86,400. Not beside `exp`. The default is 3,600.
///
/// Ownership: `options` stays yours.
/// NULL: `options` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_sign_options_set_expires_in(
    options: Option<&mut streamtoken_sign_options>,
    seconds: f64,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set_number(options, "expires_in", seconds, error)
}

/// The lifetime from now on as a text such as `90m` or `1h30m`, with the units s, m, h and d. Takes
/// the place of a number.
///
/// Ownership: `options` stays yours; `duration` is copied.
/// NULL: `options` must not be NULL; `duration` may with length 0; `error` may.
/// Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_sign_options_set_expires_in_text(
    options: Option<&mut streamtoken_sign_options>,
    duration: *const c_char,
    duration_length: usize,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    // SAFETY: the caller answers for the length.
    unsafe { set_text(options, "expires_in", duration, duration_length, error) }
}

/// The token is not accepted before this time, in epoch seconds: before `exp`. Default: an hour
/// before now, which guards against clock skew.
///
/// Ownership: `options` stays yours.
/// NULL: `options` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_sign_options_set_nbf(
    options: Option<&mut streamtoken_sign_options>,
    seconds: f64,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set_number(options, "nbf", seconds, error)
}

/// The time to take for now, in epoch seconds. Default: the machine's clock. A client sends `exp` and `nbf` as
/// they follow from it.
///
/// Ownership: `options` stays yours.
/// NULL: `options` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_sign_options_set_now(
    options: Option<&mut streamtoken_sign_options>,
    seconds: f64,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set_number(options, "now", seconds, error)
}

/// Whether the token reaches the MP4 download links.
///
/// Ownership: `options` stays yours.
/// NULL: `options` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_sign_options_set_downloadable(
    options: Option<&mut streamtoken_sign_options>,
    downloadable: bool,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set_bool(options, "downloadable", downloadable, error)
}

/// Who may watch: at most 5 rules, the first match decides, **no match means allowed**.
///
/// Ownership: `options` stays yours; `rules` is copied.
/// NULL: `options` and `rules` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`; `STREAMTOKEN_COUNTRY_INVALID` where the options are used, for rules of somebody else's token.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_sign_options_set_access_rules(
    options: Option<&mut streamtoken_sign_options>,
    rules: Option<&streamtoken_access_rules>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set(options, "accessRules", error, || {
        let rules = given("rules", rules)?.rules();
        let json = serde_json::to_vec(rules).map_err(|_| Error::from(ErrorCode::Internal))?;
        Value::parse(json)
    })
}

/// As `streamtoken_sign_options_set_access_rules`, from the text of the JSON list that the claim
/// holds; `[]` says none.
///
/// Ownership: `options` stays yours; `json` is copied.
/// NULL: `options` must not be NULL; `json` may with length 0 (and is no JSON then); `error` may.
/// Errors: what is not strict JSON (100 to 103); a value that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_sign_options_set_access_rules_json(
    options: Option<&mut streamtoken_sign_options>,
    json: *const c_char,
    json_length: usize,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    // SAFETY: the caller answers for the length.
    unsafe { set_json(options, "accessRules", json, json_length, error) }
}

/// Flags of Cloudflare's API, as a JSON object: `{"original": true}`. Whether the edge honours them
/// in a locally signed token is undocumented.
///
/// Ownership: `options` stays yours; `json` is copied.
/// NULL: `options` must not be NULL; `json` may with length 0 (and is no JSON then); `error` may.
/// Errors: what is not strict JSON (100 to 103); a value that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_sign_options_set_flags(
    options: Option<&mut streamtoken_sign_options>,
    json: *const c_char,
    json_length: usize,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    // SAFETY: the caller answers for the length.
    unsafe { set_json(options, "flags", json, json_length, error) }
}

/// How `exp` and `nbf` are written: `number` (the default, which every JWT library reads) or
/// `string`, like Cloudflare's endpoint.
///
/// Ownership: `options` stays yours; `format` is copied.
/// NULL: `options` must not be NULL; `format` may with length 0; `error` may.
/// Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_sign_options_set_time_format(
    options: Option<&mut streamtoken_sign_options>,
    format: *const c_char,
    format_length: usize,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    // SAFETY: the caller answers for the length.
    unsafe { set_text(options, "time_format", format, format_length, error) }
}

/// Gives all callers within the same window of time the **same bytes**, on every process and host
/// without shared state, so that thumbnails and manifests stay cacheable. In whole seconds, at least
/// 1; with the lifetime at most 86,400. Not beside `exp`.
///
/// Ownership: `options` stays yours.
/// NULL: `options` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_sign_options_set_reuse_window(
    options: Option<&mut streamtoken_sign_options>,
    seconds: f64,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set_number(options, "reuse_window", seconds, error)
}

/// Frees options. What was made with them lives on.
///
/// Ownership: takes `options`; they must not be used again.
/// NULL: `options` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_sign_options_free(options: Option<Box<streamtoken_sign_options>>) {
    release(options);
}

/// What the core makes of options; NULL gives none.
pub(crate) fn read(options: Option<&streamtoken_sign_options>) -> Result<SignOptions> {
    options.map_or_else(
        || Ok(SignOptions::default()),
        |options| SignOptions::from_value(&options.0.value()),
    )
}
