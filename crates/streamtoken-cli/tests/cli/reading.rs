//! `inspect`, `urls`, and what a terminal may see.

use serde_json::json;

use crate::common::{VIDEO, example, feed, run, streamtoken};

#[test]
fn inspect_says_that_nothing_was_checked() {
    let token = example("token");
    let text = run(&["inspect", &token, "--now", "2018-09-20T15:20:00Z"]).good();
    assert!(text.starts_with("NOTHING WAS CHECKED"), "{text}");
    assert!(
        text.contains(r#""exp": "1537460365"  (2018-09-20T16:19:25Z, expires in 59 min)"#),
        "{text}"
    );
    assert!(text.contains("became valid 1 h ago"), "{text}");
    let json = feed(
        streamtoken().args(["inspect", "-", "--json"]),
        token + "\r\n",
    )
    .json();
    assert_eq!(
        (&json["verified"], &json["payload"]["sub"]),
        (&json!(false), &json!(VIDEO))
    );
    feed(streamtoken().args(["inspect", "-"]), "x".repeat(1 << 20)).refused(1, "token_too_large");
}

#[test]
fn no_token_speaks_to_the_terminal() {
    let base64url = |text: &str| {
        base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, text)
    };
    let hostile = "\u{1b}]0;title\u{7}\u{9b}31m\u{202e}\u{7f}\u{2028}\u{200b}";
    let payload = json!({ hostile: hostile, "sub": [hostile], "exp": 1e300 }).to_string();
    let token = format!(
        "{}.{}.c2ln",
        base64url(r#"{"alg":"RS256"}"#),
        base64url(&payload)
    );
    for args in [
        &["inspect", &*token][..],
        &["inspect", &token, "--json"],
        &["urls", &token, "--customer-code", "a"],
    ] {
        let run = run(args);
        let text = run.stdout + &run.stderr;
        let strange = text
            .chars()
            .find(|c| *c != '\n' && (c.is_control() || "\u{202e}\u{2028}\u{200b}".contains(*c)));
        assert_eq!(strange, None, "{text:?}");
    }
    let two = run(&["key", "show", "a\nb"]).stderr;
    assert_eq!(two.lines().count(), 1, "{two}");
    // Nor do arguments that an error quotes.
    let run = run(&["sign", "\u{1b}[31m", "--nope\u{1b}[31m"]);
    assert!(!run.stderr.contains('\u{1b}'), "{:?}", run.stderr);
}

#[test]
fn urls_are_printed_rewritten_and_embedded() {
    let token = example("token");
    let urls = |args: &[&str]| run(&[&["urls", &token][..], args].concat());
    let code = [
        "--customer-code",
        "https://customer-abc.cloudflarestream.com/x/iframe",
    ];
    let text = urls(&code).good();
    assert_eq!(text.lines().count(), 9, "no downloads: {text}");
    assert_eq!(
        urls(&[&code[..], &["--json"]].concat())
            .json()
            .as_object()
            .map(serde_json::Map::len),
        Some(9)
    );
    let hls = format!("https://customer-abc.cloudflarestream.com/{token}/manifest/video.m3u8\n");
    assert_eq!(urls(&[&code[..], &["--only", "hls"]].concat()).good(), hls);
    let iframe = urls(
        &[
            &code[..],
            &[
                "--only",
                "iframe",
                "--muted",
                "--loop",
                "--options",
                r#"{"iframe":{"autoplay":true}}"#,
            ],
        ]
        .concat(),
    );
    assert!(
        iframe
            .good()
            .ends_with("/iframe?autoplay=true&loop=true&muted=true\n")
    );
    assert!(
        urls(&[&code[..], &["--embed", "--poster"]].concat())
            .good()
            .starts_with("<iframe src=")
    );
    let old = format!("https://videodelivery.net/{VIDEO}/manifest/video.m3u8");
    assert_eq!(
        urls(&["--rewrite", &old]).good(),
        format!("https://videodelivery.net/{token}/manifest/video.m3u8\n")
    );
    urls(&["--rewrite", "ftp://x"]).refused(2, "url_invalid");
    // What rewriting does not heed is refused.
    urls(&["--rewrite", &old, "--autoplay"]).refused(2, "usage_invalid");
    urls(&["--rewrite", &old, "--filename", "x"]).refused(2, "usage_invalid");
    urls(&[]).refused(2, "customer_code_invalid");
    urls(&["--customer-code", "023e105f4ecef8ad9ca31a8372d0c353"])
        .refused(2, "customer_code_is_account_id");
    urls(&[&code[..], &["--only", "download"]].concat()).refused(2, "url_not_downloadable");
    urls(&[&code[..], &["--only", "nothing"]].concat()).refused(2, "usage_invalid");
    urls(&[&code[..], &["--filename", "x"]].concat()).refused(2, "url_not_downloadable");
    feed(
        streamtoken().args(["urls", "-", "--customer-code", "abc"]),
        token + "\n",
    )
    .good();
}

#[test]
fn colour_is_for_terminals() {
    let token = example("token");
    assert!(!run(&["inspect", &token]).good().contains('\u{1b}'));
    assert!(
        run(&["inspect", &token, "--color", "always"])
            .good()
            .contains("\u{1b}[33m")
    );
    assert!(
        run(&["--color=always", "inspect", "x"])
            .stderr
            .contains("\u{1b}[31m")
    );
    assert!(
        !feed(
            streamtoken()
                .args(["inspect", "x"])
                .env("CLICOLOR_FORCE", "1"),
            ""
        )
        .stderr
        .contains('\u{1b}')
    );
    assert!(!run(&["--help"]).good().contains('\u{1b}'));
    assert!(
        run(&["--help", "--color", "always"])
            .good()
            .contains('\u{1b}')
    );
}
