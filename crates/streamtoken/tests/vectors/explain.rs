//! Explaining: `explain`.

use serde_json::{Value as Json, json};
use streamtoken::{CheckStatus, Error, ExplainContext, KeySet, explain};

use crate::format::Case;
use crate::sign::example_key;

/// `keys` is a JWK set as text, or null for none; without it, the published example key. Failures and
/// warnings alone, unless `whole` asks for every check.
pub(crate) fn run(case: &Case) -> Result<Json, Error> {
    case.knows_only(&["text", "base64", "repeat", "keys", "context", "whole"]);
    let keys = match case.input.get("keys") {
        None => Some(KeySet::from(&example_key())),
        Some(Json::Null) => None,
        Some(_) => Some(KeySet::from_jwks(case.text("keys"))?),
    };
    let context = ExplainContext::from_value(&case.value("context"))?;
    let context = match (case.now, case.input.pointer("/context/now")) {
        (Some(now), None | Some(Json::Null)) => context.now(now),
        _ => context,
    };
    let report = explain(case.content("text"), keys.as_ref(), &context)?;
    let mut report = serde_json::to_value(&report).expect("JSON");
    let findings = [CheckStatus::Fail, CheckStatus::Warn];
    if case.input.get("whole") != Some(&Json::Bool(true)) {
        let checks = report["checks"].as_array_mut().expect("checks");
        checks.retain(|check| {
            findings
                .iter()
                .any(|status| check["status"] == status.as_str())
        });
    }
    Ok(json!({ "report": report }))
}
