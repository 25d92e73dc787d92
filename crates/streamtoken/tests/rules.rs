//! Properties of access rules, over random values, rules and viewers.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use streamtoken::{
    AccessRules, Action, Condition, Country, ErrorCode, Network, Rule, Value, Viewer,
};

/// Any JSON, bent towards rules so that every check is reached.
fn any_value() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("any"),
        Just("ip.src"),
        Just("ip.geoip.country"),
        Just("allow"),
        Just("block"),
        Just("GB"),
        Just("uk"),
        Just("192.0.2.1"),
        Just("192.0.2.1/24"),
        Just("::ffff:1.2.3.4/100"),
        Just("2001:DB8::/32"),
        Just("fe80::1%1/64"),
        Just("::/0"),
        Just("10.0.0.0/08"),
    ];
    let text = prop_oneof![
        word.prop_map(str::to_owned),
        any::<String>(),
        "[0-9a-f:./%]{0,24}"
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i128>().prop_map(Value::Integer),
        any::<f64>().prop_map(Value::Float),
        text.prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 48, 7, |inner| {
        let name = prop_oneof![
            Just("type".to_owned()),
            Just("action".to_owned()),
            Just("ip".to_owned()),
            Just("country".to_owned()),
            any::<String>(),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..7).prop_map(Value::Array),
            prop::collection::vec((name, inner), 0..5).prop_map(Value::Object),
        ]
    })
}

/// Objects that are nearly rules: right names, right and wrong words.
fn near_rule() -> impl Strategy<Value = Value> {
    let word = |words: &'static [&'static str]| {
        prop_oneof![
            9 => prop::sample::select(words).prop_map(|word| Value::String(word.to_owned())),
            1 => any_value(),
        ]
    };
    let texts = &[
        "GB",
        "uk",
        "192.0.2.1",
        "192.0.2.1/24",
        "::/0",
        "::ffff:1.2.3.4/100",
        "fe80::1%1/64",
    ];
    let list = move || {
        prop::option::of(prop_oneof![
            9 => prop::collection::vec(word(texts), 0..3).prop_map(Value::Array),
            1 => any_value(),
        ])
    };
    let kind = word(&["any", "ip.src", "ip.geoip.country", "ip"]);
    (kind, word(&["allow", "block", "deny"]), list(), list()).prop_map(
        |(kind, action, ip, country)| {
            let members = [
                ("type", Some(kind)),
                ("action", Some(action)),
                ("ip", ip),
                ("country", country),
            ];
            let given = members.into_iter();
            Value::Object(
                given
                    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
                    .collect(),
            )
        },
    )
}

/// A well-formed rule as JSON, drawn from few countries and networks so that viewers meet it.
fn rule() -> impl Strategy<Value = Json> {
    let who = prop_oneof![
        Just(json!({ "type": "any" })),
        prop::collection::vec(country(), 1..4)
            .prop_map(|list| json!({ "type": "ip.geoip.country", "country": list })),
        prop::collection::vec(network(), 1..4)
            .prop_map(|list| json!({ "type": "ip.src", "ip": list })),
    ];
    (who, prop_oneof![Just("allow"), Just("block")]).prop_map(|(mut rule, action)| {
        rule["action"] = json!(action);
        rule
    })
}

fn country() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("GB"), Just("gb"), Just("FR"), Just("T1"), Just("xx")]
}

/// An address near the viewers', cut to a random prefix length; at times without one.
fn network() -> impl Strategy<Value = String> {
    (address(), prop::option::weighted(0.8, 0u32..=128)).prop_map(|(address, length)| {
        let Some(length) = length else {
            return address.to_string();
        };
        match address {
            IpAddr::V4(address) => {
                let length = length % 33;
                let kept = address.to_bits().checked_shr(32 - length).unwrap_or(0);
                let kept = kept.checked_shl(32 - length).unwrap_or(0);
                format!("{}/{length}", Ipv4Addr::from_bits(kept))
            }
            IpAddr::V6(address) => {
                let kept = address.to_bits() & mask(128, length);
                format!("{}/{length}", Ipv6Addr::from_bits(kept))
            }
        }
    })
}

/// Any text, and addresses with a little too much around them.
fn any_text() -> impl Strategy<Value = String> {
    let decorated = (r"[ \[0:]?", address(), r"([/%:.+ \]][0-9]{0,3})?")
        .prop_map(|(before, address, after)| format!("{before}{address}{after}"));
    prop_oneof![any::<String>(), "[A-Za-z]{2}", decorated]
}

fn address() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        (0u32..8).prop_map(|low| Ipv4Addr::from_bits(0xc000_0200 | low).into()),
        (0u128..8).prop_map(|low| Ipv6Addr::from_bits((0x2001_0db8 << 96) | low).into()),
    ]
}

fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (address.to_bits().into(), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    }
}

fn mask(width: u32, length: u32) -> u128 {
    (0..length).fold(0, |mask, bit| mask | (1 << (width - 1 - bit)))
}

