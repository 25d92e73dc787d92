//! The checks of a report, one by one.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use streamtoken::{Check, ErrorCode, Result};

use crate::boundary::{borrowed, c_json, c_text, infallible, text};
use crate::report::streamtoken_report;

/// One check, as C reads it.
pub(crate) struct Texts {
    id: CString,
    status: CString,
    verify: CString,
    platform: CString,
    values: CString,
    cause: CString,
    remedy: Option<CString>,
}

impl Texts {
    pub(crate) fn new(check: &Check) -> Result<Self> {
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
        position(report?, report?.report.check(id)?)
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
        position(report?, report?.report.findings().nth(place)?)
    });
    found.unwrap_or(usize::MAX)
}

fn position(report: &streamtoken_report, wanted: &Check) -> Option<usize> {
    let mut checks = report.report.checks().iter();
    checks.position(|check| check.id() == wanted.id())
}
