//! Access rules.

use napi::bindgen_prelude::{Either, External};
use napi_derive::napi;
use serde_json::json;
use streamtoken::{AccessRules, Condition, Result, Viewer, host};

use crate::outcome::{Outcome, in_order};
use crate::value;

#[napi]
pub(crate) fn new_rules(list: String) -> Outcome<External<AccessRules>> {
    Outcome::of(|| AccessRules::from_value(&value::read(&list, &[])?).map(External::new))
}

/// `text` is the JSON list that the claim holds.
#[napi]
pub(crate) fn parse_rules(text: Either<String, &[u8]>) -> Outcome<External<AccessRules>> {
    Outcome::of(|| {
        let rules = match &text {
            Either::A(text) => AccessRules::parse(text),
            Either::B(bytes) => AccessRules::parse(bytes),
        };
        rules.map(External::new)
    })
}

#[napi]
pub(crate) fn rules_allow_only(who: String) -> Outcome<External<AccessRules>> {
    Outcome::of(|| AccessRules::allow_only(conditions(&who)?).map(External::new))
}

#[napi]
pub(crate) fn rules_block(who: String) -> Outcome<External<AccessRules>> {
    Outcome::of(|| AccessRules::block(conditions(&who)?).map(External::new))
}

fn conditions(who: &str) -> Result<Vec<Condition>> {
    host::conditions(&value::read(who, &[])?)
}

/// The rules as the claim holds them.
#[napi]
pub(crate) fn rules_list(rules: &External<AccessRules>) -> Outcome<String> {
    Outcome::of(|| in_order(&**rules))
}

/// `{"action", "rule"}`.
#[napi]
pub(crate) fn rules_evaluate(rules: &External<AccessRules>, viewer: String) -> Outcome<String> {
    Outcome::of(|| {
        let decision = rules.evaluate(&Viewer::from_value(&value::read(&viewer, &[])?)?)?;
        let facts = json!({ "action": decision.action().as_str(), "rule": decision.rule() });
        Ok(facts.to_string())
    })
}
