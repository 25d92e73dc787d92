//! `sign`, `verify`, `inspect` and `urls`, one token at a time.

use crate::common::{Folder, ISSUED, KEY_ID, VIDEO, example, feed, run, streamtoken};
use serde_json::json;

#[test]
fn the_published_example_is_minted_byte_for_byte() {
    let folder = Folder::new();
    let token = run(&[
        "sign",
        VIDEO,
        "--key",
        &folder.at("key"),
        "--key-id",
        KEY_ID,
        "--now",
        ISSUED,
        "--time-format",
        "string",
    ]);
    assert_eq!(token.good(), example("token") + "\n");
}

#[test]
fn the_published_example_verifies_until_exp() {
    let folder = Folder::new();
    let token = example("token");
    let claims = feed(folder.verify().args([&*token, "--json"]), "");
    assert_eq!(
        claims.json(),
        json!({
            "sub": VIDEO, "kid": KEY_ID, "exp": 1_537_460_365, "nbf": 1_537_453_165,
            "downloadable": false, "accessRules": [], "flags": {}, "other": {},
        })
    );
    assert!(claims.good().ends_with("}\n"));

    let jwks = folder.at("jwks");
    let expired = [
        "verify",
        &token,
        "--keys",
        &jwks,
        "--now",
        "2018-09-20T16:19:25Z",
    ];
    run(&expired).refused(1, "token_expired");
    let expired = run(&[&expired[..], &["--json"]].concat());
    assert_eq!((expired.code, &*expired.stderr), (Some(1), ""));
    assert_eq!(expired.json()["error"]["code"], "token_expired");
    assert_eq!(expired.json()["error"]["number"], 340);
}

#[test]
fn people_read_what_was_accepted() {
    let folder = Folder::new();
    let token = example("token");
    let text = feed(folder.verify().arg(&token), "").good();
    assert!(
        text.contains("accepted\n") && text.contains("2018-09-20T16:19:25Z, expires in 1 h"),
        "{text}"
    );
    assert!(text.contains("not asked for"), "{text}");
    let text = feed(folder.verify().args([&*token, "--identifier", VIDEO]), "").good();
    assert!(!text.contains("not asked for"), "{text}");
    feed(folder.verify().args([&*token, "--identifier", "other"]), "").refused(1, "sub_mismatch");
}

