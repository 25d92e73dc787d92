//! A million of everything.

use streamtoken::{AccessRules, Condition, MAX_FINDINGS, Rule, Value, lint_at};

use crate::{NOW, ids};

fn rules_of(count: usize, rule: &str) -> Value {
    Value::parse(format!("[{}]", vec![rule; count].join(","))).unwrap()
}

#[test]
fn a_million_rules_are_one_error() {
    let rules = rules_of(1_000_000, "7");
    let findings = lint_at(&rules, NOW);
    assert_eq!(findings.len(), 6);
    assert_eq!(findings[0].id(), "rules_too_many");
}

#[test]
fn a_million_addresses_in_one_rule_are_looked_at_as_far_as_a_token_reaches() {
    let many = vec![r#""93.184.216.34""#; 1_000_000].join(",");
    let text = format!(r#"[{{"type":"ip.src","action":"block","ip":[{many}]}}]"#);
    let findings = lint_at(&Value::parse(text).unwrap(), NOW);
    assert_eq!(findings[0].id(), "minted_token_too_large");
    assert_eq!(findings[0].field(), "/accessRules/0/ip");
    assert!(findings[0].message().contains("2457"));
    assert_eq!(findings.len(), MAX_FINDINGS + 1);
    let last = findings.last().unwrap();
    assert_eq!((last.id(), last.field()), ("findings_left_out", ""));
}

#[test]
fn a_million_faults_end_at_the_limit() {
    let faults = vec![r#""needle""#; 1_000_000].join(",");
    let text = format!(r#"[{{"type":"ip.src","action":"block","ip":[{faults}]}}]"#);
    let findings = lint_at(&Value::parse(text).unwrap(), NOW);
    assert_eq!(findings.len(), MAX_FINDINGS + 1);
    let members: Vec<_> = (0..1_000_000)
        .map(|n| (format!("n{n}"), Value::Null))
        .collect();
    let findings = lint_at(&Value::Object(members), NOW);
    assert_eq!(findings.len(), MAX_FINDINGS + 1);
    assert_eq!(findings[MAX_FINDINGS].id(), "findings_left_out");
}

#[test]
fn exactly_as_many_findings_as_are_told_leave_none_out() {
    let faults = |count| {
        let faults = vec![r#""needle""#; count].join(",");
        let text = format!(r#"[{{"type":"ip.src","action":"block","ip":[{faults}]}}]"#);
        lint_at(&Value::parse(text).unwrap(), NOW)
    };
    assert_eq!(faults(MAX_FINDINGS).len(), MAX_FINDINGS);
    assert_eq!(
        faults(MAX_FINDINGS)[MAX_FINDINGS - 1].id(),
        "network_invalid"
    );
    assert_eq!(
        faults(MAX_FINDINGS + 1)[MAX_FINDINGS].id(),
        "findings_left_out"
    );
}

/// Five full lists of nested networks, the worst case of the search for shadows.
#[test]
fn full_lists_of_nested_networks_are_bounded_work() {
    let list = |rule: u32| {
        let network = |n: u32| format!("2400:{rule:x}::/{}", 48 + n % 80);
        Condition::ip((0..2_457).map(network)).unwrap()
    };
    let rules = AccessRules::new((0..5).map(|rule| Rule::block(list(rule)))).unwrap();
    let findings = rules.lint();
    assert_eq!(findings.len(), MAX_FINDINGS + 1);
}

#[test]
fn rules_that_no_token_holds_are_an_error() {
    let network = |n: u32| format!("\"93.{}.{}.0/24\"", n / 256, n % 256);
    let rules = |count| {
        let list: Vec<_> = (0..count).map(network).collect();
        let text = format!(
            r#"[{{"type":"ip.src","action":"block","ip":["2400:cb00::/32",{}]}}]"#,
            list.join(",")
        );
        lint_at(&Value::parse(text).unwrap(), NOW)
    };
    assert_eq!(ids(&rules(600)), [""; 0]);
    let findings = rules(900);
    assert_eq!(ids(&findings), ["minted_token_too_large"]);
    assert_eq!(findings[0].field(), "/accessRules");
}
