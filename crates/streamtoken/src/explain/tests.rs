//! What holds for every report, whatever was given.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::{CheckId, ExplainContext, MAX_EXPLAIN, Report, Verdict, explain, explain_beginning};
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
            refuses,
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
    // Nobody knows what stands behind the limit.
    let secret = report.check("secret").expect("a check");
    assert_eq!(secret.status(), super::CheckStatus::Unknown);
}

/// A binding hands over no more than that of a long text.
#[test]
fn a_beginning_and_the_length_give_the_report_of_the_whole() {
    let url = format!(
        "https://customer-x.cloudflarestream.com/{}/iframe ",
        token()
    );
    let wide = url.clone() + &"\u{20ac}".repeat(40_000);
    let utf16 = [0xff, 0xfe].into_iter().chain([b'a', 0].repeat(50_000));
    let context = ExplainContext::from(VerifyContext::new().now(NOW));
    for text in [url.into_bytes(), wide.into_bytes(), utf16.collect()] {
        let beginning = &text[..text.len().min(MAX_EXPLAIN)];
        let told = explain_beginning(beginning, text.len(), Some(&keys()), &context);
        assert_eq!(told.expect("a good context"), report(&text));
    }
}

#[test]
fn what_stays_open_for_want_of_a_fact_says_which() {
    let report = report(token());
    for (id, word) in [
        ("scheme", "URL"),
        ("host", "URL"),
        ("token_place", "URL"),
        ("path", "URL"),
        ("poster", "URL"),
        ("sub_matches", "identifier"),
        ("outlasts_video", "duration"),
        ("live", "--live"),
    ] {
        let check = report.check(id).expect("a check");
        assert_eq!(check.status(), super::CheckStatus::Unknown, "{id}");
        let remedy = check.remedy().unwrap_or_default();
        assert!(remedy.contains(word), "{id}: {remedy}");
    }
}

/// Where the report says more than a token alone would, the URL counts and not a token elsewhere in it.
#[test]
fn a_token_elsewhere_in_the_url_is_not_the_one_that_plays() {
    let (token, uid) = (token(), "ea95132c15732412d22c1476fa83f27a");
    let host = "https://customer-x.cloudflarestream.com";
    let poster = format!("{host}/{token}/thumbnails/thumbnail.jpg");
    let encoded = poster.replace(':', "%3A").replace('/', "%2F");
    for (text, status) in [
        (
            format!("{host}/{uid}/iframe?poster={encoded}"),
            super::CheckStatus::Warn,
        ),
        (
            format!("{host}/{uid}/iframe?poster={poster}"),
            super::CheckStatus::Warn,
        ),
        (
            format!("/{uid}/iframe?token={token}"),
            super::CheckStatus::Fail,
        ),
        (
            format!("GET /{uid}/iframe?token={token} HTTP/1.1"),
            super::CheckStatus::Fail,
        ),
        (
            format!("video.example.com/{uid}/iframe?token={token}"),
            super::CheckStatus::Fail,
        ),
        (
            format!("customer-x.cloudflarestream.com/{token}/iframe?poster={encoded}"),
            super::CheckStatus::Pass,
        ),
    ] {
        let report = report(&text);
        check_report(&report);
        let place = report.check("token_place").expect("a check");
        assert_eq!(place.status(), status, "{text}");
        assert_ne!(
            (report.platform(), status),
            (Verdict::Accepts, super::CheckStatus::Fail),
            "{text}"
        );
    }
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

#[test]
fn a_secret_is_found_wherever_it_stands() {
    let key = example_key();
    let pem = key.to_pkcs1_pem().to_string();
    let (base64, jwk) = (
        key.to_pem_base64().to_string(),
        key.to_jwk_base64().to_string(),
    );
    let twice = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &base64);
    let body: String = pem
        .lines()
        .filter(|line| !line.starts_with("---"))
        .collect();
    let credential = "Zx9".repeat(13) + "Q";
    let token = token();
    for text in [
        format!("PEM={base64}"),
        format!("export KEY=\"{jwk}\""),
        format!("{{\"key\":\"{base64}\"}}"),
        format!("[{{\"result\":{{\"pem\":\"{base64}\"}}}}]"),
        format!("{{\"result\":{{\"token\":\"{token}\",\"pem\":\"{base64}\"}}}}"),
        format!("{pem}\n{token}"),
        format!("https://customer-x.cloudflarestream.com/{token}/iframe {base64}"),
        twice,
        body,
        format!("CLOUDFLARE_API_TOKEN={credential}"),
        format!(
            "curl -H 'Authorization: Bearer {credential}' https://customer-x.cloudflarestream.com/{token}/iframe"
        ),
        format!("curl -H \"X-Auth-Key: {credential}\" x"),
        "cfut_abcdefghijklmnopqrstuvwxyz0123456789abcd0123".to_owned(),
        "https://someone:word@customer-x.cloudflarestream.com/x".to_owned(),
        format!("https://{credential}:pa/x@customer-x.cloudflarestream.com/{token}/iframe"),
    ] {
        let report = report(&text);
        check_report(&report);
        let secret = report.check("secret").expect("a check");
        assert_eq!(secret.status(), super::CheckStatus::Warn, "{text}");
        let shown = format!("{}{report}", serde_json::to_string(&report).expect("JSON"));
        let lower = shown.to_ascii_lowercase();
        for piece in [
            &base64[200..240],
            &jwk[200..240],
            &credential.to_ascii_lowercase(),
        ] {
            assert!(!shown.contains(piece) && !lower.contains(piece), "{text}");
        }
    }
    let members: serde_json::Map<String, Json> = serde_json::from_str(
        &String::from_utf8(
            base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &jwk).unwrap(),
        )
        .unwrap(),
    )
    .unwrap();
    let printed = |quote: &str| {
        let members = members
            .iter()
            .map(|(name, value)| format!("{quote}{name}{quote}: '{}'", value.as_str().unwrap()));
        format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
    };
    for text in [
        printed(""),
        printed("'"),
        printed("\\\""),
        Json::String(Json::Object(members.clone()).to_string()).to_string(),
    ] {
        let report = report(&text);
        let secret = report.check("secret").expect("a check");
        assert_eq!(secret.status(), super::CheckStatus::Warn, "{text}");
        let shown = serde_json::to_string(&report).expect("JSON");
        assert!(!shown.contains(&members["d"].as_str().unwrap()[..40]));
    }
    for text in [
        token.clone(),
        format!("Authorization: Bearer {token}"),
        key.public_key().to_jwk(),
        key.public_key().to_pem(),
    ] {
        let status = report(&text).check("secret").expect("a check").status();
        assert_eq!(status, super::CheckStatus::Pass, "{text}");
    }
}

