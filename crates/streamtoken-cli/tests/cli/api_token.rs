//! `streamtoken api token create`.

use serde_json::{Value as Json, json};

use crate::common::{Folder, KEY_ID, VIDEO, example, feed, run};
use crate::emulator::{Api, curl};
use crate::stub::{Stub, TOKEN};

/// Asks a stub that answers with the published token, and gives the request's first line and body.
fn ask(args: &[&str]) -> (String, Json) {
    let stub = Stub::result(&json!({"token": example("token")}));
    let command = ["token", "create"];
    let run = feed(stub.command().args(command).args(args), "");
    assert_eq!(run.good(), format!("{}\n", example("token")));
    let asked = stub.asked().pop().expect("a request");
    let line = asked.head.lines().next().expect("a line").to_owned();
    (line, serde_json::from_str(&asked.body).expect("JSON"))
}

#[test]
fn every_option_arrives_as_cloudflare_names_it() {
    let (line, body) = ask(&[
        VIDEO,
        "--now",
        "1537456765",
        "--expires-in",
        "90m",
        "--nbf",
        "2018-09-20T15:00:00Z",
        "--downloadable",
        "--flag",
        "original",
        "--allow-country",
        "gb",
        "--block-ip",
        "93.184.216.0/24,2606:2800:220::/48",
    ]);
    assert_eq!(
        line,
        format!("POST /accounts/account/stream/{VIDEO}/token HTTP/1.1")
    );
    let rules = json!([
        {"type": "ip.src", "action": "block", "ip": ["93.184.216.0/24", "2606:2800:220::/48"]},
        {"type": "ip.geoip.country", "action": "allow", "country": ["GB"]},
        {"type": "any", "action": "block"},
    ]);
    let expected = json!({
        "exp": 1_537_456_765 + 5400,
        "nbf": 1_537_455_600,
        "downloadable": true,
        "accessRules": rules,
        "flags": {"original": true},
    });
    assert_eq!(body, expected);
    assert_eq!(ask(&[VIDEO]).1, json!({}), "the defaults are the API's");
}

#[test]
fn flags_win_over_options_in_json() {
    let below =
        r#"{"exp": 1537460000, "now": 1537456765, "downloadable": true, "account_id": "other"}"#;
    let (line, body) = ask(&["v", "--options", below]);
    assert_eq!(line, "POST /accounts/other/stream/v/token HTTP/1.1");
    assert_eq!(
        body,
        json!({"exp": 1_537_460_000, "nbf": 1_537_453_165, "downloadable": true})
    );
    let above = ["--expires-in", "60", "--account-id", "mine"];
    let (line, body) = ask(&[&["v", "--options", below][..], &above].concat());
    assert_eq!(line, "POST /accounts/mine/stream/v/token HTTP/1.1");
    assert_eq!(
        body,
        json!({"exp": 1_537_456_825, "nbf": 1_537_453_165, "downloadable": true})
    );
}

#[test]
fn what_is_probably_not_meant_is_told_as_sign_tells_it() {
    let folder = Folder::new();
    let rules = r#"[{"type":"ip.geoip.country","action":"allow","country":["GB"]}]"#;
    let options = [VIDEO, "--access-rules", rules];
    let asked = |args: &[&str]| {
        let stub = Stub::result(&json!({"token": example("token")}));
        let command = ["token", "create"];
        feed(stub.command().args(command).args(options).args(args), "")
    };
    let (asked_plainly, signed) = (asked(&[]), feed(folder.sign().args(options), ""));
    assert_eq!(asked_plainly.stdout, format!("{}\n", example("token")));
    assert!(signed.stderr.starts_with("warning[allow_without_block]: "));
    assert_eq!(asked_plainly.stderr, signed.stderr);
    let (asked, signed) = (
        asked(&["--json"]),
        feed(folder.sign().args(options).arg("--json"), ""),
    );
    assert_eq!(asked.json()["warnings"], signed.json()["warnings"]);
    assert_eq!(asked.good().matches("allow_without_block").count(), 1);
}

