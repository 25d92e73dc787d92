//! What is wrong with rules and options, or probably not meant.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use streamtoken::{Finding, Result, lint, lint_at};

use crate::boundary::{Handle, Text, answer, borrowed, c_json, c_text, given, infallible, release};
use crate::builder::parsed;
use crate::error::streamtoken_error;
use crate::rules::streamtoken_access_rules;
use crate::sign_options::streamtoken_sign_options;

/// What a lint found, 101 findings at most: errors, which signing refuses, and warnings, which it accepts. It never
/// changes.
pub struct streamtoken_findings {
    findings: Vec<Finding>,
    texts: Vec<Texts>,
}

/// One finding, as C reads it.
struct Texts {
    id: CString,
    level: CString,
    field: CString,
    message: CString,
    remedy: CString,
}

impl streamtoken_findings {
    pub(crate) fn new(findings: Vec<Finding>) -> Result<Self> {
        let texts = |finding: &Finding| {
            Ok(Texts {
                id: c_text(finding.id())?,
                level: c_text(finding.level().as_str())?,
                field: c_text(finding.field())?,
                message: c_text(finding.message())?,
                remedy: c_text(finding.remedy())?,
            })
        };
        Ok(Self {
            texts: findings.iter().map(texts).collect::<Result<_>>()?,
            findings,
        })
    }
}

/// Everything that is wrong, or probably not meant, with the rules or the option set in JSON text: the list that
/// the claim `accessRules` holds, or an object of options in wire names. Where the options give no `now`, their
/// times are compared with the machine's clock.
///
/// Ownership: `json` is only read; `findings` is yours, free it with `streamtoken_findings_free`.
/// NULL: `error` may be NULL; `json` may with length 0 (and is no JSON then); `findings` must not.
/// Errors: what is not strict JSON (100 to 103). What signing would refuse is a finding.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_lint(
    json: *const c_char,
    json_length: usize,
    findings: Option<&mut MaybeUninit<Option<Box<streamtoken_findings>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("findings", findings), error, || {
        // SAFETY: the caller answers for the length.
        let value = unsafe { parsed("json", json, json_length) }?;
        streamtoken_findings::new(lint(&value))
    })
}

/// As `streamtoken_lint`, at the time `now` in epoch seconds, below 10^11, where the options give none.
///
/// Ownership: `json` is only read; `findings` is yours, free it with `streamtoken_findings_free`.
/// NULL: `error` may be NULL; `json` may with length 0 (and is no JSON then); `findings` must not.
/// Errors: what is not strict JSON (100 to 103). What signing would refuse is a finding.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_lint_at(
    json: *const c_char,
    json_length: usize,
    now: u64,
    findings: Option<&mut MaybeUninit<Option<Box<streamtoken_findings>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("findings", findings), error, || {
        // SAFETY: the caller answers for the length.
        let value = unsafe { parsed("json", json, json_length) }?;
        streamtoken_findings::new(lint_at(&value, now))
    })
}

/// As `streamtoken_lint`, for options that were set one by one.
///
/// Ownership: `options` is only read; `findings` is yours, free it with `streamtoken_findings_free`.
/// NULL: `options` and `findings` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`. What signing would refuse is a finding.
/// Threads: any, also at the same time, as long as nobody changes `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_sign_options_lint(
    options: Option<&streamtoken_sign_options>,
    findings: Option<&mut MaybeUninit<Option<Box<streamtoken_findings>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("findings", findings), error, || {
        let options = given("options", options)?.members().value();
        streamtoken_findings::new(lint(&options))
    })
}

/// What the rules probably do not mean: warnings alone. What they must not say was refused when they were made.
///
/// Ownership: `rules` is only read; `findings` is yours, free it with `streamtoken_findings_free`.
/// NULL: `rules` and `findings` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_access_rules_lint(
    rules: Option<&streamtoken_access_rules>,
    findings: Option<&mut MaybeUninit<Option<Box<streamtoken_findings>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("findings", findings), error, || {
        streamtoken_findings::new(given("rules", rules)?.rules().lint())
    })
}

/// How many findings there are.
///
/// Ownership: nothing changes hands.
/// NULL: `findings` may be NULL; the answer is 0 then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_findings_count(findings: Option<&streamtoken_findings>) -> usize {
    infallible(0, || findings.map_or(0, |findings| findings.findings.len()))
}

/// The stable id of the finding at `index`, counted from 0 in the order in which they are to be read:
/// `allow_without_block`, or the slug of the error code with which signing refuses it; NULL from
/// `streamtoken_findings_count` on.
///
/// Ownership: the text belongs to `findings` and goes with it.
/// NULL: `findings` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_findings_id(
    findings: Option<&streamtoken_findings>,
    index: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&findings?.texts.get(index)?.id))
}

/// How bad the finding at `index` is: `error` (signing refuses it) or `warning`; NULL from
/// `streamtoken_findings_count` on.
///
/// Ownership: the text belongs to `findings` and goes with it.
/// NULL: `findings` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_findings_level(
    findings: Option<&streamtoken_findings>,
    index: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&findings?.texts.get(index)?.level))
}

/// JSON pointer to what the finding at `index` is about, in wire names (`/accessRules/2/ip/0`), empty for the
/// whole; NULL from `streamtoken_findings_count` on.
///
/// Ownership: the text belongs to `findings` and goes with it.
/// NULL: `findings` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_findings_field(
    findings: Option<&streamtoken_findings>,
    index: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&findings?.texts.get(index)?.field))
}

/// What is wrong there, in one sentence without a closing dot; NULL from `streamtoken_findings_count` on.
///
/// Ownership: the text belongs to `findings` and goes with it.
/// NULL: `findings` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_findings_message(
    findings: Option<&streamtoken_findings>,
    index: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&findings?.texts.get(index)?.message))
}

/// What to do, in one sentence without a closing dot; NULL from `streamtoken_findings_count` on.
///
/// Ownership: the text belongs to `findings` and goes with it.
/// NULL: `findings` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_findings_remedy(
    findings: Option<&streamtoken_findings>,
    index: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&findings?.texts.get(index)?.remedy))
}

/// The findings as a JSON list of objects `{"id", "level", "field", "message", "remedy"}`.
///
/// Ownership: `json` is yours; free it with `streamtoken_string_free`.
/// NULL: `findings` and `json` must not be NULL; `json_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_findings_to_json(
    findings: Option<&streamtoken_findings>,
    json: Option<&mut MaybeUninit<*mut c_char>>,
    json_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("json", json, json_length), error, || {
        c_json(&given("findings", findings)?.findings)
    })
}

/// Frees findings.
///
/// Ownership: takes `findings`; they and their texts must not be used again.
/// NULL: `findings` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_findings_free(findings: Option<Box<streamtoken_findings>>) {
    release(findings);
}
