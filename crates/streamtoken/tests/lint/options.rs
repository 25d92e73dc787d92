//! Option sets that were made at random, and what signing says of them.

use proptest::prelude::*;
use streamtoken::{Finding, Level, SignOptions, Value, lint_at};

use crate::{NOW, ids};

proptest! {
    #[test]
    fn an_error_is_what_signing_refuses(options in any_options()) {
        let findings = lint_at(&options, NOW);
        let errors: Vec<_> = findings.iter().filter(|finding| finding.level() == Level::Error).collect();
        let refused = SignOptions::from_value(&options).and_then(|options| {
            let now = options.clone().now(NOW);
            now.resolved_exp(NOW).map(|_| ())
        });
        match refused {
            Ok(()) => prop_assert_eq!(errors, Vec::<&Finding>::new()),
            Err(error) => {
                let same = |finding: &&&Finding| {
                    finding.id() == error.code().slug() && finding.field() == error.field().unwrap_or_default()
                };
                prop_assert!(errors.iter().any(|finding| same(&finding)), "{:?} in {:?}", error, findings);
            }
        }
        let told = format!("{findings:?}");
        prop_assert!(!told.contains("needle"));
        for finding in &findings {
            prop_assert!(!finding.message().is_empty() && !finding.remedy().is_empty());
        }
    }
}

/// Option sets of which some members are right and some are not.
fn any_options() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        prop_oneof![0..100_i128, 1_537_456_000..1_537_560_000_i128].prop_map(Value::Integer),
        prop_oneof![
            "needle",
            "any",
            "ip.src",
            "ip.geoip.country",
            "allow",
            "block",
            "GB",
            "UK",
            "1h",
            "10.0.0.1/8"
        ]
        .prop_map(Value::String),
    ];
    let name = prop_oneof!["type", "action", "ip", "country", "original"];
    let value = word.prop_recursive(4, 24, 5, move |inner| {
        let list = proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array);
        let object = proptest::collection::vec((name.clone(), inner), 0..4).prop_map(Value::Object);
        prop_oneof![list, object]
    });
    let rule = (
        prop_oneof!["any", "ip.src", "ip.geoip.country"],
        prop_oneof!["allow", "block", "needle"],
        value.clone(),
    )
        .prop_map(|(kind, action, list)| {
            let member = |name: &str, value| (name.to_owned(), value);
            let mut members = vec![
                member("type", Value::String(kind.clone())),
                member("action", Value::String(action)),
            ];
            match kind.as_str() {
                "ip.src" => members.push(member("ip", list)),
                "ip.geoip.country" => members.push(member("country", list)),
                _ => {}
            }
            Value::Object(members)
        });
    let rules = proptest::collection::vec(prop_oneof![4 => rule, 1 => value.clone()], 0..7)
        .prop_map(|rules| ("accessRules".to_owned(), Value::Array(rules)));
    let names = prop_oneof![
        "exp",
        "expires_in",
        "nbf",
        "downloadable",
        "accessRules",
        "flags",
        "time_format",
        "reuse_window",
        "id",
        "another"
    ];
    let member = prop_oneof![1 => rules, 2 => (names, value)];
    proptest::collection::vec(member, 0..5).prop_map(Value::Object)
}

#[test]
fn a_name_that_stands_twice_is_named() {
    let member = |value| ("expires_in".to_owned(), Value::Integer(value));
    let findings = lint_at(&Value::Object(vec![member(60), member(-1)]), NOW);
    assert_eq!(ids(&findings), ["json_duplicate_member"]);
    assert_eq!(findings[0].field(), "/expires_in");
}
