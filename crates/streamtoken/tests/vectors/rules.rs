//! Access rules: `rules_parse`, `rules_evaluate`, `rules_allow_only`, `rules_block`.

use serde_json::{Value as Json, json};
use streamtoken::{AccessRules, Condition, Error, Viewer};

use crate::format::Case;

pub(crate) fn run(case: &Case) -> Result<Json, Error> {
    match case.operation.as_str() {
        "rules_parse" => parse(case),
        "rules_evaluate" => evaluate(case),
        "rules_allow_only" => closed(case, AccessRules::allow_only),
        "rules_block" => closed(case, AccessRules::block),
        unknown => panic!("{}: no operation {unknown}", case.id),
    }
}

/// `accessRules` is a value, `text` the same as JSON text.
fn parse(case: &Case) -> Result<Json, Error> {
    case.knows_only(&["accessRules", "text"]);
    let rules = match case.optional_text("text") {
        Some(text) => AccessRules::parse(text)?,
        None => AccessRules::from_value(&case.value("accessRules"))?,
    };
    Ok(json!({ "accessRules": rules }))
}

fn evaluate(case: &Case) -> Result<Json, Error> {
    case.knows_only(&["accessRules", "viewer"]);
    let rules = AccessRules::from_value(&case.value("accessRules"))?;
    let decision = rules.evaluate(&Viewer::from_value(&case.value("viewer"))?)?;
    Ok(json!({ "action": decision.action().as_str(), "rule": decision.rule() }))
}

fn closed(
    case: &Case,
    build: fn(Vec<Condition>) -> Result<AccessRules, Error>,
) -> Result<Json, Error> {
    case.knows_only(&["who"]);
    let who = case.value("who");
    let who = who.as_array().expect("who is a list");
    let conditions = who
        .iter()
        .map(Condition::from_value)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(json!({ "accessRules": build(conditions)? }))
}
