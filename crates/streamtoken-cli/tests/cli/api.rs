//! `streamtoken api`: what all of it has, and what its tests share.

mod credentials;
mod errors;

use std::process::Command;

use serde_json::{Value as Json, json};
use streamtoken::client::ClientOptions;

use crate::common::{Run, VIDEO, feed, run, streamtoken};
use crate::emulator::Api;
use crate::stub::Stub;

const LIST: [&str; 2] = ["keys", "list"];

/// What the stub was asked by `keys list`, and how that ended.
fn list(change: impl FnOnce(&mut Command)) -> (String, Run) {
    let stub = Stub::result(&json!([]));
    let mut command = stub.command();
    change(command.args(LIST));
    let run = feed(&mut command, "");
    let asked = stub.asked().pop();
    (
        asked
            .map(|asked| asked.head.to_lowercase())
            .unwrap_or_default(),
        run,
    )
}

/// What a person sees at a terminal, who types `input`.
pub(crate) fn at_terminal(command: &mut Command, input: &str) -> Run {
    let words: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| format!("'{}'", word.to_str().expect("UTF-8")))
        .collect();
    let mut script = Command::new("script");
    script.args([
        "--quiet",
        "--return",
        "--command",
        &words.join(" "),
        "/dev/null",
    ]);
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => script.env(name, value),
            None => script.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        script.current_dir(folder);
    }
    feed(script.env("NO_COLOR", "1"), input)
}

#[test]
fn every_option_of_the_client_has_its_flag() {
    let help = run(&["api", "--help"]).good();
    for name in ClientOptions::NAMES {
        let flag = match *name {
            "api_token" => "--api-token-file".to_owned(),
            // The previous scheme, which the environment alone has.
            "api_key" | "api_email" => continue,
            name => format!("--{}", name.replace('_', "-")),
        };
        assert!(
            help.contains(&format!("{flag} ")) || help.contains(&format!("{flag}\n")),
            "{flag}"
        );
    }
    for variable in ["API_TOKEN", "API_KEY", "EMAIL", "ACCOUNT_ID", "BASE_URL"] {
        assert!(
            help.contains(&format!("CLOUDFLARE_{variable}")),
            "{variable}"
        );
    }
}

#[test]
fn the_help_says_what_the_exit_codes_are() {
    let help = run(&["api", "--help"]).good();
    let words: Vec<_> = help.split_whitespace().collect();
    let help = words.join(" ");
    for text in [
        "those that make a key are not, once they may have arrived",
        "2 input, also a question that was not answered with yes",
        "a credential, base URL or proxy that is none",
        "130 Ctrl-C",
    ] {
        assert!(help.contains(text), "{text}: {help}");
    }
    let mut command = streamtoken();
    command
        .args(["api", "keys", "list", "--base-url", "https://192.0.2.1"])
        .env("CLOUDFLARE_API_TOKEN", "t")
        .env("CLOUDFLARE_ACCOUNT_ID", "a")
        .env("HTTPS_PROXY", "socks5://192.0.2.1:1");
    feed(&mut command, "").refused(4, "proxy_invalid");
}

#[test]
fn secrets_are_in_no_output() {
    let api = Api::new();
    let mut seen = String::new();
    let mut look = |run: Run| {
        seen.push_str(&run.stdout);
        seen.push_str(&run.stderr);
    };
    for form in [&[][..], &["--json"], &["-v"], &["--json", "-v"]] {
        let run = |args: &[&str]| api.run(&[args, form].concat());
        look(run(&["keys", "create"]));
        look(run(&["keys", "list"]));
        look(run(&["keys", "delete", &api.keys()[0], "--yes"]));
        look(run(&["keys", "delete", "none", "--yes"]));
        look(run(&["keys", "rotate", "--dry-run"]));
        look(run(&["keys", "rotate"]));
        look(run(&["token", "create", VIDEO, "--timeout", "x"]));
        // Its output is a token; what it says of the request has none.
        let mut minted = run(&["token", "create", VIDEO]);
        assert!(std::mem::take(&mut minted.stdout).contains("eyJ"));
        look(minted);
        look(run(&["keys", "list", "--account-id", "other"]));
        api.fail(&[json!({"status": 500, "times": 9})]);
        look(run(&["keys", "create", "--max-retries", "0"]));
        api.fail(&[]);
    }
    let secret = api.told("api_token");
    assert!(seen.contains("key id: ") && seen.contains(r#""attempt":1"#));
    for part in [secret, &secret[8..], "eyJ", "LS0tLS1", "MII", "pem", "jwk"] {
        assert!(!seen.contains(part), "{part} is in {seen}");
    }
    for file in api.files() {
        let text = std::fs::read_to_string(api.at(&file)).expect("a key");
        let key: Json = serde_json::from_str(&text).expect("JSON");
        let pem = key["pem"].as_str().expect("a key");
        assert!(!seen.contains(&pem[100..140]));
    }
}

#[test]
fn a_version_without_credentials_still_helps() {
    for args in [
        &["api"][..],
        &["api", "keys"],
        &["api", "token"],
        &["api", "keys", "rotate", "--help"],
    ] {
        assert!(
            feed(streamtoken().args(args), "")
                .good()
                .contains("Usage: streamtoken api")
        );
    }
}
