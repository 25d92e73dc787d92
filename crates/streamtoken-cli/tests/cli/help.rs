//! The help teaches: each of its examples runs as it stands.

use std::path::Path;
use std::process::{Command, Output};

use streamtoken::host::Spelling;
use streamtoken::{ErrorCode, ExplainContext, UrlOptions, Value};
use streamtoken_server::settings::Settings;

use crate::common::run;
use crate::emulator::Api;

const COMMANDS: &[&[&str]] = &[
    &[],
    &["sign"],
    &["verify"],
    &["inspect"],
    &["explain"],
    &["lint"],
    &["simulate"],
    &["urls"],
    &["key"],
    &["key", "generate"],
    &["key", "show"],
    &["key", "export"],
    &["key", "public"],
    &["api"],
    &["api", "token"],
    &["api", "token", "create"],
    &["api", "keys"],
    &["api", "keys", "create"],
    &["api", "keys", "list"],
    &["api", "keys", "delete"],
    &["api", "keys", "rotate"],
    &["serve"],
    &["admin"],
    &["admin", "account", "create"],
    &["admin", "account", "list"],
    &["admin", "token", "create"],
    &["admin", "token", "list"],
    &["admin", "token", "revoke"],
    &["admin", "master-key", "generate"],
    &["admin", "master-key", "rotate"],
    &["completions"],
];

/// The lines after `$ `, with those that continue them.
fn examples(help: &str) -> Vec<String> {
    let mut examples: Vec<String> = Vec::new();
    for line in help.lines() {
        if let Some(first) = line.strip_prefix("  $ ") {
            examples.push(first.to_owned());
        } else if let (true, Some(last)) = (line.starts_with("      "), examples.last_mut()) {
            last.push('\n');
            last.push_str(line);
        }
    }
    examples
}

fn shell(script: &str, folder: &Path, variables: &[(&str, &str)]) -> Output {
    let bin = Path::new(env!("CARGO_BIN_EXE_streamtoken"))
        .parent()
        .expect("a folder");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").expect("PATH"));
    Command::new("bash")
        .args(["-euo", "pipefail", "-c", script])
        .current_dir(folder)
        .env("PATH", path)
        // Nobody elsewhere is asked: what would be finds a proxy that does not answer.
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .env("https_proxy", "http://127.0.0.1:9")
        .envs(variables.iter().copied())
        .output()
        .expect("bash")
}

/// The names that every surface has, as flags: another word for nothing, and nothing missing.
#[test]
fn every_option_of_the_core_has_its_flag() {
    let surface = streamtoken::host::surface();
    for (command, options) in [
        (&["sign"][..], "sign_options"),
        (&["api", "token", "create"], "token_params"),
        (&["api", "token", "create"], "client_options"),
        (&["api", "keys", "list"], "call_options"),
        (&["verify"], "verify_options"),
    ] {
        let help = run(&[command, &["--help"]].concat()).good();
        let names = surface.get(options).and_then(Value::as_array);
        for name in names.expect("a list").iter().filter_map(Value::as_str) {
            let flag = match name {
                // One at a time.
                "flags" => "--flag".to_owned(),
                // A secret is named by its file.
                "api_token" => "--api-token-file".to_owned(),
                "pem" => "--send-private-key".to_owned(),
                "id" => "--key-id".to_owned(),
                // The previous scheme is for the environment.
                "api_key" | "api_email" => continue,
                name => format!("--{}", Spelling::Snake.spell(name).replace('_', "-")),
            };
            let has_flag = help
                .lines()
                .filter_map(|line| line.trim_start().split([' ', ',']).next())
                .any(|word| word == flag);
            assert!(has_flag, "{command:?} has no {flag}");
        }
    }
    let help = run(&["explain", "--help"]).good();
    for name in ExplainContext::NAMES {
        assert!(help.contains(&format!("--{name} ")) || help.contains(&format!("--{name}\n")));
    }
    let rows = run(&["urls", "--help"]).good();
    for (row, _) in UrlOptions::NAMES_BY_ROW {
        assert!(
            rows.contains(row),
            "urls --help does not name the row {row}"
        );
    }
}

/// What a setting must be, in the words of the service: ranges, or the words that it takes.
fn wanted(name: &'static str) -> Option<String> {
    let refused = Settings::read(None, [], [(name, "?".to_owned())]).err()?;
    let (_, wanted) = refused.message().split_once(" must be ")?;
    Some(wanted.to_owned())
}

