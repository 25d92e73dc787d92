//! `sign` and `verify`, one token at a time.

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
    // The words count from the time that the checks took for now, however it was written.
    let now = format!(r#"{{"now":{ISSUED}.0}}"#);
    let jwks = folder.at("jwks");
    let text = run(&["verify", &token, "--keys", &jwks, "--options", &now]).good();
    assert!(text.contains("expires in 1 h"), "{text}");
}

#[test]
fn flags_and_options_say_the_same() {
    let folder = Folder::new();
    let sign = |args: &[&str]| {
        let mut command = folder.sign();
        feed(command.args([VIDEO, "--lint=off"]).args(args), "").good()
    };
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
            &["--reuse-window", "600", "--expires-in", "90m"],
            &["--options", r#"{"reuse_window": 600, "expires_in": 5400}"#],
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

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_an_error() {
    let folder = Folder::new();
    for json in [&[][..], &["--json"]] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("Linux has it");
        let output = folder
            .sign()
            .arg(VIDEO)
            .args(json)
            .stdout(full)
            .output()
            .expect("the binary runs");
        let complaint = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(2), "{complaint}");
        assert!(
            complaint.starts_with("error[file_unwritable]: standard output cannot be written"),
            "{complaint}"
        );
    }
}
