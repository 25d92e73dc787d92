//! The query options of playback URLs.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use streamtoken::{Result, UrlOptions, Value};

use crate::boundary::{Handle, HandleSlot, answer, given, release, text};
use crate::builder::{from_json, parsed, string};
use crate::error::streamtoken_error;
use crate::options::Members;

/// Query options of playback URLs by row (`hls`, `iframe`, `thumbnail`, ...), under construction. What is
/// absent is not written: the platform's default holds.
///
/// Options have Cloudflare's names (`clientBandwidthHint`, `primaryColor`, `ad-url`). Setting one again
/// replaces it. What the options mean is decided where they are used.
pub struct streamtoken_url_options(Members);

/// No option given yet.
///
/// Ownership: `options` is yours; free it with `streamtoken_url_options_free`.
/// NULL: `options` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_url_options_new(
    options: Option<&mut MaybeUninit<Option<Box<streamtoken_url_options>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("options", options), error, || {
        Ok(streamtoken_url_options(Members::default()))
    })
}

/// Options from JSON text, an object of rows, each an object of query parameters in Cloudflare's
/// names: `{"thumbnail": {"time": "1m30s", "height": 270}, "iframe": {"muted": true, "poster":
/// true}}`. `null` means *not given*, at every level. They can be changed afterwards.
///
/// Ownership: `json` is only read; `options` is yours, free it with `streamtoken_url_options_free`.
/// NULL: `error` may be NULL; `json` may with length 0 (and is no JSON then); `options` must not.
/// Errors: what is not strict JSON (100 to 103), the codes of options (104 and 105), `STREAMTOKEN_URL_OPTION_INVALID`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_url_options_from_json(
    json: *const c_char,
    json_length: usize,
    options: Option<&mut MaybeUninit<Option<Box<streamtoken_url_options>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("options", options), error, || {
        // SAFETY: the caller answers for the length.
        let members = unsafe { from_json(json, json_length, UrlOptions::from_value) }?;
        Ok(streamtoken_url_options(members))
    })
}

/// The option `name` of the row `row` as a number: a time or length in seconds, pixels, frames or
/// megabits a second.
///
/// Ownership: `options` stays yours; the texts are copied.
/// NULL: `options` must not be NULL; `error` may; a text may with length 0.
/// Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; what is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_url_options_set_number(
    options: Option<&mut streamtoken_url_options>,
    row: *const c_char,
    row_length: usize,
    name: *const c_char,
    name_length: usize,
    value: f64,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    let place = (row, row_length, name, name_length);
    // SAFETY: the caller answers for the lengths.
    unsafe { set_in(options, place, error, || Ok(Value::Float(value))) }
}

/// The option `name` of the row `row` as a text: a time such as `1m30s`, a color, a URL, a file name.
///
/// Ownership: `options` stays yours; the texts are copied.
/// NULL: `options` must not be NULL; `error` may; a text may with length 0.
/// Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; what is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_url_options_set_text(
    options: Option<&mut streamtoken_url_options>,
    row: *const c_char,
    row_length: usize,
    name: *const c_char,
    name_length: usize,
    value: *const c_char,
    value_length: usize,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    let place = (row, row_length, name, name_length);
    // SAFETY: the caller answers for the lengths.
    unsafe {
        set_in(options, place, error, || {
            string("value", value, value_length)
        })
    }
}

/// The option `name` of the row `row` as a boolean: `muted`, `autoplay`, or `poster` for the row
/// `thumbnail` as the player's poster.
///
/// Ownership: `options` stays yours; the texts are copied.
/// NULL: `options` must not be NULL; `error` may; a text may with length 0.
/// Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; what is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_url_options_set_bool(
    options: Option<&mut streamtoken_url_options>,
    row: *const c_char,
    row_length: usize,
    name: *const c_char,
    name_length: usize,
    value: bool,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    let place = (row, row_length, name, name_length);
    // SAFETY: the caller answers for the lengths.
    unsafe { set_in(options, place, error, || Ok(Value::Bool(value))) }
}

/// The option `name` of the row `row` as JSON text: `poster` as an object of thumbnail options, or
/// any other value.
///
/// Ownership: `options` stays yours; the texts are copied.
/// NULL: `options` must not be NULL; `error` may; a text may with length 0.
/// Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; what is not strict JSON (100 to 103); what is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_url_options_set_json(
    options: Option<&mut streamtoken_url_options>,
    row: *const c_char,
    row_length: usize,
    name: *const c_char,
    name_length: usize,
    json: *const c_char,
    json_length: usize,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    let place = (row, row_length, name, name_length);
    // SAFETY: the caller answers for the lengths.
    unsafe { set_in(options, place, error, || parsed("json", json, json_length)) }
}

/// Frees options. What was made with them lives on.
///
/// Ownership: takes `options`; they must not be used again.
/// NULL: `options` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_url_options_free(options: Option<Box<streamtoken_url_options>>) {
    release(options);
}

/// What the core makes of options; NULL gives none.
pub(crate) fn read(options: Option<&streamtoken_url_options>) -> Result<UrlOptions> {
    options.map_or_else(
        || Ok(UrlOptions::default()),
        |options| UrlOptions::from_value(&options.0.value()),
    )
}

/// The texts of a row and of an option, each with its length.
type Place = (*const c_char, usize, *const c_char, usize);

/// Gives the option at `place` what `value` makes, or the error with which it ends.
///
/// # Safety
/// As for [`text`], for both texts.
unsafe fn set_in(
    options: Option<&mut streamtoken_url_options>,
    (row, row_length, name, name_length): Place,
    error: HandleSlot<'_, streamtoken_error>,
    value: impl FnOnce() -> Result<Value>,
) -> i32 {
    answer((), error, || {
        let options = given("options", options)?;
        // SAFETY: the caller answers for the lengths.
        let (row, name) = unsafe {
            (
                text("row", row, row_length)?,
                text("name", name, name_length)?,
            )
        };
        options.0.set_in(row, name, value()?);
        Ok(())
    })
}