/// What the rules say, worked out on the JSON bit by bit: the action and the rule, or the missing fact.
fn oracle(
    rules: &[Json],
    ip: Option<IpAddr>,
    country: Option<&str>,
) -> Result<(String, Option<usize>), &'static str> {
    for (index, rule) in rules.iter().enumerate() {
        let met = match rule["type"].as_str().unwrap() {
            "any" => true,
            "ip.src" => {
                let (viewer, width) = bits(ip.ok_or("/ip")?);
                rule["ip"].as_array().unwrap().iter().any(|network| {
                    let text = network.as_str().unwrap();
                    let mut parts = text.split('/');
                    let (base, base_width) = bits(parts.next().unwrap().parse().unwrap());
                    let length = parts
                        .next()
                        .map_or(base_width, |digits| digits.parse().unwrap());
                    base_width == width && (base ^ viewer) & mask(width, length) == 0
                })
            }
            _ => {
                let viewer = country.ok_or("/country")?.to_lowercase();
                rule["country"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|country| country.as_str().unwrap().to_lowercase() == viewer)
            }
        };
        if met {
            return Ok((rule["action"].as_str().unwrap().to_owned(), Some(index)));
        }
    }
    Ok(("allow".to_owned(), None))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_value_is_read_or_refused_at_a_pointer(value in any_value(), near in near_rule()) {
        let list = Value::Array(vec![near, value.clone()]);
        let one = Value::Array(list.as_array().unwrap()[..1].to_vec());
        for value in [value, one, list] {
            match AccessRules::from_value(&value) {
                Ok(rules) => {
                    let written = serde_json::to_string(&rules).unwrap();
                    prop_assert_eq!(AccessRules::parse(written), Ok(rules));
                }
                Err(error) => prop_assert!(error.field().unwrap().starts_with("/accessRules")),
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in any_text()) {
        if let Ok(network) = text.parse::<Network>() {
            prop_assert_eq!(network.to_string().parse::<Network>(), Ok(network));
        }
        if let Ok(country) = text.parse::<Country>() {
            prop_assert_eq!(country.as_str(), text.to_uppercase());
        }
        let _ = (AccessRules::parse(&text), Viewer::new().country(&text));
        prop_assert_eq!(Viewer::new().ip(&text).is_ok(), text.parse::<IpAddr>().is_ok());
    }

    #[test]
    fn what_is_written_reads_the_same(rules in prop::collection::vec(rule(), 0..=5)) {
        let read = AccessRules::parse(json!(rules).to_string()).unwrap();
        let written = serde_json::to_string(&read).unwrap();
        let again = AccessRules::parse(&written).unwrap();
        prop_assert_eq!(&again, &read);
        prop_assert_eq!(serde_json::to_string(&again).unwrap(), written);
        prop_assert_eq!(AccessRules::new(read.rules().iter().cloned()), Ok(again));
    }

    #[test]
    fn evaluation_agrees_with_the_oracle(
        rules in prop::collection::vec(rule(), 0..=5),
        ip in prop::option::of(address()),
        country in prop::option::of(country()),
        mapped in any::<bool>(),
    ) {
        let mut viewer = Viewer::new();
        if let Some(ip) = ip {
            viewer = viewer.ip_addr(match ip {
                IpAddr::V4(ip) if mapped => ip.to_ipv6_mapped().into(),
                other => other,
            });
        }
        if let Some(country) = country {
            viewer = viewer.country(country).unwrap();
        }
        let read = AccessRules::parse(json!(rules).to_string()).unwrap();
        let found = read.evaluate(&viewer);
        match oracle(&rules, ip, country) {
            Ok((action, rule)) => {
                let decision = found.unwrap();
                prop_assert_eq!(decision.action().as_str(), action);
                prop_assert_eq!(decision.rule(), rule);
                prop_assert_eq!(decision.is_allowed(), decision.action() == Action::Allow);
            }
            Err(fact) => {
                let error = found.unwrap_err();
                prop_assert_eq!(error.code(), ErrorCode::ViewerUnknown);
                prop_assert_eq!(error.field(), Some(fact));
            }
        }
    }

    #[test]
    fn closed_lists_decide_for_everybody(countries in prop::collection::vec(country(), 1..4), viewer in country()) {
        let named = countries.iter().any(|country| country.eq_ignore_ascii_case(viewer));
        let viewer = Viewer::new().country(viewer).unwrap();
        let who = || [Condition::country(&countries).unwrap()];
        let allow = AccessRules::allow_only(who()).unwrap().evaluate(&viewer).unwrap();
        let block = AccessRules::block(who()).unwrap().evaluate(&viewer).unwrap();
        prop_assert_eq!(allow.is_allowed(), named);
        prop_assert_eq!(block.is_allowed(), !named);
    }
}

#[test]
fn rules_are_written_in_the_order_of_the_platform() {
    let rules = AccessRules::new([
        Rule::block(Condition::country(["gb"]).unwrap()),
        Rule::allow(Condition::ip(["192.0.2.0/24", "2001:DB8::1"]).unwrap()),
        Rule::block(Condition::any()),
    ]);
    assert_eq!(
        serde_json::to_string(&rules.unwrap()).unwrap(),
        r#"[{"type":"ip.geoip.country","action":"block","country":["GB"]},"#.to_owned()
            + r#"{"type":"ip.src","action":"allow","ip":["192.0.2.0/24","2001:db8::1"]},"#
            + r#"{"type":"any","action":"block"}]"#
    );
}

#[test]
fn a_value_may_name_a_member_twice_and_is_refused() {
    let member = |value: &str| ("action".to_owned(), Value::String(value.to_owned()));
    let kind = ("type".to_owned(), Value::String("any".to_owned()));
    let rules = Value::Array(vec![Value::Object(vec![
        kind,
        member("block"),
        member("allow"),
    ])]);
    let error = AccessRules::from_value(&rules).unwrap_err();
    assert_eq!(error.code(), ErrorCode::JsonDuplicateMember);
    assert_eq!(error.field(), Some("/accessRules/0/action"));
}

#[test]
fn endless_lists_end() {
    let endless = || std::iter::repeat_with(Condition::any);
    for refused in [
        AccessRules::allow_only(endless()),
        AccessRules::block(endless()),
    ] {
        assert_eq!(refused.unwrap_err().code(), ErrorCode::RulesTooMany);
    }
}
