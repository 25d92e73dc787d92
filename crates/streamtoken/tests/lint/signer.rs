//! Lint levels, and the warnings of tokens.

use std::time::Duration;

use streamtoken::{
    AccessRules, Condition, ErrorCode, Flags, Level, LintLevel, Rule, SignOptions, Signer,
    SigningKey, Value, lint_at, prepare, prepare_linted,
};

use crate::{NOW, ids};

const VIDEO: &str = "ea95132c15732412d22c1476fa83f27a";

#[test]
fn a_finding_is_told_in_one_line_and_as_json() {
    let rules = AccessRules::new([Rule::allow(Condition::country(["GB"]).unwrap())]).unwrap();
    let finding = &rules.lint()[0];
    assert_eq!(
        finding.to_string(),
        "warning[allow_without_block]: access rule 1 restricts nothing: no block rule follows, and a viewer \
         whom no rule matches is allowed too at /accessRules/0"
    );
    let json = Value::parse(serde_json::to_string(finding).unwrap()).unwrap();
    let members = json.as_object().unwrap().iter();
    let names: Vec<_> = members.map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["id", "level", "field", "message", "remedy"]);
    let options = Value::parse(r#"{"no name":1}"#).unwrap();
    let line = lint_at(&options, NOW)[0].to_string();
    assert!(
        line.starts_with("error[option_unknown]: no option has this name"),
        "{line}"
    );
    assert!(!line.contains(" at "), "{line}");
}

fn open_rules() -> AccessRules {
    AccessRules::new([Rule::allow(Condition::country(["GB"]).unwrap())]).unwrap()
}

#[test]
fn options_are_linted_as_they_are_minted() {
    let options = SignOptions::new()
        .now(NOW)
        .access_rules(open_rules())
        .expires_in(Duration::from_secs(30))
        .nbf(NOW + 10)
        .flags(Flags::new().with_original(true));
    let expected = [
        "allow_without_block",
        "lifetime_short",
        "not_valid_yet",
        "flag_undocumented",
    ];
    assert_eq!(ids(&options.lint()), expected);
    let token = Signer::new(SigningKey::generate().unwrap()).sign(VIDEO, &options);
    assert_eq!(token.unwrap().warnings(), options.lint());
    let findings = options.exp(NOW).lint();
    assert_eq!(
        ids(&findings),
        ["allow_without_block", "exp_conflict", "flag_undocumented"]
    );
    assert_eq!(findings[1].level(), Level::Error);
}

#[test]
fn every_way_of_minting_heeds_the_level() {
    let signer = Signer::new(SigningKey::generate().unwrap());
    let options = SignOptions::new().access_rules(open_rules());
    for level in LintLevel::ALL {
        let signer = signer.clone().lint(*level);
        assert_eq!(signer.lint_level(), *level);
        let line = format!(r#"{{"identifier":"{VIDEO}"}}"#);
        let prepared = prepare_linted(signer.key().public_key(), VIDEO, &options, *level);
        let answers = [
            signer.sign(VIDEO, &options),
            signer.sign_many(&[(VIDEO, options.clone())]).remove(0),
            signer.sign_lines(&options, 1, &[line])[0].result().clone(),
        ];
        for answer in &answers {
            match level {
                LintLevel::Off => assert!(answer.as_ref().unwrap().warnings().is_empty()),
                LintLevel::Warn => {
                    assert_eq!(
                        ids(answer.as_ref().unwrap().warnings()),
                        ["allow_without_block"]
                    );
                }
                _ => {
                    let error = answer.as_ref().unwrap_err();
                    assert_eq!(error.code(), ErrorCode::LintDenied);
                    assert_eq!(error.field(), Some("/accessRules/0"));
                    assert_eq!(error, prepared.as_ref().unwrap_err());
                }
            }
        }
        if let Ok(prepared) = prepared {
            assert_eq!(prepared.warnings(), answers[0].as_ref().unwrap().warnings());
        }
    }
    let prepared = prepare(signer.key().public_key(), VIDEO, &options).unwrap();
    assert_eq!(ids(prepared.warnings()), ["allow_without_block"]);
}

#[test]
fn tokens_are_compared_without_their_warnings() {
    let signer = Signer::new(SigningKey::generate().unwrap());
    let options = SignOptions::new().now(NOW).access_rules(open_rules());
    let warned = signer.sign(VIDEO, &options).unwrap();
    let silent = signer.lint(LintLevel::Off).sign(VIDEO, &options).unwrap();
    assert_ne!(warned.warnings(), silent.warnings());
    assert_eq!(warned, silent);
    assert_eq!(std::collections::HashSet::from([warned, silent]).len(), 1);
}

#[test]
fn levels_have_names() {
    for level in LintLevel::ALL {
        assert_eq!(level.to_string().parse(), Ok(*level));
        let value = Value::String(level.as_str().to_owned());
        assert_eq!(LintLevel::from_value(&value), Ok(*level));
    }
    assert_eq!(
        streamtoken::host::lint_level(&Value::Null),
        Ok(LintLevel::Warn)
    );
    let refused = streamtoken::host::lint_level(&Value::Bool(true)).unwrap_err();
    assert_eq!(
        (refused.code(), refused.field()),
        (ErrorCode::OptionType, Some("/lint"))
    );
}
