//! What an answer of the delivery host tells, and where it is asked.

use super::{Delivery, delivery_url};
use crate::MAX_EXPLAIN;
use crate::explain::{ExplainContext, Report, Verdict, explain};

const TOKEN: &str =
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJlYTk1MTMyYzE1NzMyNDEyZDIyYzE0NzZmYTgzZjI3YSJ9.AAAA";

fn report(status: u16, location: Option<&str>, body: &str) -> Report {
    let url = format!("https://customer-x.cloudflarestream.com/{TOKEN}/iframe");
    let report = explain(url, None, &ExplainContext::new()).unwrap();
    report.with_delivery(&Delivery::Answered {
        status,
        location,
        body: body.as_bytes(),
    })
}

#[test]
fn the_manifest_of_the_same_host_is_asked_for() {
    let host = "https://customer-x.cloudflarestream.com";
    let hls = format!("{host}/{TOKEN}/manifest/video.m3u8");
    for rest in [
        "",
        "/iframe?autoplay=true",
        "/downloads/default.mp4",
        "/manifest/video.m3u8",
    ] {
        assert_eq!(
            delivery_url(format!("{host}/{TOKEN}{rest}")).unwrap(),
            hls,
            "{rest}"
        );
    }
    let dash = format!("{host}/{TOKEN}/manifest/video.mpd");
    assert_eq!(delivery_url(&dash).unwrap(), dash);
    let local = format!("http://127.0.0.1:8080/{TOKEN}/manifest/video.m3u8");
    assert_eq!(delivery_url(&local).unwrap(), local);
}

#[test]
fn nothing_is_asked_of_others() {
    for text in [
        TOKEN.to_owned(),
        format!("/{TOKEN}/iframe"),
        format!("http://video.example/{TOKEN}/iframe"),
        format!("https://api.cloudflare.com/{TOKEN}/iframe"),
        format!("https://user:word@customer-x.cloudflarestream.com/{TOKEN}/iframe"),
        format!(
            "https://customer-x.cloudflarestream.com/ea95132c15732412d22c1476fa83f27a/iframe?token={TOKEN}"
        ),
        "https://customer-x.cloudflarestream.com/".to_owned(),
        format!("https://customer-x.cloudflarestream.com/{TOKEN}==/iframe"),
        "https://customer-x.cloudflarestream.com/eyJhbGciOiJSUzI1NiJ9.eyJzdW/iframe".to_owned(),
    ] {
        assert_eq!(
            delivery_url(&text).unwrap_err().code(),
            crate::ErrorCode::UrlInvalid,
            "{text}"
        );
    }
}

#[test]
fn the_answer_is_the_last_word() {
    let rows = [
        (200, "#EXTM3U\n#EXT", Verdict::Accepts, "gave the manifest"),
        (401, "", Verdict::Refuses, "401 and no reason"),
        (
            401,
            "401 unauthorized blocked by rule on 'ip.src'",
            Verdict::Refuses,
            "blocked by rule on 'ip.src'",
        ),
        (
            403,
            "<html><body>denied</body></html>",
            Verdict::Unknown,
            "nothing tells whether that was for the token",
        ),
        (200, "<html>hello</html>", Verdict::Unknown, "no manifest"),
        (204, "", Verdict::Unknown, "no manifest"),
        (404, "not found", Verdict::Unknown, "no such video"),
        (429, "", Verdict::Unknown, "too many"),
        (503, "", Verdict::Unknown, "in trouble"),
    ];
    for (status, body, verdict, cause) in rows {
        let report = report(status, None, body);
        assert_eq!(report.platform(), verdict, "{status}");
        let check = report.check("live").unwrap();
        assert!(check.cause().contains(cause), "{}", check.cause());
        assert_eq!(report.checks().len(), crate::CheckId::ALL.len());
    }
}