#[test]
fn flags_and_options_say_the_same() {
    let folder = Folder::new();
    let sign = |args: &[&str]| feed(folder.sign().arg(VIDEO).args(args), "").good();
    folder.write(
        "options.json",
        r#"{"exp": 1537460000, "downloadable": true}"#,
    );
    folder.write("rules.json", r#"[{"type":"any","action":"block"}]"#);
    for (one, other) in [
        (
            &["--expires-in", "1h30m"][..],
            &["--options", r#"{"expires_in": 5400}"#][..],
        ),
        (
            &["--expires-in", "5400"],
            &["--options", r#"{"expires_in": "90m"}"#],
        ),
        (
            &["--exp", "2018-09-20T16:13:20Z", "--downloadable"],
            &["--options", "@options.json"],
        ),
        (
            &["--exp", "1537460001"],
            &[
                "--options",
                "@options.json",
                "--exp",
                "1537460001",
                "--options-none",
            ],
        ),
        (
            &["--flag", "original"],
            &["--options", r#"{"flags": {"original": true}}"#],
        ),
        (
            &["--access-rules", "@rules.json"],
            &[
                "--options",
                r#"{"accessRules": [{"type":"any","action":"block"}]}"#,
            ],
        ),
        (
            &["--allow-country", "gb,IE"],
            &[
                "--access-rules",
                r#"[{"type":"ip.geoip.country","action":"allow","country":["GB","IE"]},{"type":"any","action":"block"}]"#,
            ],
        ),
        (
            &[
                "--block-ip",
                "192.0.2.0/24,2001:db8::/32",
                "--block-country",
                "UZ",
            ],
            &[
                "--access-rules",
                r#"[{"type":"ip.src","action":"block","ip":["192.0.2.0/24","2001:db8::/32"]},{"type":"ip.geoip.country","action":"block","country":["UZ"]}]"#,
            ],
        ),
        (
            &[
                "--allow-country",
                "GB",
                "--allow-ip",
                "192.0.2.1",
                "--block-ip",
                "192.0.2.7",
                "--block-country",
                "FR",
            ],
            &[
                "--access-rules",
                r#"[{"type":"ip.src","action":"block","ip":["192.0.2.7"]},{"type":"ip.geoip.country","action":"block","country":["FR"]},{"type":"ip.src","action":"allow","ip":["192.0.2.1"]},{"type":"ip.geoip.country","action":"allow","country":["GB"]},{"type":"any","action":"block"}]"#,
            ],
        ),
    ] {
        if other.contains(&"--options-none") {
            // The flag wins over the file's exp; downloadable stays.
            assert_eq!(
                sign(&[one, &["--downloadable"]].concat()),
                sign(&other[..4])
            );
            continue;
        }
        assert_eq!(sign(one), sign(other), "{one:?}");
        assert_ne!(sign(one), sign(&[]), "{one:?}");
    }
}

#[test]
fn json_tells_everything_about_a_token() {
    let folder = Folder::new();
    let minted = feed(
        folder.sign().args([
            VIDEO,
            "--json",
            "--expires-in",
            "100s",
            "--urls",
            "--customer-code",
            "abc",
        ]),
        "",
    );
    let json = minted.json();
    let token = json["token"].as_str().expect("a token").to_owned();
    assert_eq!(
        json["urls"]["hls"],
        format!("https://customer-abc.cloudflarestream.com/{token}/manifest/video.m3u8")
    );
    let names: Vec<_> = json.as_object().expect("an object").keys().collect();
    assert_eq!(names.len(), 7, "{names:?}");
    assert_eq!(json["renew_at"], 1_537_456_845);
    assert_eq!(json["key_id"], KEY_ID);

    let text = feed(
        folder
            .sign()
            .args([VIDEO, "--expires-in", "100s", "--urls"])
            .env("CLOUDFLARE_STREAM_CUSTOMER_CODE", "abc"),
        "",
    )
    .good();
    assert!(text.starts_with(&format!("{token}\nhls ")), "{text}");
    assert_eq!(text.lines().count(), 10, "the token and nine URLs");
}

#[test]
fn the_key_comes_from_a_file_standard_input_or_the_environment() {
    let folder = Folder::new();
    let expected = feed(folder.sign().arg(VIDEO), "").good();
    let key = example("pem_base64");
    let base = ["sign", VIDEO, "--now", ISSUED];
    let piped = feed(
        streamtoken()
            .args(base)
            .args(["--key", "-", "--key-id", KEY_ID]),
        key.clone(),
    );
    assert_eq!(piped.good(), expected);
    let with = |name: &str, value: &str| {
        feed(
            streamtoken()
                .args(base)
                .env(name, value)
                .env("CLOUDFLARE_STREAM_KEY_ID", KEY_ID),
            "",
        )
    };
    assert_eq!(with("CLOUDFLARE_STREAM_KEY", &key).good(), expected);
    assert_eq!(
        with("CLOUDFLARE_STREAM_KEY_FILE", &folder.at("key")).good(),
        expected
    );
    with("CLOUDFLARE_STREAM_KEY_FILE", &folder.at("none")).refused(3, "key_file_unreadable");
    with("CLOUDFLARE_STREAM_KEY", " ").refused(3, "key_not_given");
    let both = feed(
        streamtoken()
            .args(base)
            .env("CLOUDFLARE_STREAM_KEY", &key)
            .env("CLOUDFLARE_STREAM_KEY_FILE", folder.at("key")),
        "",
    );
    both.refused(3, "key_conflict");
    // A token is verified with the environment's key, too.
    let verified = feed(
        streamtoken()
            .args(["verify", expected.trim_end(), "--now", ISSUED])
            .env("CLOUDFLARE_STREAM_KEY", &key)
            .env("CLOUDFLARE_STREAM_KEY_ID", KEY_ID),
        "",
    );
    assert!(verified.good().contains("accepted"));
}

#[test]
fn keys_verify_in_every_form() {
    let folder = Folder::new();
    let token = example("token");
    let public = |format: &str| {
        run(&[
            "key",
            "public",
            &folder.at("key"),
            "--key-id",
            KEY_ID,
            "--format",
            format,
        ])
        .good()
    };
    folder.write("pem", public("pem"));
    folder.write("jwk", public("jwk"));
    for (file, id) in [
        ("jwks", None),
        ("jwk", None),
        ("jwk", Some(KEY_ID)),
        ("pem", Some(KEY_ID)),
        ("key", Some(KEY_ID)),
    ] {
        let path = folder.at(file);
        let mut args = vec!["verify", &token, "--now", ISSUED, "--keys", &path];
        args.extend(id.map(|id| ["--key-id", id]).into_iter().flatten());
        assert!(run(&args).good().contains("accepted"), "{file}");
    }
    let keys = |text: &str| {
        feed(
            streamtoken().args(["verify", &token, "--now", ISSUED, "--keys", "-"]),
            text,
        )
    };
    keys("{}").refused(3, "key_set_malformed");
    keys(r#"{"keys":[]}"#).refused(3, "key_set_empty");
    keys("nonsense").refused(3, "key_unrecognized");
    keys(&public("pem")).refused(3, "key_id_missing");
    keys(&format!("{{\"keys\":[{}]}}", "1,".repeat(1 << 20))).refused(3, "key_too_large");
}

#[test]
fn a_key_on_the_command_line_is_refused_and_not_repeated() {
    let base64 = example("pem_base64");
    let pem = String::from_utf8(
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &base64)
            .expect("base64"),
    )
    .expect("UTF-8");
    let folder = Folder::new();
    let jwk = run(&[
        "key",
        "export",
        &folder.at("key"),
        "--key-id",
        KEY_ID,
        "--format",
        "jwk",
    ])
    .good();
    let jwk64 = run(&[
        "key",
        "export",
        &folder.at("key"),
        "--key-id",
        KEY_ID,
        "--format",
        "jwk-base64",
    ])
    .good();
    for key in [
        &*base64,
        &pem,
        jwk.trim(),
        jwk64.trim(),
        &pem[..120],
        &pem.replace('\n', " "),
    ] {
        let assigned = format!("--key={key}");
        for args in [
            &["sign", "v", "--key", key][..],
            &["sign", "v", &assigned],
            &["sign", "--", key],
            &["sign", "v", "--keyy", key],
            &["verify", "--", key],
            &["inspect", key],
            &["key", "show", key],
            &["urls", "t", "--options", key],
            &[key],
        ] {
            let run = run(args);
            let text = format!("{}{}", run.stdout, run.stderr);
            assert_eq!(run.code, Some(2), "{text}");
            assert!(
                text.starts_with("error[usage_invalid]: an argument holds a key"),
                "{text}"
            );
            assert!(
                !text.contains("MII") && !text.contains(&base64[20..40]) && !text.contains("BEGIN"),
                "{text}"
            );
        }
    }
    // Tokens, long lists of rules and paths are no keys.
    let rules = format!(
        "[{{\"type\":\"ip.src\",\"action\":\"allow\",\"ip\":[\"192.0.2.1\"{}]}}]",
        ",\"192.0.2.1\"".repeat(40)
    );
    assert_eq!(
        feed(folder.sign().args([VIDEO, "--access-rules", &rules]), "").code,
        Some(0)
    );
    run(&["key", "show", &"a".repeat(200)]).refused(3, "key_file_unreadable");
}

#[test]
fn errors_name_the_field_and_exit_with_their_group() {
    let folder = Folder::new();
    let refused = |args: &[&str], exit: i32, slug: &str| {
        feed(folder.sign().args(args), "").refused(exit, slug)
    };
    assert!(refused(&[VIDEO, "--exp", "soon"], 2, "time_text_invalid").ends_with("(/exp)\n"));
    refused(&[VIDEO, "--exp", "-5"], 2, "time_negative");
    refused(
        &[VIDEO, "--exp", "1537460365000"],
        2,
        "time_in_milliseconds",
    );
    refused(&[VIDEO, "--expires-in", "soon"], 2, "duration_invalid");
    refused(&[VIDEO, "--expires-in", "2d"], 2, "exp_too_far");
    refused(
        &[VIDEO, "--expires-in", "2h", "--exp", "1537460365"],
        2,
        "exp_conflict",
    );
    refused(&[VIDEO, "--allow-country", "UK"], 2, "country_invalid");
    refused(&[VIDEO, "--time-format", "roman"], 2, "option_value");
    refused(&[VIDEO, "--flag", "best"], 2, "option_unknown");
    refused(
        &[VIDEO, "--options", "{\"exp\":1,\"exp\":2}"],
        2,
        "json_duplicate_member",
    );
    refused(&[VIDEO, "--options", "@none.json"], 2, "file_unreadable");
    refused(&["no such id"], 2, "identifier_invalid");
    refused(&[VIDEO, "--urls"], 2, "customer_code_invalid");
    refused(
        &[VIDEO, "--allow-country", "GB", "--access-rules", "[]"],
        2,
        "usage_invalid",
    );
    refused(&[VIDEO, "--batch"], 2, "usage_invalid");
    let message = run(&[
        "sign",
        VIDEO,
        "--key",
        &folder.at("none"),
        "--key-id",
        KEY_ID,
    ])
    .refused(3, "key_file_unreadable");
    assert!(
        message.contains("none cannot be read: no such file or directory"),
        "{message}"
    );
    feed(folder.sign().args(["--batch", "--key", "-"]), "").refused(2, "usage_invalid");
    feed(
        streamtoken().args(["sign", "--batch", "--key", "-", "--key-id", KEY_ID]),
        example("pem_base64"),
    )
    .refused(2, "usage_invalid");
    for args in [
        &["sign", "--json"][..],
        &["--json", "nonsense"],
        &["sign", VIDEO, "--json", "--exp", "soon"],
    ] {
        let run = run(args);
        assert_eq!((run.code, &*run.stderr), (Some(2), ""), "{args:?}");
        assert!(run.json()["error"]["message"].is_string());
    }
}

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
