//! Why a token is refused: all checks, each with what to do about it.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use streamtoken::{Check, ErrorCode, Report, Result, explain};

use crate::boundary::{
    Handle, Text, answer, borrowed, bytes, c_json, c_text, given, infallible, release, text,
};
use crate::error::streamtoken_error;
use crate::explain_context::{self, streamtoken_explain_context};
use crate::key_set::streamtoken_key_set;

/// Everything that `streamtoken_explain` found: two verdicts, and every check with its cause and remedy. It
/// never changes.
pub struct streamtoken_report {
    report: Report,
    verify: CString,
    platform: CString,
    kind: CString,
    error: Option<streamtoken_error>,
    checks: Vec<Texts>,
}

/// One check, as C reads it.
struct Texts {
    id: CString,
    status: CString,
    verify: CString,
    platform: CString,
    values: CString,
    cause: CString,
    remedy: Option<CString>,
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

    fn position(&self, wanted: &Check) -> Option<usize> {
        let mut checks = self.report.checks().iter();
        checks.position(|check| check.id() == wanted.id())
    }
}

impl Texts {
    fn new(check: &Check) -> Result<Self> {
        Ok(Self {
            id: c_text(check.id().as_str())?,
            status: c_text(check.status().as_str())?,
            verify: c_text(check.verify().as_str())?,
            platform: c_text(check.platform().as_str())?,
            values: c_json(&check.values())?,
            cause: c_text(check.cause())?,
            remedy: check.remedy().map(c_text).transpose()?,
        })
    }
}

/// Tells everything about `text`: a token, a playback URL, or whatever else was taken for one.
///
/// Every check is made, as far as what came before lets it, and ends as `pass`, `fail`, `warn` or `unknown`,
/// with one sentence of cause and one of what to do. Nothing that was pasted by mistake is repeated: of the
/// text the report shows only ids, times, hosts, addresses and countries. At most 65,536 bytes of it are read.
///
/// Without `key_set` nobody can say whether the signature is right; without the viewer's facts in `context`,
/// what access rules make of them. A text that no token is found in has a report as well, and the call
/// succeeds.
///
/// Ownership: `text`, `key_set` and `context` are only read; `report` is yours, free it with
/// `streamtoken_report_free`.
/// NULL: `key_set` may be NULL (no key is known), and `context` (no fact is given), and `error`; `text` may
/// with length 0; `report` must not.
/// Errors: those of `streamtoken_explain_context_from_json` for a context that makes no sense.
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
        let text = unsafe { bytes("text", text.cast(), text_length) }?;
        let keys = key_set.map(streamtoken_key_set::keys);
        let context = explain_context::read(context)?;
        streamtoken_report::new(explain(text, keys, &context)?)
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

/// What was given: `token`, `url`, `video_uid`, `private_key` and others.
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

/// How many checks there are: in every report the same ones, in the same order.
///
/// Ownership: nothing changes hands.
/// NULL: `report` may be NULL; the answer is 0 then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_report_check_count(report: Option<&streamtoken_report>) -> usize {
    infallible(0, || report.map_or(0, |report| report.checks.len()))
}

/// The id of the check at `index`, counted from 0, which never changes its meaning: `expired`; NULL from
/// `streamtoken_report_check_count` on.
///
/// Ownership: the text belongs to `report` and goes with it.
/// NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_report_check_id(
    report: Option<&streamtoken_report>,
    index: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&report?.checks.get(index)?.id))
}

/// How the check at `index` ended: `pass`, `fail` (somebody refuses because of this), `warn` (probably not what
/// was meant) or `unknown` (a fact is missing, or something before it failed); NULL from
/// `streamtoken_report_check_count` on.
///
/// Ownership: the text belongs to `report` and goes with it.
/// NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_report_check_status(
    report: Option<&streamtoken_report>,
    index: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&report?.checks.get(index)?.status))
}

/// What `streamtoken_key_set_verify` makes of the check at `index` alone: `accepts`, `refuses` or `unknown`; NULL
/// from `streamtoken_report_check_count` on.
///
/// Ownership: the text belongs to `report` and goes with it.
/// NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_report_check_verify(
    report: Option<&streamtoken_report>,
    index: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&report?.checks.get(index)?.verify))
}

/// What Cloudflare makes of the check at `index` alone, as far as that is publicly known: `accepts`, `refuses` or
/// `unknown`; NULL from `streamtoken_report_check_count` on.
///
/// Ownership: the text belongs to `report` and goes with it.
/// NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_report_check_platform(
    report: Option<&streamtoken_report>,
    index: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&report?.checks.get(index)?.platform))
}

/// The number of the code with which `streamtoken_key_set_verify` refuses because of the check at `index`; 0 when
/// it does not, and from `streamtoken_report_check_count` on.
///
/// Ownership: nothing changes hands.
/// NULL: `report` may be NULL; the answer is 0 then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_report_check_code(
    report: Option<&streamtoken_report>,
    index: usize,
) -> i32 {
    infallible(0, || {
        let check = report.and_then(|report| report.report.checks().get(index));
        check.and_then(Check::code).map_or(0, ErrorCode::number)
    })
}

/// What the check at `index` saw, as a JSON object; `{}` when there is nothing to show; NULL from
/// `streamtoken_report_check_count` on.
///
/// Ownership: the text belongs to `report` and goes with it.
/// NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_report_check_values(
    report: Option<&streamtoken_report>,
    index: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&report?.checks.get(index)?.values))
}

/// What is so, in one sentence without a closing dot; NULL from `streamtoken_report_check_count` on.
///
/// Ownership: the text belongs to `report` and goes with it.
/// NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_report_check_cause(
    report: Option<&streamtoken_report>,
    index: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&report?.checks.get(index)?.cause))
}

/// What to do, in one sentence without a closing dot; NULL where nothing is to be done, and from
/// `streamtoken_report_check_count` on.
///
/// Ownership: the text belongs to `report` and goes with it.
/// NULL: `report` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_report_check_remedy(
    report: Option<&streamtoken_report>,
    index: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || report?.checks.get(index)?.remedy.as_ref())
}

/// The index of the check with this id; `SIZE_MAX`, at which no check is, when there is none.
///
/// Ownership: `id` is only read.
/// NULL: `report` and `id` may be NULL; the answer is `SIZE_MAX` then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_report_find(
    report: Option<&streamtoken_report>,
    id: *const c_char,
    id_length: usize,
) -> usize {
    let found = infallible(None, || {
        // SAFETY: the caller answers for the length.
        let id = unsafe { text("id", id, id_length) }.ok()?;
        report?.position(report?.report.check(id)?)
    });
    found.unwrap_or(usize::MAX)
}

/// What to read first: the index of the check that is number `place`, counted from 0, among those that failed
/// and, behind them, those that warn; `SIZE_MAX` when there are not so many.
///
/// Ownership: nothing changes hands.
/// NULL: `report` may be NULL; the answer is `SIZE_MAX` then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_report_finding(
    report: Option<&streamtoken_report>,
    place: usize,
) -> usize {
    let found = infallible(None, || {
        report?.position(report?.report.findings().nth(place)?)
    });
    found.unwrap_or(usize::MAX)
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
