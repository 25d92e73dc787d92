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
    let decision = rules.evaluate(&viewer(case)?)?;
    Ok(json!({ "action": decision.action().as_str(), "rule": decision.rule() }))
}

fn viewer(case: &Case) -> Result<Viewer, Error> {
    let mut viewer = Viewer::new();
    let facts = case.input["viewer"]
        .as_object()
        .expect("viewer is an object");
    for (name, fact) in facts {
        let fact = fact.as_str().expect("a fact is a string");
        viewer = match name.as_str() {
            "ip" => viewer.ip(fact)?,
            "country" => viewer.country(fact)?,
            unknown => panic!("{}: no viewer.{unknown}", case.id),
        };
    }
    Ok(viewer)
}

fn closed(
    case: &Case,
    build: fn(Vec<Condition>) -> Result<AccessRules, Error>,
) -> Result<Json, Error> {
    case.knows_only(&["who"]);
    let who = case.input["who"].as_array().expect("who is a list");
    let conditions = who.iter().map(condition).collect::<Result<Vec<_>, _>>()?;
    Ok(json!({ "accessRules": build(conditions)? }))
}

/// `{"ip": […]}`, `{"country": […]}` or `{"any": true}`.
fn condition(who: &Json) -> Result<Condition, Error> {
    let members = who.as_object().expect("a condition is an object");
    let (name, list) = members.iter().next().expect("a condition has one member");
    assert_eq!(members.len(), 1, "a condition has one member");
    let texts = |list: &Json| -> Vec<String> {
        serde_json::from_value(list.clone()).expect("a list of strings")
    };
    match name.as_str() {
        "any" => Ok(Condition::any()),
        "ip" => Condition::ip(texts(list)),
        "country" => Condition::country(texts(list)),
        unknown => panic!("no condition {unknown}"),
    }
}
