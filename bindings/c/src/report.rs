//! Why a token is refused: all checks, each with what to do about it.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use streamtoken::{MAX_EXPLAIN, Report, Result, host};

use crate::boundary::{
    Handle, Text, answer, beginning, borrowed, c_json, c_text, given, infallible, release,
};
use crate::checks::Texts;
use crate::error::streamtoken_error;
use crate::explain_context::{self, streamtoken_explain_context};
use crate::key_set::streamtoken_key_set;

/// Everything that `streamtoken_explain` found: two verdicts, and every check with its cause and remedy. It
/// never changes.
pub struct streamtoken_report {
    pub(crate) report: Report,
    verify: CString,
    platform: CString,
    kind: CString,
    error: Option<streamtoken_error>,
    pub(crate) checks: Vec<Texts>,
}

impl streamtoken_report {
    fn new(report: Report) -> Result<Self> {
        Ok(Self {
            verify: c_text(report.verify().as_str())?,
            platform: c_text(report.platform().as_str())?,
            kind: c_text(report.kind())?,
            error: report.error().cloned().map(streamtoken_error::new),
            checks: report
                .checks()
                .iter()
                .map(Texts::new)
                .collect::<Result<_>>()?,
            report,
        })
    }
}

/// Tells everything about `text`: a token, a playback URL, or whatever else was taken for one.
///
/// Every check is made, as far as what came before lets it, and ends as `pass`, `fail`, `warn` or `unknown`,
/// with one sentence of cause and one of what to do. Nothing that was pasted by mistake is repeated: of the
/// text the report shows only ids, times, hosts, addresses and countries. At most 65,536 bytes of it are read, of
/// a text longer than `STREAMTOKEN_MAX_LENGTH` too.
///
/// Without `key_set` nobody can say whether the signature is right; without the viewer's facts in `context`,
/// what access rules make of them. A text that no token is found in has a report as well, and the call
/// succeeds.
///
/// Ownership: `text`, `key_set` and `context` are only read; `report` is yours, free it with
/// `streamtoken_report_free`.
/// NULL: `key_set` may be NULL (no key is known), and `context` (no fact is given), and `error`; `text` may
/// with length 0; `report` must not.
/// Errors: those of `streamtoken_explain_context_from_json` for a context that makes no sense;
/// `STREAMTOKEN_LENGTH_TOO_LARGE` above `PTRDIFF_MAX`, such as -1 as a `size_t`.
/// Threads: any, also at the same time, as long as nobody changes `context`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_explain(
    text: *const c_char,
    text_length: usize,
    key_set: Option<&streamtoken_key_set>,
    context: Option<&streamtoken_explain_context>,
    report: Option<&mut MaybeUninit<Option<Box<streamtoken_report>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("report", report), error, || {
        // SAFETY: the caller answers for the length.
        let text = unsafe { beginning("text", text.cast(), text_length, MAX_EXPLAIN) }?;
        let keys = key_set.map(streamtoken_key_set::keys);
        let context = explain_context::read(context)?;
        let report = host::explain_beginning(text, text_length, keys, &context)?;
        streamtoken_report::new(report)
    })
}

/// What `streamtoken_key_set_verify` makes of the token, with the keys and facts that were given: `accepts`,
/// `refuses` or `unknown`.
///
/// Ownership: the text belongs to `report` and goes with it.
/// NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_report_verify(
    report: Option<&streamtoken_report>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&report?.verify))
}

/// What Cloudflare makes of it, as far as that is publicly known: `accepts`, `refuses` or `unknown`. It alone
/// knows whether the key still stands in the account, and the video in Stream.
///
/// Ownership: the text belongs to `report` and goes with it.
/// NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_report_platform(
    report: Option<&streamtoken_report>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&report?.platform))
}

/// The error with which `streamtoken_key_set_verify` refuses the token; NULL when it does not, or when nobody can
/// say.
///
/// Ownership: the error belongs to `report` and goes with it; never free it.
/// NULL: `report` may be NULL; the answer is NULL then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_report_error(
    report: Option<&streamtoken_report>,
) -> Option<&streamtoken_error> {
    infallible(None, || report?.error.as_ref())
}

/// What was given: `token`, `url`, `uid`, `private_key` and others.
///
/// Ownership: the text belongs to `report` and goes with it.
/// NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_report_kind(
    report: Option<&streamtoken_report>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&report?.kind))
}

/// How many bytes of the text were looked at: 65,536 at most.
///
/// Ownership: nothing changes hands.
/// NULL: `report` may be NULL; the answer is 0 then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_report_bytes_read(report: Option<&streamtoken_report>) -> usize {
    infallible(0, || report.map_or(0, |report| report.report.bytes_read()))
}

/// The report as the JSON object `{"verify", "platform", "error", "kind", "bytes", "read", "checks"}` that every
/// surface has alike.
///
/// Ownership: `json` is yours; free it with `streamtoken_string_free`.
/// NULL: `report` and `json` must not be NULL; `json_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_report_to_json(
    report: Option<&streamtoken_report>,
    json: Option<&mut MaybeUninit<*mut c_char>>,
    json_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("json", json, json_length), error, || {
        c_json(&given("report", report)?.report)
    })
}

/// The report for people: the verdicts, then a line for each check that failed or warns.
///
/// Ownership: `text` is yours; free it with `streamtoken_string_free`.
/// NULL: `report` and `text` must not be NULL; `text_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_report_to_text(
    report: Option<&streamtoken_report>,
    text: Option<&mut MaybeUninit<*mut c_char>>,
    text_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("text", text, text_length), error, || {
        c_text(given("report", report)?.report.to_string())
    })
}

/// Frees a report.
///
/// Ownership: takes `report`; it, its error and its texts must not be used again.
/// NULL: `report` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_report_free(report: Option<Box<streamtoken_report>>) {
    release(report);
}