#[test]
fn a_token_is_found_in_what_people_paste() {
    let token = token();
    let url = format!("https://customer-x.cloudflarestream.com/{token}/manifest/video.m3u8");
    let encoded = url.replace(':', "%3A").replace('/', "%2F");
    for text in [
        format!("{url}#t=10"),
        url.replace("https", "HTTPS"),
        url.replace("https://", "").replace(".com/", ".com:443/"),
        url.replace("https:", ""),
        format!(
            "curl -H 'Origin: https://app.example.com' -H 'Referer: https://app.example.com/x' '{url}'"
        ),
        format!("see https://developers.cloudflare.com/stream and {url}."),
        format!("[video]({url})"),
        format!("{url},"),
        format!("{{\"url\":\"{url}\"}}"),
        format!("{{\"data\":[{{\"token\":\"{token}\"}}]}}"),
        format!("{{'token': '{token}'}}"),
        format!("token={token}"),
        format!("TOKEN=\"{token}\";"),
        format!("token: {token}"),
        format!("export TOKEN={token}"),
        format!("Authorization: Token {token}"),
        format!("GET /{token}/manifest/video.m3u8 HTTP/1.1"),
        format!("({token})"),
        format!("<{token}>"),
        format!("{token};"),
        format!("\u{201c}{token}\u{201d}"),
        format!("/{token}"),
        encoded.clone(),
        encoded.replace('%', "%25"),
        format!("https://player.example.com/?url={encoded}"),
        format!("<a href=\"{url}?a=1&amp;b=2\">"),
        format!("{token} was refused"),
        format!("{token}, {token}"),
        format!("HEAD /{token}/iframe HTTP/1.1"),
    ] {
        let report = report(&text);
        check_report(&report);
        assert_eq!(report.verify(), Verdict::Accepts, "{text}\n{report}");
        assert!(
            report
                .findings()
                .all(|check| check.status() == super::CheckStatus::Warn),
            "{text}\n{report}"
        );
    }
    for text in [
        "192.168.1.1",
        "www.example.com",
        "1.2.3",
        "/home/u/key.bak.txt",
        "https://example.com/jquery.min.js",
    ] {
        let found = report(text);
        assert!(
            ["text", "url"].contains(&found.kind()),
            "{text} {}",
            found.kind()
        );
    }
}

#[test]
fn a_host_is_the_accounts_with_all_its_dots() {
    let token = token();
    for (host, verdict) in [
        ("customer-x.cloudflarestream.com", Verdict::Accepts),
        ("customer-xcloudflarestream.com", Verdict::Unknown),
        ("notcloudflarestream.com", Verdict::Unknown),
        (
            "customer-x.cloudflarestream.com.example.com",
            Verdict::Unknown,
        ),
    ] {
        let report = report(format!("https://{host}/{token}/iframe"));
        assert_eq!(report.platform(), verdict, "{host}");
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
