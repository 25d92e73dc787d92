//! Lints judged by what they claim: what is warned of can go without a change for any viewer, and what is
//! called an error is what signing refuses.

#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::net::IpAddr;
use std::time::Duration;

use proptest::prelude::*;
use streamtoken::{
    AccessRules, Action, Condition, ErrorCode, Finding, Flags, Level, LintLevel, MAX_FINDINGS,
    Rule, SignOptions, Signer, SigningKey, Value, Viewer, Warning, lint_at, prepare,
    prepare_linted, simulate,
};

const NOW: u64 = 1_537_456_765;
const VIDEO: &str = "ea95132c15732412d22c1476fa83f27a";

/// Networks in a small space, so that they meet often.
fn any_network() -> impl Strategy<Value = String> {
    let v4 = (0_u8..4, 30_u8..=32)
        .prop_map(|(low, length)| format!("93.184.216.{}/{length}", low & (255 << (32 - length))));
    let v6 = (0_u8..4, 126_u8..=128)
        .prop_map(|(low, length)| format!("2400::{}/{length}", low & (255 << (128 - length))));
    prop_oneof![4 => v4, 4 => v6, 1 => Just("0.0.0.0/0".to_owned()), 1 => Just("::/0".to_owned())]
}

fn any_condition() -> impl Strategy<Value = Condition> {
    let networks = proptest::collection::vec(any_network(), 1..4);
    let countries = proptest::collection::vec(prop_oneof!["GB", "IE", "FR"], 1..4);
    prop_oneof![
        1 => Just(Condition::any()),
        4 => networks.prop_map(|networks| Condition::ip(networks).unwrap()),
        3 => countries.prop_map(|countries| Condition::country(countries).unwrap()),
    ]
}

fn any_rules() -> impl Strategy<Value = Vec<Rule>> {
    let rule = (any::<bool>(), any_condition()).prop_map(|(allow, condition)| {
        if allow {
            Rule::allow(condition)
        } else {
            Rule::block(condition)
        }
    });
    proptest::collection::vec(rule, 0..=5)
}

/// One viewer for each address and country that the rules above can tell apart.
fn viewers() -> Vec<Viewer> {
    let v4 = (0..5).map(|low| format!("93.184.216.{low}"));
    let v6 = (0..5).map(|low| format!("2400::{low}"));
    let addresses: Vec<IpAddr> = v4.chain(v6).map(|text| text.parse().unwrap()).collect();
    let of = |address: &IpAddr| {
        let viewer = Viewer::new().ip_addr(*address);
        ["GB", "IE", "FR", "DE"].map(|country| viewer.country(country).unwrap())
    };
    addresses.iter().flat_map(of).collect()
}

fn actions(rules: &[Rule]) -> Vec<Action> {
    let rules = AccessRules::new(rules.iter().cloned()).unwrap();
    let results = simulate(&rules, &viewers());
    results
        .iter()
        .map(|result| result.action().unwrap())
        .collect()
}

/// The rules without what the finding is about; `None` for a list that would be empty.
fn without(rules: &[Rule], finding: &Finding) -> Option<Vec<Rule>> {
    let mut parts = finding.field().split('/').skip(2);
    let index: usize = parts.next().unwrap().parse().unwrap();
    let mut rules = rules.to_vec();
    let Some(list) = parts.next() else {
        rules.remove(index);
        return Some(rules);
    };
    let item: usize = parts.next().unwrap().parse().unwrap();
    let condition = rules[index].condition();
    let smaller = if list == "ip" {
        let mut networks = condition.networks().to_vec();
        networks.remove(item);
        Condition::from_networks(networks)
    } else {
        let mut countries = condition.countries().to_vec();
        countries.remove(item);
        Condition::from_countries(countries)
    };
    rules[index] = match rules[index].action() {
        Action::Allow => Rule::allow(smaller.ok()?),
        _ => Rule::block(smaller.ok()?),
    };
    Some(rules)
}

/// The warnings that something does nothing.
const USELESS: [Warning; 5] = [
    Warning::AllowWithoutBlock,
    Warning::RuleUnreachable,
    Warning::RuleDuplicate,
    Warning::NetworkShadowed,
    Warning::CountryShadowed,
];

proptest! {
    #[test]
    fn what_is_called_useless_can_go(rules in any_rules()) {
        let all = actions(&rules);
        for finding in AccessRules::new(rules.iter().cloned()).unwrap().lint() {
            prop_assert_eq!(finding.level(), Level::Warning);
            let useless = USELESS.iter().any(|warning| warning.id() == finding.id());
            if let Some(rest) = without(&rules, &finding).filter(|_| useless) {
                prop_assert_eq!(actions(&rest), &*all, "{}", finding);
            }
            if finding.id() == Warning::BlocksEveryone.id() {
                prop_assert!(all.iter().all(|action| *action == Action::Block), "{}", finding);
            }
        }
    }

    #[test]
    fn what_repeats_in_a_list_or_an_earlier_rule_is_found(rules in any_rules()) {
        let findings = AccessRules::new(rules.iter().cloned()).unwrap().lint();
        let is_any = |rule: &Rule| rule.condition().type_name() == "any";
        let reached = rules.iter().position(is_any).map_or(rules.len(), |index| index + 1);
        for (index, rule) in rules[..reached].iter().enumerate() {
            let at_rule = format!("/accessRules/{index}");
            let whole = findings.iter().any(|finding| {
                finding.field() == at_rule && finding.id() == Warning::RuleDuplicate.id()
            });
            let earlier = rules[..index].iter().flat_map(|rule| rule.condition().countries());
            let mut seen: Vec<_> = earlier.collect();
            for (item, country) in rule.condition().countries().iter().enumerate() {
                let field = format!("{at_rule}/country/{item}");
                let found = findings.iter().any(|finding| finding.field() == field);
                prop_assert!(whole || found == seen.contains(&country), "{}", field);
                seen.push(country);
            }
        }
        let indices = reached..rules.len();
        let unreachable = findings.iter().filter(|finding| finding.id() == Warning::RuleUnreachable.id());
        prop_assert_eq!(unreachable.count(), indices.len());
    }

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

fn rules_of(count: usize, rule: &str) -> Value {
    Value::parse(format!("[{}]", vec![rule; count].join(","))).unwrap()
}

fn ids(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(Finding::id).collect()
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

#[test]
fn a_name_that_stands_twice_is_named() {
    let member = |value| ("expires_in".to_owned(), Value::Integer(value));
    let findings = lint_at(&Value::Object(vec![member(60), member(-1)]), NOW);
    assert_eq!(ids(&findings), ["json_duplicate_member"]);
    assert_eq!(findings[0].field(), "/expires_in");
}

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
