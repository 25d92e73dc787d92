//! A refusal, as an object that the caller asks for.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use streamtoken::{ApiFailure, ApiNotice, Error};

use crate::boundary::{
    Slot, Text, answer, borrowed, c_json, c_text, given, infallible, release, write,
};
use crate::error_code;

/// A refusal: a stable code, the member it is about, and a sentence for people.
///
/// Compare the number (or slug), never the message: texts may improve between releases. No message
/// holds key material or a whole token.
pub struct streamtoken_error {
    error: Error,
    message: CString,
    field: Option<CString>,
    cf_ray: Option<CString>,
    documentation_url: Option<CString>,
}

impl streamtoken_error {
    pub(crate) fn new(error: Error) -> Self {
        let api = error.api();
        let first = api.and_then(|api| api.errors().first());
        Self {
            message: sanitised(error.message()),
            field: error.field().map(sanitised),
            cf_ray: api.and_then(ApiFailure::ray).map(sanitised),
            documentation_url: first.and_then(ApiNotice::documentation_url).map(sanitised),
            error,
        }
    }
}

/// The core writes no NUL into an error. If it ever does, the rest of the sentence is not lost.
fn sanitised(text: &str) -> CString {
    c_text(text.replace('\0', "\u{fffd}")).unwrap_or_default()
}

/// The number of the error's code, which is the status of the call that made it.
///
/// Ownership: nothing changes hands.
/// NULL: `error` may be NULL; the answer is 0 then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_number(error: Option<&streamtoken_error>) -> i32 {
    infallible(0, || error.map_or(0, |error| error.error.code().number()))
}

/// The slug of the error's code, the name for programs: `token_expired`.
///
/// Ownership: the text belongs to the library and is never freed.
/// NULL: `error` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_slug(
    error: Option<&streamtoken_error>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || error_code::slug(error?.error.code().number()))
}

/// The sentence for people: lower case, without a closing dot, on one line.
///
/// Ownership: the text belongs to `error` and goes with it.
/// NULL: `error` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_message(
    error: Option<&streamtoken_error>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&error?.message))
}

/// JSON pointer to the member that is refused, in wire names (`/accessRules/2/ip/0`); NULL when the
/// error is not about a member.
///
/// Ownership: the text belongs to `error` and goes with it.
/// NULL: `error` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_field(
    error: Option<&streamtoken_error>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || error?.field.as_ref())
}

/// The HTTP status of the API's answer; 0 when no answer came, and for an error that is none of a request.
///
/// Ownership: nothing changes hands.
/// NULL: `error` may be NULL; the answer is 0 then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_status(error: Option<&streamtoken_error>) -> i32 {
    infallible(0, || {
        let status = error.and_then(|error| error.error.api()?.status());
        status.map_or(0, i32::from)
    })
}

/// How many requests were made, 1 and the retries; 0 for an error that is none of a request.
///
/// Ownership: nothing changes hands.
/// NULL: `error` may be NULL; the answer is 0 then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_attempts(error: Option<&streamtoken_error>) -> u32 {
    infallible(0, || {
        let api = error.and_then(|error| error.error.api());
        api.map_or(0, ApiFailure::attempts)
    })
}

/// The header `cf-ray` of the API's answer, which Cloudflare's support asks for; NULL when there is none.
///
/// Ownership: the text belongs to `error` and goes with it.
/// NULL: `error` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_cf_ray(
    error: Option<&streamtoken_error>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || error?.cf_ray.as_ref())
}

/// Whether the API's answer says how long to wait before the next attempt; `seconds` is how long, or 0.
///
/// Ownership: nothing changes hands.
/// NULL: `error` may be NULL; the answer is false then. `seconds` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_retry_after(
    error: Option<&streamtoken_error>,
    seconds: Option<&mut MaybeUninit<u64>>,
) -> bool {
    let mut slot: Slot<'_, u64> = seconds;
    let found = infallible(None, || error?.error.api()?.retry_after());
    write(&mut slot, found.map_or(0, |wait| wait.as_secs()));
    found.is_some()
}

/// The page about the first error of the API's answer; NULL when there is none.
///
/// Ownership: the text belongs to `error` and goes with it.
/// NULL: `error` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_documentation_url(
    error: Option<&streamtoken_error>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || error?.documentation_url.as_ref())
}

/// The errors in the API's answer as a JSON list of objects with `code`, `message` and whatever else the API
/// says, such as `documentation_url` and `source`; `[]` when there are none.
///
/// Ownership: `json` is yours; free it with `streamtoken_string_free`.
/// NULL: `error` and `json` must not be NULL; `json_length` and `failure` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`, into `failure`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_errors_to_json(
    error: Option<&streamtoken_error>,
    json: Option<&mut MaybeUninit<*mut c_char>>,
    json_length: Option<&mut MaybeUninit<usize>>,
    failure: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("json", json, json_length), failure, || {
        let api = given("error", error)?.error.api();
        c_json(&api.map(ApiFailure::errors).unwrap_or_default())
    })
}

/// The messages in the API's answer, as `streamtoken_error_errors_to_json` gives its errors.
///
/// Ownership: `json` is yours; free it with `streamtoken_string_free`.
/// NULL: `error` and `json` must not be NULL; `json_length` and `failure` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`, into `failure`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_messages_to_json(
    error: Option<&streamtoken_error>,
    json: Option<&mut MaybeUninit<*mut c_char>>,
    json_length: Option<&mut MaybeUninit<usize>>,
    failure: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("json", json, json_length), failure, || {
        let api = given("error", error)?.error.api();
        c_json(&api.map(ApiFailure::messages).unwrap_or_default())
    })
}

/// What else stands in the envelope of the API's answer, as a JSON object of the members that are not known here;
/// `null` when there is nothing.
///
/// Ownership: `json` is yours; free it with `streamtoken_string_free`.
/// NULL: `error` and `json` must not be NULL; `json_length` and `failure` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`, into `failure`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_other_to_json(
    error: Option<&streamtoken_error>,
    json: Option<&mut MaybeUninit<*mut c_char>>,
    json_length: Option<&mut MaybeUninit<usize>>,
    failure: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("json", json, json_length), failure, || {
        let api = given("error", error)?.error.api();
        c_json(&api.and_then(ApiFailure::other))
    })
}

/// The error as the JSON object `{"code", "number", "field", "message", "api"}` that every surface prints;
/// `field` is left out when there is none, and `api` (`{"status", "errors", "messages", "other", "cf_ray",
/// "retry_after", "attempts"}`) unless the error came of a request.
///
/// Ownership: `json` is yours; free it with `streamtoken_string_free`.
/// NULL: `error` and `json` must not be NULL; `json_length` and `failure` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`, into `failure`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_to_json(
    error: Option<&streamtoken_error>,
    json: Option<&mut MaybeUninit<*mut c_char>>,
    json_length: Option<&mut MaybeUninit<usize>>,
    failure: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("json", json, json_length), failure, || {
        c_json(&given("error", error)?.error)
    })
}

/// Frees an error.
///
/// Ownership: takes `error`; it and its texts must not be used again.
/// NULL: `error` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_error_free(error: Option<Box<streamtoken_error>>) {
    release(error);
}
