//! What holds for every report, whatever was given.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::{CheckId, ExplainContext, MAX_EXPLAIN, Report, Verdict, explain};
use crate::key::tests::example_key;
use crate::{ErrorCode, KeySet, SignOptions, Signer, Value, VerifyContext, verify};

const NOW: u64 = 1_537_456_765;

fn keys() -> KeySet {
    KeySet::from(&example_key())
}

fn token() -> String {
    let options = SignOptions::new().now(NOW);
    let signed = Signer::new(example_key()).sign("ea95132c15732412d22c1476fa83f27a", &options);
    signed.expect("a token").to_string()
}

fn report(text: impl AsRef<[u8]>) -> Report {
    let context = ExplainContext::from(VerifyContext::new().now(NOW));
    explain(text, Some(&keys()), &context).expect("a good context")
}

/// What every report must be, and what it must not say.
fn check_report(report: &Report) {
    let ids: Vec<_> = report.checks().iter().map(super::Check::id).collect();
    assert_eq!(ids, CheckId::ALL);
    for check in report.checks() {
        let name = check.id().as_str();
        assert!(!check.cause().is_empty(), "{name}");
        let is_finding = matches!(
            check.status(),
            super::CheckStatus::Fail | super::CheckStatus::Warn
        );
        assert!(!is_finding || check.remedy().is_some(), "{name}");
        assert_eq!(
            check.code().is_some(),
            check.verify() == Verdict::Refuses,
            "{name}"
        );
        let refuses = [check.verify(), check.platform()].contains(&Verdict::Refuses);
        assert_eq!(
            check.status() == super::CheckStatus::Fail,
            refuses || is_stricter(check),
            "{name}"
        );
    }
    if let Some(error) = report.error() {
        let codes: Vec<_> = report
            .checks()
            .iter()
            .filter_map(super::Check::code)
            .collect();
        assert!(
            codes.contains(&error.code()),
            "{:?} in {codes:?}",
            error.code()
        );
    }
    let refuses = report.checks().iter().any(|check| check.code().is_some());
    assert_eq!(report.verify() == Verdict::Refuses, refuses, "{report}");
}

/// A failure for which `verify` alone refuses.
fn is_stricter(check: &super::Check) -> bool {
    check.code().is_some()
}

#[test]
fn a_good_token_passes_every_check() {
    let report = report(token());
    check_report(&report);
    assert_eq!(report.findings().count(), 0, "{report}");
    assert_eq!(report.verify(), Verdict::Accepts);
    assert_eq!(report.platform(), Verdict::Accepts);
}

/// One vector's token, keys and context.
fn vector(case: &Json) -> Option<(Vec<u8>, KeySet, VerifyContext)> {
    let input = &case["input"];
    let keys = match input.get("keys").and_then(Json::as_str) {
        Some(jwks) => KeySet::from_jwks(jwks).ok()?,
        None => keys(),
    };
    let context = input
        .get("context")
        .cloned()
        .unwrap_or_else(|| Json::Object(serde_json::Map::default()));
    let context = VerifyContext::from_json(context.to_string()).ok()?;
    let context = match (case["now"].as_u64(), context.now) {
        (Some(now), None) => context.now(now),
        _ => context,
    };
    Some((input["token"].as_str()?.as_bytes().to_vec(), keys, context))
}

#[test]
fn the_verdict_of_verify_is_its_own_for_every_vector() {
    let text = include_str!("../../vectors/verify.json");
    let file: Json = serde_json::from_str(text).expect("JSON");
    let mut compared = 0;
    for case in file["cases"].as_array().expect("cases") {
        let Some((token, keys, context)) = vector(case).filter(|_| case["operation"] == "verify")
        else {
            continue;
        };
        let found = explain(&token, Some(&keys), &ExplainContext::from(context.clone()));
        let report = found.expect("a good context");
        check_report(&report);
        // What stands around a token is no part of it here, and a refusal there.
        if report.check("pasted").expect("a check").status() == super::CheckStatus::Warn {
            continue;
        }
        let id = &case["id"];
        match verify(&token, &keys, &context).map_err(|error| error.code()) {
            Ok(_) => assert_eq!(report.verify(), Verdict::Accepts, "{id}: {report}"),
            Err(ErrorCode::ViewerUnknown) => assert_eq!(report.verify(), Verdict::Unknown, "{id}"),
            Err(code) => {
                let said = report.error().map(crate::Error::code);
                assert_eq!(said, Some(code), "{id}: {report}");
            }
        }
        compared += 1;
    }
    assert!(compared > 150, "{compared}");
}

