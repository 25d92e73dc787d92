//! `serve --dev` as test suites start it.

use std::process::Command;

use serde_json::{Value as Json, json};
use streamtoken::{KeySet, SigningKey, VerifyContext, verify};

use crate::common::{Folder, KEY_ID, VIDEO, example, feed, run, streamtoken};
use crate::emulator::{Emulator, curl, introduction};

fn mint(introduction: &Json, credential: &[&str]) -> Json {
    let url = format!(
        "{}/accounts/{}/stream/{VIDEO}/token",
        introduction["base_url"].as_str().expect("a URL"),
        introduction["account_id"].as_str().expect("an account")
    );
    curl(&[&["-X", "POST", &url], credential].concat())
}

fn bearer(introduction: &Json) -> String {
    format!(
        "Authorization: Bearer {}",
        introduction["api_token"].as_str().expect("a token")
    )
}

fn token(answer: &Json) -> &str {
    answer["result"]["token"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"))
}

#[test]
fn one_line_of_json_tells_a_program_everything() {
    let mut emulator = Emulator::start(&["--json"]);
    let told = introduction(&mut emulator);
    let answer = mint(&told, &["-H", &bearer(&told)]);
    let key = SigningKey::load(told["signing_key"].to_string(), None).expect("a key");
    let context = VerifyContext::new().identifier(VIDEO);
    let claims = verify(token(&answer), &KeySet::from(&key), &context).expect("a token");
    assert_eq!(claims.sub(), VIDEO);

    let text = |name: &str| told[name].as_str().expect("a text");
    let email = format!("X-Auth-Email: {}", text("api_email"));
    let api_key = format!("X-Auth-Key: {}", text("api_key"));
    let answer = mint(&told, &["-H", &email, "-H", &api_key]);
    let keys = KeySet::from_jwks(curl(&[text("jwks_url")]).to_string()).expect("a key set");
    assert!(verify(token(&answer), &keys, &context).is_ok());

    let members: Vec<_> = told.as_object().expect("an object").keys().collect();
    let expected = [
        "account_id",
        "api_email",
        "api_key",
        "api_token",
        "base_url",
        "dev_url",
        "jwks_url",
        "signing_key",
    ];
    assert_eq!(members, expected);
    let (status, rest) = emulator.end();
    assert_eq!((status.code(), &*rest), (Some(0), ""));
}

#[test]
fn what_was_asked_and_answered_is_logged_beside() {
    let logged = |args: &[&str]| {
        let mut emulator = Emulator::start(&[&["--json"], args].concat());
        let told = introduction(&mut emulator);
        token(&mint(&told, &["-H", &bearer(&told)]));
        let unknown = format!(
            "{}/acounts?query",
            told["base_url"].as_str().expect("a URL")
        );
        curl(&[&unknown]);
        let (status, rest, log) = emulator.end_with_log();
        assert_eq!((status.code(), &*rest), (Some(0), ""));
        assert!(
            !log.contains(told["api_token"].as_str().expect("a token")),
            "{log}"
        );
        (told, log)
    };
    let (told, log) = logged(&[]);
    let lines: Vec<Json> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    let account = told["account_id"].as_str().expect("an account");
    let path = format!("/client/v4/accounts/{account}/stream/{VIDEO}/token");
    let expected = [
        json!(["POST", path, 200, null]),
        json!(["GET", "/client/v4/acounts", 404, "route_unknown"]),
    ];
    let found = lines
        .iter()
        .map(|line| json!([line["method"], line["path"], line["status"], line["code"]]));
    assert_eq!(found.collect::<Vec<_>>(), expected);
    let (_, text) = logged(&["--log-format", "text"]);
    assert!(
        text.contains("path=\"/client/v4/acounts\" status=404"),
        "{text}"
    );
    assert_eq!(logged(&["--log-level", "off"]).1, "");
}

#[test]
fn the_curl_line_works_as_it_stands() {
    let mut emulator = Emulator::start(&["--color", "never"]);
    let line = (0..20)
        .map(|_| emulator.line())
        .find(|line| line.starts_with("curl "));
    let line = line.expect("a line of curl");
    let output = Command::new("bash")
        .args(["-c", &line])
        .output()
        .expect("bash");
    let answer: Json = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(token(&answer).starts_with("eyJ"));
}

#[test]
fn a_store_keeps_account_and_key_between_runs() {
    let folder = Folder::new();
    let args = ["--json", "--store", &folder.at("dev.db")];
    let mut first = Emulator::start(&[&args[..], &["--account", "mine"]].concat());
    let before = introduction(&mut first);
    assert_eq!(before["account_id"], "mine");
    assert_eq!(first.end().0.code(), Some(0));
    let mut second = Emulator::start(&args);
    let after = introduction(&mut second);
    assert_eq!(before["signing_key"], after["signing_key"]);
    assert_eq!(after["account_id"], "mine");
    assert_eq!(
        mint(&after, &["-H", &bearer(&before)])["errors"][0]["reason"],
        "credential_invalid"
    );
    token(&mint(&after, &["-H", &bearer(&after)]));
    drop(second);
    let other = [
        "serve",
        "--dev",
        "--listen",
        "127.0.0.1:0",
        "--store",
        &folder.at("dev.db"),
        "--key",
    ];
    let key = [folder.at("key"), "--key-id".to_owned(), KEY_ID.to_owned()];
    let key: Vec<_> = key.iter().map(String::as_str).collect();
    run(&[&other[..], &key].concat()).refused(5, "config_invalid");
}

#[test]
fn the_key_may_be_a_given_one_and_times_numbers() {
    let folder = Folder::new();
    let args = [
        "--json",
        "--time-format",
        "number",
        "--key-id",
        KEY_ID,
        "--key",
        &folder.at("key"),
    ];
    let mut emulator = Emulator::start(&args);
    let told = introduction(&mut emulator);
    assert_eq!(told["signing_key"]["id"], KEY_ID);
    let answer = mint(&told, &["-H", &bearer(&told)]);
    let token = token(&answer).to_owned();
    let jwks = folder.at("jwks");
    let verified = run(&[
        "verify",
        &token,
        "--keys",
        &jwks,
        "--identifier",
        VIDEO,
        "--json",
    ]);
    assert!(verified.json()["exp"].is_u64());
    let read = run(&["inspect", &token, "--json"]).json();
    assert!(read["payload"]["exp"].is_u64(), "{read}");
}

#[cfg(unix)]
#[test]
fn sigterm_ends_it() {
    let mut emulator = Emulator::start(&["--json"]);
    introduction(&mut emulator);
    let pid = emulator.id().to_string();
    assert!(
        Command::new("kill")
            .arg(&pid)
            .status()
            .expect("kill")
            .success()
    );
    // Its standard input is still open.
    assert_eq!(emulator.wait().code(), Some(0));
}

#[test]
fn what_an_emulator_cannot_do_is_refused() {
    let open = ["serve", "--dev", "--listen", "0.0.0.0:0"];
    run(&open).refused(5, "listen_open");
    run(&["serve"]).refused(5, "master_key_missing");
    run(&["serve", "--account", "a"]).refused(2, "usage_invalid");
    let twice = [
        "serve",
        "--dev",
        "--key",
        "-",
        "--key-id",
        KEY_ID,
        "--exit-on-stdin-close",
    ];
    feed(streamtoken().args(twice), example("pem_base64")).refused(2, "usage_invalid");
    run(&["serve", "--dev", "--account", "no account"]).refused(2, "account_id_invalid");
}