#[test]
fn the_help_of_serve_has_the_ranges_defaults_and_words_of_the_settings() {
    let help = run(&["serve", "--help"]).good();
    let words: Vec<_> = help.split_whitespace().collect();
    let help = words.join(" ");
    for (name, default) in Settings::new().shown() {
        let flag = format!("--{}", name.replace('_', "-"));
        let (_, entry) = help.split_once(&format!(" {flag} ")).expect("the flag");
        let entry = entry.split(" --").next().unwrap_or_default();
        if default == "false" {
            continue;
        }
        if !default.is_empty() {
            let told = [']', ';'].map(|end| format!("[default: {default}{end}"));
            assert!(
                told.iter().any(|told| entry.contains(told)),
                "{flag} {entry}"
            );
        }
        let Some(wanted) = wanted(name).filter(|_| name != "listen") else {
            continue;
        };
        if let Some(range) = wanted.strip_prefix("a whole number, ") {
            let range = range.trim_end_matches(", in seconds");
            let told = [' ', ';'].map(|end| format!(" {range}{end}"));
            assert!(
                told.iter().any(|told| entry.contains(told)),
                "{flag} {entry}: {range}"
            );
            let is_in_seconds = range.len() < wanted.len() - "a whole number, ".len();
            assert_eq!(entry.starts_with("<SECONDS>"), is_in_seconds, "{flag}");
            continue;
        }
        for word in wanted.split(", ").flat_map(|words| words.split(" or ")) {
            assert!(entry.contains(word), "{flag} {entry}: {word}");
            // The flag takes it: what is refused is the address.
            let refused = run(&["serve", &format!("{flag}={word}"), "--listen=nowhere"]);
            let why = refused.refused(5, "config_invalid");
            assert!(why.starts_with("--listen "), "{why}");
        }
    }
}

#[test]
fn every_example_runs() {
    // What the examples of `api` find in the environment.
    let api = Api::new();
    for command in COMMANDS {
        let help = run(&[command, &["--help"][..]].concat()).good();
        let examples = examples(&help);
        assert!(!examples.is_empty(), "{command:?} teaches with examples");
        let folder = tempfile::tempdir().expect("a folder");
        let script = examples.join("\n");
        if !script.contains("key generate --out key.jwk") {
            let made = shell("streamtoken key generate --out key.jwk", folder.path(), &[]);
            assert!(made.status.success());
        }
        let output = shell(&script, folder.path(), &api.variables());
        assert!(
            output.status.success(),
            "{script}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn every_exit_code_is_told() {
    let help = run(&["--help"]).good();
    let (_, codes) = help.split_once("Exit codes: ").expect("exit codes");
    let told = codes.split(|char: char| !char.is_ascii_digit());
    let told: Vec<_> = told.filter_map(|code| code.parse::<u8>().ok()).collect();
    let errors = ErrorCode::ALL.iter().map(|code| code.exit_code());
    // Beside them: success, what a pipe's end costs, and the signals.
    for code in errors.chain([0, 141, 129, 130, 143]) {
        assert!(told.contains(&code), "{code}: {codes}");
    }
    assert!(
        codes.contains("a question whose\nanswer was not yes"),
        "{codes}"
    );
}

#[test]
fn help_fits_a_terminal() {
    for command in COMMANDS {
        let help = run(&[command, &["--help"][..]].concat()).good();
        let examples = help.split("Examples:").nth(1).expect("examples");
        let widest = examples
            .lines()
            .max_by_key(|line| line.len())
            .expect("lines");
        assert!(widest.len() <= 80, "{widest}");
    }
}

#[test]
fn what_all_commands_have_stands_last() {
    let help = run(&["sign", "-h"]).good();
    let position = |flag: &str| help.find(flag).expect("a flag");
    assert!(position("  --json") > position("  --batch"), "{help}");
    assert!(position("  --color") > position("  -q, --quiet"), "{help}");
}

#[test]
fn without_arguments_there_is_help() {
    assert!(run(&[]).good().contains("Usage: streamtoken"));
    assert!(run(&["key"]).good().contains("Usage: streamtoken key"));
    let version = format!("streamtoken {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(run(&["--version"]).good(), version);
    run(&["nonsense"]).refused(2, "usage_invalid");
}

#[test]
fn completions_parse_where_the_shell_is_at_hand() {
    let folder = tempfile::tempdir().expect("a folder");
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&["completions", shell]).good();
        assert!(script.contains("allow-country"), "{shell}");
        let path = folder.path().join(shell);
        std::fs::write(&path, script).expect("a writable folder");
        match Command::new(shell).arg("-n").arg(&path).status() {
            Ok(status) => assert!(status.success(), "{shell} reads it"),
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{shell}"),
        }
    }
    assert_eq!(
        run(&["completions", "fish", "--json"]).json()["shell"],
        "fish"
    );
}
