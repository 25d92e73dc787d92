//! Why a token is refused.

use napi::bindgen_prelude::{AsyncTask, Either, External};
use napi_derive::napi;
use serde::Serialize;
use serde_json::Value as Json;
use streamtoken::{ExplainContext, KeySet, MAX_EXPLAIN, Report, Result, host};
use zeroize::Zeroizing;

use crate::keys::KeyText;
use crate::outcome::{Outcome, Work, in_order, promise, refusal};
use crate::{panics, value};

/// A report and what JavaScript's class has beside its members.
#[derive(Serialize)]
struct Told<'a> {
    report: &'a Report,
    /// The report's error, with the group that names its class.
    error: Option<Json>,
    /// The ids of the checks to read first, in this order.
    findings: Vec<&'static str>,
    text: String,
}

/// How many bytes of a text are read. A string has as many characters in them at most.
#[napi]
pub(crate) fn explain_reads() -> u32 {
    u32::try_from(MAX_EXPLAIN).unwrap_or(u32::MAX)
}

/// `text` is whatever was pasted, a private key perhaps, or the beginning of it, of which all has `length` bytes.
/// Without `keys` it is explained without any.
#[napi]
pub(crate) fn explain(
    text: Either<String, &[u8]>,
    length: i64,
    keys: Option<&External<KeySet>>,
    context: String,
) -> Outcome<String> {
    let text = KeyText::from(text);
    let length = usize::try_from(length).unwrap_or_default();
    Outcome::of(|| tell(text.as_ref(), length, keys.map(|keys| &**keys), &context))
}

#[napi]
pub(crate) fn explain_async(
    text: Either<String, &[u8]>,
    length: i64,
    keys: Option<&External<KeySet>>,
    context: String,
) -> AsyncTask<Work<String>> {
    let text = KeyText::from(text);
    let text: &[u8] = text.as_ref();
    let length = usize::try_from(length).unwrap_or_default().max(text.len());
    let beginning = Zeroizing::new(text[..text.len().min(MAX_EXPLAIN)].to_vec());
    let keys = keys.map(|keys| KeySet::clone(keys));
    promise(move || tell(&beginning, length, keys.as_ref(), &context))
}

/// Sync and async are this one function.
fn tell(text: &[u8], length: usize, keys: Option<&KeySet>, context: &str) -> Result<String> {
    panics::provoke(str::from_utf8(text).unwrap_or_default());
    let context = ExplainContext::from_value(&value::read(context, ExplainContext::NAMES)?)?;
    let report = host::explain_beginning(text, length, keys, &context)?;
    in_order(&Told {
        error: report.error().map(refusal),
        findings: report.findings().map(|check| check.id().as_str()).collect(),
        text: report.to_string(),
        report: &report,
    })
}
