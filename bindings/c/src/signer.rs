//! Minting with a key that is at hand.

use std::ffi::{CString, c_char};
use std::fmt::Write as _;
use std::mem::MaybeUninit;

use streamtoken::{Error, ErrorCode, LintLevel, Result, SignOptions, Signer, Value, host};

use crate::aside::aside;
use crate::boundary::{
    Handle, Text, answer, borrowed, bytes, c_text, given, optional_text, release, text,
};
use crate::error::streamtoken_error;
use crate::sign_options::{self, streamtoken_sign_options};
use crate::signing_key::streamtoken_signing_key;
use crate::token::streamtoken_token;

/// Mints tokens with one key. It never changes; one signer serves all threads.
pub struct streamtoken_signer {
    signer: Signer,
    lint_level: CString,
}

impl streamtoken_signer {
    fn new(signer: Signer) -> Result<Self> {
        Ok(Self {
            lint_level: c_text(signer.lint_level().as_str())?,
            signer,
        })
    }

    pub(crate) fn signer(&self) -> &Signer {
        &self.signer
    }
}

/// A signer with this key.
///
/// Ownership: `key` is only read and may be freed before the signer; `signer` is yours, free it with
/// `streamtoken_signer_free`.
/// NULL: `key` and `signer` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_signer_new(
    key: Option<&streamtoken_signing_key>,
    signer: Option<&mut MaybeUninit<Option<Box<streamtoken_signer>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("signer", signer), error, || {
        let key = given("key", key)?.key().clone();
        streamtoken_signer::new(Signer::new(key))
    })
}

/// As `streamtoken_signer_new`, with what to do when the rules or options are probably not meant: `off` looks for
/// no such thing; `warn`, the default, mints, and `streamtoken_token_warnings` tells; `deny` refuses to mint.
///
/// Ownership: `key` and `lint_level` are only read and may be freed before the signer; `signer` is yours, free it
/// with `streamtoken_signer_free`.
/// NULL: `lint_level` may be NULL (it is not given), and `error`; `key` and `signer` must not.
/// Errors: `STREAMTOKEN_OPTION_VALUE` for another level.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_signer_new_with_lint(
    key: Option<&streamtoken_signing_key>,
    lint_level: *const c_char,
    lint_level_length: usize,
    signer: Option<&mut MaybeUninit<Option<Box<streamtoken_signer>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("signer", signer), error, || {
        let key = given("key", key)?.key().clone();
        // SAFETY: the caller answers for the length.
        let level = unsafe { read_lint_level(lint_level, lint_level_length) }?;
        streamtoken_signer::new(Signer::new(key).lint(level))
    })
}

/// What the signer does when the rules or options are probably not meant: `off`, `warn` or `deny`.
///
/// Ownership: the text belongs to `signer` and goes with it.
/// NULL: `signer` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_signer_lint_level(
    signer: Option<&streamtoken_signer>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&signer?.lint_level))
}

/// The key that signs.
///
/// Ownership: `signer` is only read; `key` is yours, free it with `streamtoken_signing_key_free`.
/// NULL: `signer` and `key` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_signer_key(
    signer: Option<&streamtoken_signer>,
    key: Option<&mut MaybeUninit<Option<Box<streamtoken_signing_key>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("key", key), error, || {
        streamtoken_signing_key::new(given("signer", signer)?.signer.key().clone())
    })
}

/// Mints a token for `identifier`, a video UID or live-input UID of 1 to 32 characters of
/// `[A-Za-z0-9_-]`.
///
/// Ownership: `signer`, `identifier` and `options` are only read; `token` is yours, free it with
/// `streamtoken_token_free`.
/// NULL: `options` may be NULL (none is given), and `error`; `signer`, `identifier` and `token` must not.
/// Errors: `STREAMTOKEN_IDENTIFIER_INVALID`; the codes of options (104 to 108), times (120 to 129) and
/// rules (140 to 151); `STREAMTOKEN_MINTED_TOKEN_TOO_LARGE` above 16,384 characters; `STREAMTOKEN_LINT_DENIED` at
/// the lint level `deny`, with a pointer to what the first warning is about.
/// Threads: any, also at the same time, as long as nobody changes `options`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_signer_sign(
    signer: Option<&streamtoken_signer>,
    identifier: *const c_char,
    identifier_length: usize,
    options: Option<&streamtoken_sign_options>,
    token: Option<&mut MaybeUninit<Option<Box<streamtoken_token>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("token", token), error, || {
        let signer = &given("signer", signer)?.signer;
        // SAFETY: the caller answers for the length.
        let identifier = unsafe { text("identifier", identifier, identifier_length) }?;
        let options = sign_options::read(options)?;
        streamtoken_token::new(signer.sign(identifier, &options)?)
    })
}

