//! The library itself: its version, its vocabulary, its strings.

use std::ffi::{CStr, CString, c_char};
use std::mem::MaybeUninit;

use streamtoken::host;
use zeroize::Zeroize as _;

use crate::boundary::{Text, answer, c_json, infallible};
use crate::error::streamtoken_error;

/// The version of the library that is loaded, such as `0.1.0`; `STREAMTOKEN_VERSION` is that of the
/// header.
///
/// Ownership: the text belongs to the library and is never freed.
/// NULL: no pointers; the answer is never NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_version() -> *const c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    CStr::from_bytes_with_nul(VERSION.as_bytes())
        .unwrap_or_default()
        .as_ptr()
}

/// Names, options, defaults, limits and error codes of the library as a JSON object, for programs that
/// compare surfaces.
///
/// Ownership: `json` is yours; free it with `streamtoken_string_free`.
/// NULL: `json` must not be NULL; `json_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_surface_json(
    json: Option<&mut MaybeUninit<*mut c_char>>,
    json_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("json", json, json_length), error, || {
        c_json(&host::surface())
    })
}

/// Wipes and frees a text that a function of this library wrote to a `char **`.
///
/// Ownership: takes `text`; it must not be used again. Only texts of this library, unchanged in length;
/// never a `const char *`.
/// NULL: `text` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn streamtoken_string_free(text: *mut c_char) {
    infallible((), || {
        if text.is_null() {
            return;
        }
        // SAFETY: the caller got it from `CString::into_raw` and has not changed its length.
        let text = unsafe { CString::from_raw(text) };
        text.into_bytes_with_nul().zeroize();
    });
}