#[test]
fn a_manifest_says_nothing_of_a_download() {
    use crate::key::tests::example_key;
    let signer = crate::Signer::new(example_key());
    let options = crate::SignOptions::new().now(1_700_000_000);
    let token = signer
        .sign("ea95132c15732412d22c1476fa83f27a", &options)
        .unwrap();
    let keys = crate::KeySet::from(&example_key());
    let context = ExplainContext::new().now(1_700_000_000);
    let about = |path: &str, status, body: &'static str| {
        let url = format!("https://customer-x.cloudflarestream.com/{token}/{path}");
        let report = explain(url, Some(&keys), &context).unwrap();
        let body = body.as_bytes();
        report
            .with_delivery(&Delivery::Answered {
                status,
                location: None,
                body,
            })
            .platform()
    };
    let manifest = "#EXTM3U";
    assert_eq!(about("iframe", 200, manifest), Verdict::Accepts);
    assert_eq!(
        about("downloads/default.mp4", 200, manifest),
        Verdict::Refuses
    );
    // Without an answer that says something, nothing is known.
    assert_eq!(about("iframe", 503, ""), Verdict::Unknown);
    assert_eq!(about("iframe", 404, ""), Verdict::Unknown);
}

/// The example video's URL with these rules, for the viewer of `facts`, and what a host answered.
fn for_viewer(rules: &str, facts: &str, status: u16, body: &'static str) -> Report {
    use crate::key::tests::example_key;
    let options = format!(r#"{{"accessRules":{rules},"now":1700000000}}"#);
    let options = crate::SignOptions::from_json(options).unwrap();
    let signer = crate::Signer::new(example_key());
    let token = signer.sign("ea95132c15732412d22c1476fa83f27a", &options);
    let url = format!(
        "https://customer-x.cloudflarestream.com/{}/iframe",
        token.unwrap()
    );
    let keys = crate::KeySet::from(&example_key());
    let context = ExplainContext::from_json(facts).unwrap().now(1_700_000_000);
    let report = explain(url, Some(&keys), &context).unwrap();
    report.with_delivery(&Delivery::Answered {
        status,
        location: None,
        body: body.as_bytes(),
    })
}

#[test]
fn an_answer_to_this_machine_says_nothing_of_the_viewer_who_was_described() {
    const RULES: &str = r#"[{"type":"ip.geoip.country","action":"allow","country":["GB"]},{"type":"any","action":"block"}]"#;
    const BY_RULE: &str = "401 unauthorized blocked by rule on 'any'";
    let (inside, outside) = (r#"{"country":"GB"}"#, r#"{"country":"FR"}"#);
    let of = |facts, status, body| {
        let report = for_viewer(RULES, facts, status, body);
        let live = report.check("live").unwrap().status();
        (report.platform(), live)
    };
    use crate::CheckStatus::{Fail, Pass, Warn};
    assert_eq!(of(outside, 200, "#EXTM3U"), (Verdict::Refuses, Pass));
    assert_eq!(of(inside, 200, "#EXTM3U"), (Verdict::Accepts, Pass));
    assert_eq!(of(inside, 401, BY_RULE), (Verdict::Accepts, Warn));
    assert_eq!(of(outside, 403, BY_RULE), (Verdict::Refuses, Warn));
    // Of this viewer too little is known, and the answer is for another.
    let half = r#"{"ip":"192.0.2.7"}"#;
    assert_eq!(of(half, 200, "#EXTM3U"), (Verdict::Unknown, Pass));
    assert_eq!(of(half, 401, BY_RULE), (Verdict::Unknown, Warn));
    // Without a reason it may have been a rule.
    assert_eq!(of(inside, 401, ""), (Verdict::Unknown, Warn));
    assert_eq!(of(inside, 403, ""), (Verdict::Unknown, Warn));
    assert_eq!(of(outside, 401, ""), (Verdict::Refuses, Warn));
    // A refusal for another reason is one for everybody, and so is any where there are no rules.
    const MALFORMED: &str = r#"401 unauthorized malformed token: check fields ["exp"]"#;
    for reason in [MALFORMED, "the key is gone"] {
        assert_eq!(of(inside, 401, reason), (Verdict::Refuses, Fail));
    }
    for body in ["", BY_RULE] {
        let unruled = for_viewer("[]", inside, 401, body);
        assert_eq!(unruled.platform(), Verdict::Refuses);
    }
    // Where nobody was described, it is this machine that is meant.
    assert_eq!(of("{}", 200, "#EXTM3U"), (Verdict::Accepts, Pass));
    assert_eq!(of("{}", 401, BY_RULE), (Verdict::Refuses, Fail));
    assert_eq!(of("{}", 401, ""), (Verdict::Refuses, Fail));
}

#[test]
fn a_url_that_the_limit_cuts_is_not_asked() {
    let url = format!("https://customer-x.cloudflarestream.com/{TOKEN}/iframe");
    let before = |length| format!("{} {url}", "x".repeat(length));
    assert!(delivery_url(before(MAX_EXPLAIN - url.len() - 1)).is_ok());
    for missing in [1, 10, 50] {
        let error = delivery_url(before(MAX_EXPLAIN - url.len() - 1 + missing)).unwrap_err();
        assert_eq!(
            error.message(),
            "the text is cut within its URL",
            "{missing}"
        );
    }
}

#[test]
fn the_reason_is_kept_where_a_text_gives_one() {
    let malformed = r#"401 unauthorized malformed token: check fields ["accessRules"]"#;
    for (status, body, reason) in [
        (401, malformed, Some(malformed)),
        (401, "the key is gone", Some("the key is gone")),
        (401, "", None),
        (403, "<html>denied</html>", None),
        (404, "video not found\nsecond line", Some("video not found")),
        (302, "moved", Some("moved")),
        (200, "hello", None),
        (206, "hello", None),
        (429, "slow down", Some("slow down")),
        (503, "{\"error\":1}", None),
        (200, "#EXTM3U", None),
    ] {
        let report = report(status, None, body);
        let check = report.check("live").unwrap();
        let expected = reason.map(crate::Value::from);
        assert_eq!(
            check.values().get("reason"),
            expected.as_ref(),
            "{status} {body}"
        );
        // For people it stands there once.
        let shown = report.to_string();
        assert!(
            reason.is_none_or(|reason| shown.matches(reason).count() == 1),
            "{shown}"
        );
    }
    let live = report(401, None, malformed);
    assert!(
        live.check("live")
            .unwrap()
            .remedy()
            .unwrap()
            .contains("wrong form")
    );
}

#[test]
fn a_body_that_is_no_text_gives_no_reason() {
    let of = |body: &[u8]| {
        let url = format!("https://customer-x.cloudflarestream.com/{TOKEN}/iframe");
        let report = explain(url, None, &ExplainContext::new()).unwrap();
        let (status, location) = (404, None);
        let report = report.with_delivery(&Delivery::Answered {
            status,
            location,
            body,
        });
        let reason = report
            .check("live")
            .unwrap()
            .values()
            .get("reason")
            .cloned();
        reason.is_some()
    };
    assert!(!of(b"\x89PNG\r\n\x1a\n"));
    assert!(!of(b"no such video\xff"));
    assert!(of("no such video \u{e9}".as_bytes()));
    // A character that was cut is still text.
    assert!(of(b"no such video \xc3"));
}

#[test]
fn a_manifest_is_for_this_machine_now() {
    let report = report(200, None, "#EXTM3U");
    let cause = report.check("live").unwrap().cause();
    for part in [
        "this machine",
        "now",
        "viewers",
        "segments",
        "downloads",
        "WebRTC",
    ] {
        assert!(cause.contains(part), "{part}? {cause}");
    }
}

#[test]
fn an_answer_is_not_shown_for_debugging() {
    let location = Some("https://x.example/TOKEN");
    let shown = format!(
        "{:?}",
        Delivery::Answered {
            status: 302,
            location,
            body: b"TOKEN"
        }
    );
    assert!(shown.contains("302") && !shown.contains("TOKEN"), "{shown}");
}

#[test]
fn foreign_text_is_shown_with_care() {
    let body = format!("\u{1b}[31mno {TOKEN} {}", "x ".repeat(400));
    let report = report(401, None, &body);
    let cause = report.check("live").unwrap().cause();
    assert!(
        !cause.contains(TOKEN) && !cause.contains('\u{1b}') && cause.len() < 240,
        "{cause}"
    );
    let moved = self::report(302, Some("https://evil.example/x"), "");
    assert_eq!(
        moved.check("live").unwrap().values().get("host"),
        Some(&"evil.example".into())
    );
}