#[test]
fn a_long_text_is_read_to_its_limit_alone() {
    let megabyte = "A".repeat(1 << 20);
    let report = report(&megabyte);
    check_report(&report);
    assert_eq!(report.bytes_read(), MAX_EXPLAIN);
    let shown = serde_json::to_string(&report).expect("JSON");
    assert!(shown.len() < 16_384, "{}", shown.len());
}

#[test]
fn what_was_pasted_by_mistake_is_not_repeated() {
    let key = example_key();
    let secret = "Zx9".repeat(13) + "Q";
    let texts = [
        (key.to_pkcs1_pem().to_string(), "private_key"),
        (key.to_pem_base64().to_string(), "private_key"),
        (key.to_jwk_base64().to_string(), "private_key"),
        (secret.clone(), "api_token"),
        (format!("Authorization: Bearer {secret}"), "api_token"),
    ];
    for (text, kind) in texts {
        let report = report(&text);
        check_report(&report);
        assert_eq!(report.kind(), kind);
        let shown = format!(
            "{}{report}{report:?}",
            serde_json::to_string(&report).expect("JSON")
        );
        for piece in text.as_bytes().chunks(24).map(String::from_utf8_lossy) {
            let piece = piece.trim();
            assert!(piece.len() < 16 || !shown.contains(piece), "{kind}");
        }
        assert_eq!(
            report.check("secret").expect("a check").status(),
            super::CheckStatus::Warn
        );
    }
}

/// A valid token, changed in one place.
fn bent(at: usize, with: &str) -> String {
    let mut text = token();
    let at = at % text.len();
    text.replace_range(at..=at, with);
    text
}

/// A payload that nobody signed.
fn unsigned(payload: &str) -> String {
    let encode = |part: &str| crate::base64url::encode(part.as_bytes());
    format!(
        "{}.{}.AAAA",
        encode(r#"{"alg":"RS256","kid":"k"}"#),
        encode(payload)
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_give_a_whole_report(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        check_report(&report(bytes));
    }

    #[test]
    fn any_text_around_a_token_gives_a_whole_report(before in ".{0,12}", at in any::<usize>(), with in "[ -~]{0,3}", after in ".{0,12}") {
        check_report(&report(format!("{before}{}{after}", bent(at, &with))));
    }

    #[test]
    fn any_claim_gives_a_whole_report(name in "exp|nbf|sub|kid|accessRules|flags|downloadable|access_rules", value in "-?[0-9]{1,14}|[0-9]{10}\\.5|\"[a-z0-9]{0,34}\"|null|true|\\[\\]|\\{\\}|\\[\\{\"type\":\"any\",\"action\":\"block\"\\}\\]|1e400|1e300") {
        check_report(&report(unsigned(&format!("{{\"{name}\":{value}}}"))));
    }
}

#[test]
fn a_url_without_a_token_leaves_the_verdict_open() {
    let uid = "ea95132c15732412d22c1476fa83f27a";
    for path in [uid, "", "manifest/video.m3u8"] {
        let report = report(format!("https://customer-x.cloudflarestream.com/{path}"));
        check_report(&report);
        assert_eq!(report.verify(), Verdict::Unknown);
        assert_eq!(report.error(), None);
    }
}

#[test]
fn deep_and_wide_json_gives_a_report() {
    for payload in ["[".repeat(8000), format!("{{\"a\":{}", "[".repeat(8000))] {
        check_report(&report(unsigned(&payload)));
    }
    let rules = format!("{{\"accessRules\":[{}]}}", vec!["{}"; 4000].join(","));
    let found = report(unsigned(&rules));
    check_report(&found);
    let count = found.check("rule_count").expect("a check");
    assert_eq!(count.values().get("rules"), Some(&Value::Integer(4000)));
}
