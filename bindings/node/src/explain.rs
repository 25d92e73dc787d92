//! Why a token is refused.

use napi::bindgen_prelude::{AsyncTask, Either, External};
use napi_derive::napi;
use serde::Serialize;
use serde_json::Value as Json;
use streamtoken::{ExplainContext, KeySet, Report, Result};
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

/// `text` is whatever was pasted, a private key perhaps. Without `keys` it is explained without any.
#[napi]
pub(crate) fn explain(
    text: Either<String, &[u8]>,
    keys: Option<&External<KeySet>>,
    context: String,
) -> Outcome<String> {
    let text = KeyText::from(text);
    Outcome::of(|| tell(text.as_ref(), keys.map(|keys| &**keys), &context))
}

#[napi]
pub(crate) fn explain_async(
    text: Either<String, &[u8]>,
    keys: Option<&External<KeySet>>,
    context: String,
) -> AsyncTask<Work<String>> {
    let text = Zeroizing::new(KeyText::from(text).as_ref().to_vec());
    let keys = keys.map(|keys| KeySet::clone(keys));
    promise(move || tell(&text, keys.as_ref(), &context))
}

/// Sync and async are this one function.
fn tell(text: &[u8], keys: Option<&KeySet>, context: &str) -> Result<String> {
    panics::provoke(str::from_utf8(text).unwrap_or_default());
    let context = ExplainContext::from_value(&value::read(context, ExplainContext::NAMES)?)?;
    let report = streamtoken::explain(text, keys, &context)?;
    in_order(&Told {
        error: report.error().map(refusal),
        findings: report.findings().map(|check| check.id().as_str()).collect(),
        text: report.to_string(),
        report: &report,
    })
}
