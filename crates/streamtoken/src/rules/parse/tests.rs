use crate::rules::{AccessRules, Condition, Rule, Viewer};
use crate::{Error, ErrorCode, Value};

fn read(text: &str) -> Result<AccessRules, Error> {
    AccessRules::from_token(&Value::parse(text).unwrap())
}

fn refusal(text: &str) -> (ErrorCode, String) {
    let error = read(text).unwrap_err();
    (error.code(), error.field().unwrap().to_owned())
}

#[test]
fn a_token_may_be_minted_by_a_more_lenient_program() {
    let rules = read(
        r#"[{"ip":["192.0.2.9/24","2001:DB8::9/32","203.0.113.9/0"],"action":"block","type":"ip.src"},
            {"type":"ip.geoip.country","action":"allow","country":["gb","zz","t1"]}]"#,
    )
    .unwrap();
    assert_eq!(
        serde_json::to_string(&rules).unwrap(),
        r#"[{"type":"ip.src","action":"block","ip":["192.0.2.0/24","2001:db8::/32","0.0.0.0/0"]},"#
            .to_owned()
            + r#"{"type":"ip.geoip.country","action":"allow","country":["GB","ZZ","T1"]}]"#
    );
    let viewer = Viewer::new().ip("192.0.2.200").unwrap();
    assert!(!rules.evaluate(&viewer).unwrap().is_allowed());
    assert_eq!(read("[]"), Ok(AccessRules::default()));
}

#[test]
fn what_is_not_understood_is_refused_where_it_stands() {
    for (text, pointer) in [
        (r#"[null]"#, ""),
        (r#"["any"]"#, ""),
        (r#"[{"type":"any","action":"block","secret-name":1}]"#, ""),
        (r#"[{"action":"block"}]"#, "/type"),
        (r#"[{"type":null,"action":"block"}]"#, "/type"),
        (r#"[{"type":"ip.src.asnum","action":"block"}]"#, "/type"),
        (r#"[{"type":"Any","action":"block"}]"#, "/type"),
        (r#"[{"type":"any"}]"#, "/action"),
        (r#"[{"type":"any","action":"challenge"}]"#, "/action"),
        (r#"[{"type":"any","action":"Block"}]"#, "/action"),
        (r#"[{"type":"any","action":"block","ip":null}]"#, "/ip"),
        (r#"[{"type":"ip.src","action":"block"}]"#, "/ip"),
        (r#"[{"type":"ip.src","action":"block","ip":null}]"#, "/ip"),
        (r#"[{"type":"ip.src","action":"block","ip":[]}]"#, "/ip"),
        (
            r#"[{"type":"ip.src","action":"block","ip":"192.0.2.1"}]"#,
            "/ip",
        ),
        (
            r#"[{"type":"ip.src","action":"block","ip":["192.0.2.1"],"country":["GB"]}]"#,
            "/country",
        ),
        (
            r#"[{"type":"ip.src","action":"block","ip":["192.0.2.1",2]}]"#,
            "/ip/1",
        ),
        (
            r#"[{"type":"ip.src","action":"block","ip":["192.0.2.01"]}]"#,
            "/ip/0",
        ),
        (
            r#"[{"type":"ip.src","action":"block","ip":["10.0.0.0/08"]}]"#,
            "/ip/0",
        ),
        (
            r#"[{"type":"ip.src","action":"block","ip":["fe80::1%eth0"]}]"#,
            "/ip/0",
        ),
        (
            r#"[{"type":"ip.src","action":"block","ip":["::ffff:192.0.2.1"]}]"#,
            "/ip/0",
        ),
        (
            r#"[{"type":"ip.geoip.country","action":"block","ip":["192.0.2.1"]}]"#,
            "/country",
        ),
        (
            r#"[{"type":"ip.geoip.country","action":"block","country":[]}]"#,
            "/country",
        ),
        (
            r#"[{"type":"ip.geoip.country","action":"block","country":{}}]"#,
            "/country",
        ),
        (
            r#"[{"type":"ip.geoip.country","action":"block","country":["GB","FRA"]}]"#,
            "/country/1",
        ),
        (
            r#"[{"type":"ip.geoip.country","action":"block","country":["GB","T2"]}]"#,
            "/country/1",
        ),
    ] {
        let expected = (
            ErrorCode::RuleNotUnderstood,
            format!("/accessRules/0{pointer}"),
        );
        assert_eq!(refusal(text), expected, "{text}");
    }
    let second = r#"[{"type":"any","action":"allow"},{"type":"any","action":"?"}]"#;
    assert_eq!(refusal(second).1, "/accessRules/1/action");
}

#[test]
fn a_claim_that_is_no_short_list_has_codes_of_its_own() {
    for text in ["null", "{}", "\"[]\"", "false", "0"] {
        assert_eq!(
            refusal(text),
            (ErrorCode::ClaimType, "/accessRules".to_owned()),
            "{text}"
        );
    }
    let six = format!("[{}null]", r#"{"type":"any","action":"allow"},"#.repeat(5));
    assert_eq!(
        refusal(&six),
        (ErrorCode::TokenRulesTooMany, "/accessRules".to_owned())
    );
}

#[test]
fn refusals_quote_nothing_of_a_token() {
    let needle = "needle";
    for text in [
        r#"[{"type":"any","action":"block","needle":1}]"#,
        r#"[{"type":"needle","action":"block"}]"#,
        r#"[{"type":"any","action":"needle"}]"#,
        r#"[{"type":"ip.src","action":"block","ip":["needle"]}]"#,
        r#"[{"type":"ip.src","action":"block","ip":["::1/needle"]}]"#,
        r#"[{"type":"ip.src","action":"block","ip":["::1%needle"]}]"#,
        r#"[{"type":"ip.geoip.country","action":"block","country":["needle"]}]"#,
    ] {
        let error = read(text).unwrap_err();
        assert!(!format!("{error:?}").contains(needle), "{error:?}");
    }
    let mapped = r#"[{"type":"ip.src","action":"block","ip":["::ffff:198.51.100.77"]}]"#;
    assert!(!format!("{:?}", read(mapped)).contains("198.51.100.77"));
}

#[test]
fn rules_of_a_token_are_checked_again_before_they_go_into_one() {
    let rules = read(
        r#"[{"type":"any","action":"allow"},
        {"type":"ip.geoip.country","action":"block","country":["GB","ZZ"]}]"#,
    )
    .unwrap();
    let error = rules.check_for_minting().unwrap_err();
    assert_eq!(error.code(), ErrorCode::CountryInvalid);
    assert_eq!(error.field(), Some("/accessRules/1/country/1"));
    assert_eq!(AccessRules::new(rules.rules().iter().cloned()), Err(error));
    let fine = AccessRules::new([Rule::block(Condition::any())]).unwrap();
    assert_eq!(fine.check_for_minting(), Ok(()));
}