#[test]
fn the_token_verifies_and_has_its_urls() {
    let api = Api::new();
    let minted = api.run(&[
        "token",
        "create",
        VIDEO,
        "--allow-country",
        "GB",
        "--json",
        "--urls",
        "--customer-code",
        "f33zs165nr7gyfy4",
    ]);
    let minted: Json = serde_json::from_str(&minted.good()).expect("JSON");
    let token = minted["token"].as_str().expect("a token");
    let keys = api.at("jwks");
    std::fs::write(&keys, curl(&[api.told("jwks_url")]).to_string()).expect("a file");
    let keys = keys.to_str().expect("UTF-8");
    let verify = [
        "verify",
        token,
        "--keys",
        keys,
        "--identifier",
        VIDEO,
        "--country",
    ];
    run(&[&verify[..], &["GB"]].concat()).good();
    run(&[&verify[..], &["FR"]].concat()).refused(1, "blocked_by_rule");
    assert_eq!(minted["identifier"], VIDEO);
    assert!(minted["exp"].as_u64() > minted["renew_at"].as_u64());
    assert!(
        minted["urls"]["hls"]
            .as_str()
            .expect("a URL")
            .contains(token)
    );
    let plain = api.run(&["token", "create", VIDEO]).good();
    assert!(
        plain.starts_with("eyJ") && plain.lines().count() == 1,
        "{plain}"
    );
}

#[test]
fn what_the_endpoint_does_not_take_is_refused_before_anything_is_sent() {
    let stub = Stub::new(Vec::new());
    let refused = |args: &[&str], slug: &str| {
        let create = ["token", "create"];
        feed(stub.command().args(create).args(args), "").refused(2, slug)
    };
    for format in ["number", "string"] {
        let why = refused(&["v", "--time-format", format], "option_not_remote");
        assert!(
            why.starts_with("--time-format is for signing locally: Cloudflare's endpoint decides"),
            "{why}"
        );
    }
    refused(&["v", "--reuse-window", "60"], "option_not_remote");
    refused(&["v", "--exp", "1790000000000"], "time_in_milliseconds");
    refused(&["v", "--expires-in", "2d"], "exp_too_far");
    refused(&["v", "--options", r#"{"expiry": 1}"#], "option_unknown");
    for identifier in ["a/b", "..", "a b", "%2e%2e", &"a".repeat(33), "é", ""] {
        refused(&[identifier], "identifier_invalid");
    }
    for account in [
        "a/b",
        "..",
        "a b",
        "%2e%2e",
        &"a".repeat(33),
        "é",
        "a\r\nX: y",
    ] {
        refused(&["v", "--account-id", account], "account_id_invalid");
    }
    refused(&["v", "--urls"], "customer_code_invalid");
}

#[test]
fn a_private_key_is_sent_when_told_so_and_never_else() {
    let folder = Folder::new();
    let pem = example("pem_base64");
    let stub = Stub::result(&json!({"token": example("token")}));
    let mut command = stub.command();
    command.args(["token", "create", "v", "--verbose"]);
    let key = folder.at("key");
    let sent = ["--send-private-key", &key, "--key-id", KEY_ID];
    let output = feed(command.args(sent), "");
    let text = format!("{}{}", output.stdout, output.stderr);
    assert!(
        output.code == Some(0) && !text.contains(&pem[20..60]),
        "{text}"
    );
    let asked = stub.asked().pop().expect("a request");
    let body: Json = serde_json::from_str(&asked.body).expect("JSON");
    assert_eq!(body, json!({"id": KEY_ID, "pem": pem}));

    let stub = Stub::result(&json!({"token": example("token")}));
    let mut command = stub.command();
    command
        .args(["token", "create", "v"])
        .env("CLOUDFLARE_STREAM_KEY", &pem)
        .env("CLOUDFLARE_STREAM_KEY_ID", KEY_ID);
    feed(&mut command, "").good();
    let asked = stub.asked().pop().expect("a request");
    assert_eq!(asked.body, "{}");
    assert!(asked.head.contains(TOKEN));
}

#[test]
fn options_in_json_send_no_private_key() {
    let folder = Folder::new();
    let whole = json!({"id": KEY_ID, "pem": example("pem_base64")}).to_string();
    for (options, field) in [
        (&*whole, "/id"),
        (r#"{"pem": "x", "id": null}"#, "/pem"),
        (r#"{"id": "x"}"#, "/id"),
        (r#"{"pem": 1}"#, "/pem"),
    ] {
        folder.write("options", options);
        let stub = Stub::new(Vec::new());
        let mut command = stub.command();
        let file = format!("@{}", folder.at("options"));
        command.args(["token", "create", "v", "--options", &file]);
        let sent = ["--send-private-key", &folder.at("key"), "--key-id", KEY_ID];
        for more in [&[][..], &sent] {
            let why = feed(command.args(more), "").refused(2, "usage_invalid");
            assert!(
                why.contains("--send-private-key FILE") && why.ends_with(&format!("({field})\n")),
                "{why}"
            );
        }
    }
    let (_, body) = ask(&["v", "--options", r#"{"id": null, "pem": null}"#]);
    assert_eq!(body, json!({}));
}
