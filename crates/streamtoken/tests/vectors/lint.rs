//! Lints: `lint` and `sign_lint`.

use serde_json::{Value as Json, json};
use streamtoken::{Error, LintLevel, SignOptions, Signer, host, lint_at};

use crate::format::Case;
use crate::sign::example_key;

pub(crate) fn run(case: &Case) -> Result<Json, Error> {
    match case.operation.as_str() {
        "lint" => Ok(lint(case)),
        "sign_lint" => sign(case),
        unknown => panic!("{}: no operation {unknown}", case.id),
    }
}

/// Either `accessRules` or `options`, as the one argument.
fn lint(case: &Case) -> Json {
    case.knows_only(&["accessRules", "options"]);
    let members = case.input.as_object().expect("input is an object");
    assert_eq!(members.len(), 1, "{}: one of two", case.id);
    let name = members.keys().next().expect("one member");
    let now = case
        .now
        .unwrap_or_else(|| panic!("{}: now is missing", case.id));
    json!({ "findings": lint_at(&case.value(name), now) })
}

/// Minting at the level `lint`, the default without: the ids and fields of the token's warnings.
fn sign(case: &Case) -> Result<Json, Error> {
    case.knows_only(&["identifier", "options", "lint"]);
    let level = match case.input.get("lint") {
        Some(_) => host::lint_level(&case.value("lint"))?,
        None => LintLevel::default(),
    };
    let signer = Signer::new(example_key()).lint(level);
    let mut defaults = SignOptions::new();
    if let Some(now) = case.now {
        defaults = defaults.now(now);
    }
    let options = defaults.overlaid(&case.value("options"))?;
    let token = signer.sign(case.text("identifier"), &options)?;
    let warnings = token.warnings().iter();
    let warnings: Vec<_> = warnings
        .map(|finding| json!({ "id": finding.id(), "field": finding.field() }))
        .collect();
    Ok(json!({ "warnings": warnings }))
}
