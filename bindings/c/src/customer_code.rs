//! The code in the host of every playback URL of an account.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use streamtoken::{CustomerCode, Result};

use crate::boundary::{Handle, Maybe, answer, borrowed, c_text, release, text};
use crate::error::streamtoken_error;

/// The customer code: `CODE` in `customer-CODE.cloudflarestream.com`. **Not** the account id. It never
/// changes.
pub struct streamtoken_customer_code {
    code: CustomerCode,
    text: CString,
    host: CString,
}

impl streamtoken_customer_code {
    fn new(code: CustomerCode) -> Result<Self> {
        Ok(Self {
            text: c_text(code.as_str())?,
            host: c_text(code.host())?,
            code,
        })
    }

    pub(crate) fn code(&self) -> &CustomerCode {
        &self.code
    }
}

/// Reads a customer code, the host that carries it, or any playback URL on that host. A code has 1 to 54
/// characters of `a-z`, `0-9` and `-`; upper case is lowered.
///
/// Ownership: `text` is only read; `code` is yours, free it with `streamtoken_customer_code_free`.
/// NULL: `error` may be NULL; `text` may with length 0; `code` must not.
/// Errors: `STREAMTOKEN_CUSTOMER_CODE_IS_ACCOUNT_ID` for 32 hexadecimal digits;
/// `STREAMTOKEN_CUSTOMER_CODE_INVALID` for any other text.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_customer_code_parse(
    text: *const c_char,
    text_length: usize,
    code: Option<&mut MaybeUninit<Option<Box<streamtoken_customer_code>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("code", code), error, || {
        // SAFETY: the caller answers for the length.
        let text = unsafe { self::text("customer_code", text, text_length) }?;
        streamtoken_customer_code::new(CustomerCode::parse(text)?)
    })
}

/// Reads `CLOUDFLARE_STREAM_CUSTOMER_CODE`, without outer white space. When it is unset or empty the call
/// succeeds all the same and `code` is NULL.
///
/// Ownership: `code` is yours; free it with `streamtoken_customer_code_free`.
/// NULL: `code` must not be NULL; `error` may.
/// Errors: those of `streamtoken_customer_code_parse`.
/// Threads: any, but not while another thread changes the environment.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_customer_code_from_env(
    code: Option<&mut MaybeUninit<Option<Box<streamtoken_customer_code>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Maybe(Handle("code", code)), error, || {
        let code = CustomerCode::from_env()?;
        code.map(streamtoken_customer_code::new).transpose()
    })
}

/// The code, in lower case.
///
/// Ownership: the text belongs to `code` and goes with it.
/// NULL: `code` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_customer_code_text(
    code: Option<&streamtoken_customer_code>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&code?.text))
}

/// The host of the account's playback URLs: `customer-CODE.cloudflarestream.com`.
///
/// Ownership: the text belongs to `code` and goes with it.
/// NULL: `code` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_customer_code_host(
    code: Option<&streamtoken_customer_code>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&code?.host))
}

/// Frees a customer code. URLs made with it live on.
///
/// Ownership: takes `code`; it and its texts must not be used again.
/// NULL: `code` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_customer_code_free(code: Option<Box<streamtoken_customer_code>>) {
    release(code);
}
