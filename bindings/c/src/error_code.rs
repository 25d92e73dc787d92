//! The table of error codes, asked from the core once.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;
use std::sync::OnceLock;

use streamtoken::ErrorCode;

use crate::boundary::{borrowed, c_text, infallible};

/// What is said about a code, ending with NUL.
struct Texts {
    number: i32,
    slug: CString,
    text: CString,
    group: CString,
}

impl Texts {
    fn new(code: &ErrorCode) -> Self {
        // The core's tables hold no NUL.
        let c_text = |text| c_text(text).unwrap_or_default();
        Self {
            number: code.number(),
            slug: c_text(code.slug()),
            text: c_text(code.text()),
            group: c_text(code.group()),
        }
    }
}

static TEXTS: OnceLock<Vec<Texts>> = OnceLock::new();

/// Made before they are put in their place: a process that is forked off while another thread fills a
/// lock would wait for it for ever, and so the lock is held for a moment only.
fn all_texts() -> &'static [Texts] {
    TEXTS.get().unwrap_or_else(|| {
        let made = ErrorCode::ALL.iter().map(Texts::new).collect();
        TEXTS.get_or_init(|| made)
    })
}

fn texts(number: i32) -> Option<&'static Texts> {
    all_texts().iter().find(|texts| texts.number == number)
}

pub(crate) fn slug(number: i32) -> Option<&'static CString> {
    texts(number).map(|texts| &texts.slug)
}

/// How many error codes there are in this version of the library, success not counted.
///
/// Ownership: nothing changes hands.
/// NULL: no pointers.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_code_count() -> usize {
    ErrorCode::ALL.len()
}

/// The number of the error code at `index`, counted from 0 in the order of the numbers; 0 from
/// `streamtoken_error_code_count` on.
///
/// Ownership: nothing changes hands.
/// NULL: no pointers.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_code_at(index: usize) -> i32 {
    infallible(0, || {
        ErrorCode::ALL.get(index).map_or(0, |code| code.number())
    })
}

/// The slug of the code with this number, the name for programs: `token_expired`; NULL when there is
/// no such code.
///
/// Ownership: the text belongs to the library and is never freed.
/// NULL: `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_code_slug(
    number: i32,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || slug(number))
}

/// What the code means, in one sentence without a closing dot; NULL when there is no such code.
///
/// Ownership: the text belongs to the library and is never freed.
/// NULL: `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_code_text(
    number: i32,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&texts(number)?.text))
}

/// The group of the code: `input`, `key`, `token`, `api`, `service` or `internal`; NULL when there is
/// no such code.
///
/// Ownership: the text belongs to the library and is never freed.
/// NULL: `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_code_group(
    number: i32,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&texts(number)?.group))
}

/// The HTTP status with which a service answers the code; 0 when there is no such code.
///
/// Ownership: nothing changes hands.
/// NULL: no pointers.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_code_http_status(number: i32) -> i32 {
    infallible(0, || {
        ErrorCode::from_number(number).map_or(0, |code| code.http_status().into())
    })
}

/// The exit code of the command line for the code: 1 token refused, 2 input, 3 key, 4 API or network,
/// 5 service, 70 internal; 0 when there is no such code.
///
/// Ownership: nothing changes hands.
/// NULL: no pointers.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_code_exit_code(number: i32) -> i32 {
    infallible(0, || {
        ErrorCode::from_number(number).map_or(0, |code| code.exit_code().into())
    })
}

/// Whether the same call may succeed later without a change.
///
/// Ownership: nothing changes hands.
/// NULL: no pointers.
/// Errors: none; false when there is no such code.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_error_code_retryable(number: i32) -> bool {
    infallible(false, || {
        ErrorCode::from_number(number).is_some_and(ErrorCode::retryable)
    })
}
