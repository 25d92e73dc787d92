//! Rules that were made at random, and what viewers see when a warning is heeded.

use std::net::IpAddr;

use proptest::prelude::*;
use streamtoken::{
    AccessRules, Action, Condition, Finding, Level, Rule, Viewer, Warning, simulate,
};

use crate::ids;

/// Networks in a small space, so that they meet often.
fn any_network() -> impl Strategy<Value = String> {
    let v4 = (0_u8..4, 30_u8..=32)
        .prop_map(|(low, length)| format!("93.184.216.{}/{length}", low & (255 << (32 - length))));
    let v6 = (0_u8..4, 126_u8..=128)
        .prop_map(|(low, length)| format!("2400::{}/{length}", low & (255 << (128 - length))));
    prop_oneof![4 => v4, 4 => v6, 1 => Just("0.0.0.0/0".to_owned()), 1 => Just("::/0".to_owned()),
        1 => prop_oneof![Just("0.0.0.0/1".to_owned()), Just("128.0.0.0/1".to_owned())]]
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
    let all = v4.chain(v6).chain(["200.0.0.1".to_owned()]);
    let addresses: Vec<IpAddr> = all.map(|text| text.parse().unwrap()).collect();
    let of = |address: &IpAddr| {
        let viewer = Viewer::new().ip_addr(*address);
        ["GB", "IE", "FR", "DE"].map(|country| viewer.country(country).unwrap())
    };
    addresses.iter().flat_map(of).collect()
}

fn actions(rules: &[Rule]) -> Vec<Action> {
    actions_for(rules, &viewers())
}

fn actions_for(rules: &[Rule], viewers: &[Viewer]) -> Vec<Action> {
    let rules = AccessRules::new(rules.iter().cloned()).unwrap();
    let results = simulate(&rules, viewers);
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
        }
    }

    #[test]
    fn that_all_have_one_fate_is_told(rules in any_rules()) {
        let all = actions(&rules);
        let findings = AccessRules::new(rules.iter().cloned()).unwrap().lint();
        let told = |warning: Warning| findings.iter().any(|finding| finding.id() == warning.id());
        let every = |wanted| all.iter().all(|action| *action == wanted);
        prop_assert_eq!(told(Warning::BlocksEveryone), every(Action::Block));
        if told(Warning::RestrictsNobody) {
            prop_assert!(every(Action::Allow));
        } else if every(Action::Allow) {
            prop_assert!(rules.is_empty() || told(Warning::AllowWithoutBlock));
        }
    }

    #[test]
    fn what_is_said_of_the_other_family_is_so(rules in any_rules()) {
        for finding in AccessRules::new(rules.iter().cloned()).unwrap().lint() {
            if finding.id() != Warning::OneAddressFamily.id() {
                continue;
            }
            let (_, said) = finding.message().split_once(", so viewers who come by ").unwrap();
            let (family, fate) = said.split_once(' ').unwrap();
            let of_family = |viewer: &Viewer| viewer.known_ip().unwrap().is_ipv6() == (family == "IPv6");
            let viewers: Vec<_> = viewers().into_iter().filter(of_family).collect();
            let actions = actions_for(&rules, &viewers);
            let some = |wanted| actions.contains(&wanted);
            let expected = match fate {
                "are always allowed" => (true, false),
                "are always blocked" => (false, true),
                "are judged by their country alone" | "are blocked by no network" => (true, true),
                _ => panic!("{fate}"),
            };
            prop_assert_eq!((some(Action::Allow), some(Action::Block)), expected, "{}", finding);
            let by_network = simulate(&AccessRules::new(rules.iter().cloned()).unwrap(), &viewers)
                .iter()
                .filter_map(|result| result.rule().map(|rule| &rules[rule]))
                .any(|rule| rule.action() == Action::Block && !rule.condition().networks().is_empty());
            prop_assert!(!by_network, "{}", finding);
        }
    }

    #[test]
    fn an_open_end_lets_others_in(rules in any_rules()) {
        let all = actions(&rules);
        let findings = AccessRules::new(rules.iter().cloned()).unwrap().lint();
        let told = ids(&findings);
        for finding in &findings {
            if finding.id() != Warning::OpenEnd.id() {
                continue;
            }
            let results = simulate(&AccessRules::new(rules.iter().cloned()).unwrap(), &viewers());
            let others = results.iter().filter(|result| result.rule().is_none());
            let families: Vec<_> = others
                .map(|other| (other.action(), other.viewer().known_ip().unwrap().is_ipv6()))
                .collect();
            for is_v6 in [false, true] {
                prop_assert!(families.contains(&(Some(Action::Allow), is_v6)), "{}", finding);
            }
            // What a rule exempts from, its duplicate does too.
            if !told.contains(&Warning::RuleDuplicate.id()) {
                let rest = actions(&without(&rules, finding).unwrap());
                prop_assert_ne!(&rest, &all, "{} exempts nobody", finding);
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
}
