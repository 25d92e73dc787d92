//! What rules and options probably do not mean, and what rules do to viewers.

use napi::bindgen_prelude::External;
use napi_derive::napi;
use streamtoken::{AccessRules, SignOptions, host, lint_at};

use crate::outcome::{Outcome, in_order};
use crate::value;

/// `value` is a list of rules or an object of options, `options` may hold the time.
#[napi]
pub(crate) fn lint(value: String, options: String) -> Outcome<String> {
    Outcome::of(|| {
        let value = value::read(&value, SignOptions::NAMES)?;
        let options = value::read(&options, &[])?;
        in_order(&match host::now(&options)? {
            Some(now) => lint_at(&value, now),
            None => streamtoken::lint(&value),
        })
    })
}

#[napi]
pub(crate) fn rules_lint(rules: &External<AccessRules>) -> Outcome<String> {
    Outcome::of(|| in_order(&rules.lint()))
}

/// `viewers` is a list of objects.
#[napi]
pub(crate) fn simulate(rules: &External<AccessRules>, viewers: String) -> Outcome<String> {
    Outcome::of(|| {
        let viewers = host::viewers(&value::read(&viewers, &[])?)?;
        in_order(&streamtoken::simulate(rules, &viewers))
    })
}