/// Mints one token a line, on all cores, and answers each line, in order.
///
/// A line is a JSON object of options in wire names with the member `identifier`; what it leaves out is
/// taken from `defaults`. It ends with LF, CRLF or the end of `lines`. The answer to line n is
/// `{"line": n, "token": "..."}`, with `warnings` where the token has some, or
/// `{"line": n, "error": {"code", "number", "field", "message"}}`, and ends with LF. A line that is blank,
/// longer than 1 MiB, not UTF-8 or not JSON is answered with its error, and the others are minted; the call
/// itself succeeds. Lines are counted from `first_line`, so that a batch of more than
/// `STREAMTOKEN_MAX_LENGTH` bytes can go on with the next call. A blank line takes one byte and its answer a
/// hundred: bound the number of lines that somebody else gives you.
///
/// Ownership: `signer`, `defaults` and `lines` are only read; `answers` is yours, free it with
/// `streamtoken_string_free`.
/// NULL: `defaults`, `answers_length` and `error` may be NULL; `lines` may with length 0; `signer` and
/// `answers` must not.
/// Errors: the codes of options (104 to 151) when `defaults` has a fault. A line's error is its answer.
/// Threads: any, also at the same time, as long as nobody changes `defaults`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_signer_sign_many(
    signer: Option<&streamtoken_signer>,
    defaults: Option<&streamtoken_sign_options>,
    first_line: u64,
    lines: *const c_char,
    lines_length: usize,
    answers: Option<&mut MaybeUninit<*mut c_char>>,
    answers_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("answers", answers, answers_length), error, || {
        let signer = &given("signer", signer)?.signer;
        // SAFETY: the caller answers for the length.
        let lines = unsafe { bytes("lines", lines.cast(), lines_length) }?;
        let defaults = sign_options::read(defaults)?;
        let (signer, lines) = (signer.clone(), lines.to_owned());
        let text = aside(move || sign_lines(&signer, &defaults, first_line, &lines))?;
        CString::new(text).map_err(|_| ErrorCode::Internal.into())
    })
}

/// How many answers are held at a time: one that is not yet text takes four times as much memory.
const ANSWERS_AT_A_TIME: usize = 4096;

fn sign_lines(
    signer: &Signer,
    defaults: &SignOptions,
    first_line: u64,
    lines: &[u8],
) -> Result<String> {
    let mut text = String::new();
    let mut lines = lines.split_inclusive(|byte| *byte == b'\n');
    let mut next = first_line;
    loop {
        let some: Vec<_> = lines.by_ref().take(ANSWERS_AT_A_TIME).collect();
        if some.is_empty() {
            return Ok(text);
        }
        for answer in signer.sign_lines(defaults, next, &some) {
            writeln!(text, "{answer}").map_err(|_| Error::from(ErrorCode::Internal))?;
            next = next.wrapping_add(1);
        }
    }
}

/// The lint level with this name; NULL is the default.
///
/// # Safety
/// As for [`bytes`].
pub(crate) unsafe fn read_lint_level(name: *const c_char, length: usize) -> Result<LintLevel> {
    // SAFETY: the caller answers for the length.
    let name = unsafe { optional_text("lint", name, length) }?;
    host::lint_level(&name.map_or(Value::Null, |name| Value::String(name.to_owned())))
}

/// Frees a signer.
///
/// Ownership: takes `signer`; it must not be used again.
/// NULL: `signer` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_signer_free(signer: Option<Box<streamtoken_signer>>) {
    release(signer);
}
