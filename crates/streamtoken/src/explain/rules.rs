//! The access rules: whether they can be read, what each does, and which one decides.

use super::claims::NO_PAYLOAD;
use super::context::ExplainContext;
use super::form::Form;
use super::report::Check;
use super::table::CheckId;
use crate::rules::{MAX_RULES, matches};
use crate::{AccessRules, Action, Error, ErrorCode, Network, Rule, Value, Viewer, lint};

pub(super) fn check(checks: &mut Vec<Check>, form: &Form, context: &ExplainContext) {
    let Some(payload) = &form.payload else {
        for id in [
            CheckId::Rules,
            CheckId::RuleCount,
            CheckId::Viewer,
            CheckId::RulesSense,
        ] {
            checks.push(Check::open(id, NO_PAYLOAD));
        }
        return;
    };
    let claim = payload.get("accessRules");
    let rules = claim.map_or_else(|| Ok(AccessRules::default()), AccessRules::from_token);
    checks.push(form_of(claim, &rules));
    checks.push(count(claim));
    let is_guess = match (claim, &rules) {
        (Some(claim), Ok(rules)) => is_guess(claim, rules),
        _ => false,
    };
    checks.push(viewer(&rules, context.viewer(), is_guess));
    checks.push(sense(&rules));
}

fn form_of(claim: Option<&Value>, rules: &Result<AccessRules, Error>) -> Check {
    let id = CheckId::Rules;
    match (claim, rules) {
        (None, _) => Check::pass(
            id,
            "there are no access rules: everybody who has the token may play",
        ),
        (Some(_), Ok(_)) => Check::pass(id, "the access rules are well-formed"),
        (Some(_), Err(error)) if error.code() == ErrorCode::TokenRulesTooMany => {
            Check::open(id, "there are too many rules to read them")
        }
        (Some(claim), Err(error)) => {
            let check = Check::fail(id, error.message(), id.advice()).refused(error.code());
            let check = check.with_some("field", error.field());
            // Cloudflare answers "malformed token: check fields" for a claim of the wrong shape; which
            // shapes of a rule it takes for one is not documented.
            if matches!(claim, Value::Array(_)) {
                check.platform_unknown()
            } else {
                check
            }
        }
    }
}

fn count(claim: Option<&Value>) -> Check {
    let id = CheckId::RuleCount;
    let count = claim.and_then(Value::as_array).map_or(0, <[Value]>::len);
    let check = if count > MAX_RULES {
        let cause = format!("there are {count} access rules; the maximum is {MAX_RULES}");
        Check::fail(id, cause, id.advice())
            .refused(ErrorCode::TokenRulesTooMany)
            .platform_unknown()
    } else {
        Check::pass(id, "there are no more rules than a token may have")
    };
    check.with("rules", count).with("maximum", MAX_RULES)
}

/// `is_guess`: whom the rules match at the edge is not documented.
fn viewer(rules: &Result<AccessRules, Error>, viewer: &Viewer, is_guess: bool) -> Check {
    let id = CheckId::Viewer;
    let passes = |cause: String| match is_guess {
        true => Check::warn(
            id,
            format!("{cause}, as verify reads the rules: {GUESS}"),
            PLAIN,
        ),
        false => Check::pass(id, cause),
    };
    let Ok(rules) = rules else {
        return Check::open(id, "the access rules could not be read");
    };
    let effects = rules.rules().iter().map(|rule| effect(rule, viewer));
    let effects: Vec<_> = effects.collect();
    let check = match rules.evaluate(viewer) {
        Err(_) if lint::fate_of_all(rules) == Some(Action::Allow) => {
            let cause = "the rules block nobody, whoever the viewer is; verify asks for the viewer all the same";
            Check::open(id, cause).platform_accepts().remedy_is(GIVE)
        }
        Err(error) => Check::open(id, error.message()).remedy_is(GIVE),
        Ok(decision) => match decision.rule() {
            None if rules.is_empty() => passes("no rule keeps anybody out".to_owned()),
            None => passes("no rule matches this viewer, and no match means allowed".to_owned()),
            Some(rule) if decision.is_allowed() => {
                passes(format!("rule {} lets this viewer play", rule + 1)).with("rule", rule)
            }
            Some(rule) => Check::fail(
                id,
                format!("rule {} blocks this viewer", rule + 1),
                id.advice(),
            )
            .refused(ErrorCode::BlockedByRule)
            .with("rule", rule),
        },
    };
    let check = if is_guess {
        check.platform_unknown()
    } else {
        check
    };
    check.with_some(
        "rules",
        (!effects.is_empty()).then_some(Value::Array(effects)),
    )
}

const GUESS: &str =
    "what the platform makes of countries in lower case, of host bits, XX and T1 is not documented";
const PLAIN: &str =
    "write countries as ISO 3166-1 has them, in upper case, and networks without host bits";

const GIVE: &str = "give the viewer's address and country";

/// Whether rules are written in a way of which Cloudflare does not say what it means: countries in lower case,
/// host bits, and the codes that are no countries.
fn is_guess(claim: &Value, rules: &AccessRules) -> bool {
    let raw = claim.as_array().unwrap_or_default();
    raw.iter().zip(rules.rules()).any(|(raw, rule)| {
        let items = |list| raw.get(list).and_then(Value::as_array).unwrap_or_default();
        let texts = |list| items(list).iter().filter_map(Value::as_str);
        let no_country = |code: &str| matches!(code, "T1" | "XX");
        texts("country").any(|code| code.bytes().any(|byte| byte.is_ascii_lowercase()))
            || texts("ip").any(|text| text.parse::<Network>().is_err())
            || rule
                .condition()
                .countries()
                .iter()
                .any(|code| no_country(code.as_str()))
    })
}

/// What one rule does with the viewer, whatever stands before it.
fn effect(rule: &Rule, viewer: &Viewer) -> Value {
    let matches = matches(rule, viewer).ok();
    Value::Object(vec![
        ("type".to_owned(), rule.condition().type_name().into()),
        ("action".to_owned(), Action::as_str(rule.action()).into()),
        (
            "matches".to_owned(),
            matches.map_or(Value::Null, Value::Bool),
        ),
    ])
}

fn sense(rules: &Result<AccessRules, Error>) -> Check {
    let id = CheckId::RulesSense;
    let Ok(rules) = rules else {
        return Check::aside(id, "the access rules could not be read");
    };
    let findings = lint::of_token(rules);
    let Some(first) = findings.first() else {
        return Check::pass(id, "nothing about the access rules is odd");
    };
    let cause = match findings.len() {
        1 => first.message().to_owned(),
        count => format!("{} ({count} findings)", first.message()),
    };
    let listed = findings.iter().map(|finding| {
        Value::Object(vec![
            ("id".to_owned(), finding.id().into()),
            ("field".to_owned(), finding.field().into()),
            ("message".to_owned(), finding.message().into()),
        ])
    });
    Check::warn(id, cause, first.remedy()).with("findings", Value::Array(listed.collect()))
}
