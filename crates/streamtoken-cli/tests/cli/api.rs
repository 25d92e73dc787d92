//! What all of `streamtoken api` has: credentials, limits, errors, and what is told of attempts.

use std::os::unix::ffi::OsStrExt as _;
use std::process::Command;

use serde_json::{Value as Json, json};
use streamtoken::client::ClientOptions;

use crate::common::{Run, VIDEO, feed, run, streamtoken};
use crate::emulator::Api;
use crate::stub::{Stub, TOKEN, success};

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
fn the_credential_comes_from_the_environment_a_file_or_standard_input() {
    let (head, run) = list(|_| {});
    run.good();
    assert!(
        head.starts_with("get /accounts/account/stream/keys http/1.1"),
        "{head}"
    );
    assert!(
        head.contains(&format!("authorization: bearer {TOKEN}\r\n")),
        "{head}"
    );

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    for text in ["from-a-file", "from-a-file\n", " from-a-file \r\n\n"] {
        std::fs::write(&file, text).expect("a file");
        let (head, run) = list(|command| {
            command.arg("--api-token-file").arg(&file);
        });
        run.good();
        assert!(
            head.contains("authorization: bearer from-a-file\r\n"),
            "{head}"
        );
    }

    let stub = Stub::result(&json!([]));
    let mut command = stub.command();
    command.args(LIST).args(["--api-token-file", "-"]);
    feed(command.env_remove("CLOUDFLARE_API_TOKEN"), "from-a-pipe\n").good();
    let head = &stub.asked()[0].head;
    assert!(head.contains("Bearer from-a-pipe\r\n"), "{head}");

    let (head, run) = list(|command| {
        command
            .env("CLOUDFLARE_API_TOKEN", " \n")
            .env("CLOUDFLARE_EMAIL", "me@example.com")
            .env("CLOUDFLARE_API_KEY", "old-key\n");
    });
    run.good();
    assert!(head.contains("x-auth-email: me@example.com\r\n"), "{head}");
    assert!(
        head.contains("x-auth-key: old-key\r\n") && !head.contains("authorization"),
        "{head}"
    );
}

#[test]
fn variables_may_end_in_a_line_end() {
    let (head, run) = list(|command| {
        let variables: Vec<_> = command
            .get_envs()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
            .collect();
        for (name, mut value) in variables {
            value.push("\r\n");
            command.env(name, value);
        }
    });
    run.good();
    assert!(
        head.starts_with("get /accounts/account/stream/keys "),
        "{head}"
    );
}

#[test]
fn the_emulator_takes_both_schemes() {
    let api = Api::new();
    api.run(&LIST).good();
    let mut command = api.command();
    command
        .args(LIST)
        .env_remove("CLOUDFLARE_API_TOKEN")
        .env("CLOUDFLARE_EMAIL", api.told("api_email"))
        .env("CLOUDFLARE_API_KEY", api.told("api_key"));
    feed(&mut command, "").good();
    command.env("CLOUDFLARE_API_KEY", "another");
    feed(&mut command, "").refused(4, "api_unauthorized");
}

#[test]
fn a_credential_that_is_missing_or_none_is_named_and_not_shown() {
    let (_, run) = list(|command| {
        command.env("CLOUDFLARE_API_TOKEN", " ");
    });
    let why = run.refused(4, "api_credential_missing");
    assert!(
        why.contains("--api-token-file") && why.contains("CLOUDFLARE_API_TOKEN"),
        "{why}"
    );
    let (_, run) = list(|command| {
        command.env("CLOUDFLARE_ACCOUNT_ID", "\n");
    });
    let why = run.refused(4, "api_account_missing");
    assert!(why.contains("CLOUDFLARE_ACCOUNT_ID"), "{why}");

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    let long = "s3cret".repeat(2000);
    for text in [
        "",
        "\n",
        "s3cret\r\nX-Evil: 1",
        "s3cret s3cret",
        "s3cret\0",
        "s3crét",
        &long,
    ] {
        std::fs::write(&file, text).expect("a file");
        let (head, run) = list(|command| {
            command.arg("--api-token-file").arg(&file);
        });
        let why = run.refused(4, "api_credential_invalid");
        assert!(head.is_empty() && !why.contains("s3cr"), "{why}");
    }
    for bytes in [&b"s3cret\nX-Evil: 1"[..], b"s3cret\xff"] {
        for name in ["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_KEY"] {
            let (head, run) = list(|command| {
                command
                    .env_remove("CLOUDFLARE_API_TOKEN")
                    .env("CLOUDFLARE_EMAIL", "me@example.com")
                    .env(name, std::ffi::OsStr::from_bytes(bytes));
            });
            let why = run.refused(4, "api_credential_invalid");
            assert!(head.is_empty() && !why.contains("s3cret"), "{why}");
        }
    }
}

/// Variables that lead to a refusal, and what it says.
type Refusal = (
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
);

#[test]
fn refusals_name_flags_and_variables_that_there_are() {
    let refusals: [Refusal; 9] = [
        (
            &[("API_TOKEN", "")],
            &["CLOUDFLARE_API_TOKEN", "--api-token-file"],
        ),
        (
            &[("API_TOKEN", ""), ("API_KEY", "k")],
            &["CLOUDFLARE_EMAIL", "--api-token-file"],
        ),
        (
            &[("API_TOKEN", ""), ("API_KEY", "a b"), ("EMAIL", "e")],
            &["CLOUDFLARE_API_KEY has"],
        ),
        (
            &[("API_TOKEN", ""), ("API_KEY", "k"), ("EMAIL", "a b")],
            &["CLOUDFLARE_EMAIL has"],
        ),
        (&[("API_TOKEN", "a b")], &["the API token has"]),
        (&[("API_TOKEN", "Bearer a")], &["the API token begins"]),
        (
            &[("ACCOUNT_ID", "")],
            &["CLOUDFLARE_ACCOUNT_ID", "--account-id ID"],
        ),
        (&[("BASE_URL", "http://192.0.2.1")], &["--allow-http"]),
        (&[("BASE_URL", "ftp://192.0.2.1")], &["the base URL must"]),
    ];
    for (variables, expected) in refusals {
        for args in [&["keys", "create"][..], &LIST, &["token", "create", "v"]] {
            let stub = Stub::new(Vec::new());
            let folder = tempfile::tempdir().expect("a folder");
            let mut command = stub.command();
            command.args(args).current_dir(folder.path());
            for (name, value) in variables {
                command.env(format!("CLOUDFLARE_{name}"), value);
            }
            let run = feed(&mut command, "");
            let (why, _field) = run.stderr.rsplit_once(" (/").expect("a field");
            let (_slug, why) = why.split_once(": ").expect("a slug");
            assert_eq!(run.code, Some(4), "{why}");
            assert!(expected.iter().all(|text| why.contains(text)), "{why}");
            for option in ClientOptions::NAMES
                .iter()
                .filter(|name| name.contains('_'))
            {
                assert!(!why.contains(option), "{option}: {why}");
            }
        }
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
fn a_credential_on_the_command_line_is_refused_and_not_repeated() {
    for args in [
        &["api", "keys", "list", "--api-token", "s3cret"][..],
        &["api", "keys", "list", "--api-token=s3cret"],
        &["api", "--api-key", "s3cret", "keys", "list"],
        &["api", "token", "create", "v", "--api-key=s3cret"],
    ] {
        let why = run(args).refused(2, "usage_invalid");
        assert!(
            why.contains("every user of this machine") && !why.contains("s3cret"),
            "{why}"
        );
    }
    let (_, run) = list(|command| {
        command.args(["--api-token-file", "s3cret"]);
    });
    let why = run.refused(2, "file_unreadable");
    assert!(!why.contains("s3cret"), "{why}");
}

#[test]
fn limits_and_places_are_checked_by_the_core() {
    for (flag, text, slug) in [
        ("timeout", "0", "option_value"),
        ("timeout", "-1", "option_value"),
        ("timeout", "3601", "option_value"),
        ("connect-timeout", "1e3", "option_type"),
        ("connect-timeout", "30s", "option_type"),
        ("deadline", "nan", "option_type"),
        ("deadline", "0.0001", "option_value"),
        ("max-retries", "11", "option_value"),
        ("max-retries", "1.5", "option_value"),
        ("max-retries", "-1", "option_value"),
    ] {
        let (head, run) = list(|command| {
            command.args([&format!("--{flag}"), text]);
        });
        let why = run.refused(2, slug);
        let field = format!("(/{})", flag.replace('-', "_"));
        assert!(
            head.is_empty() && why.trim_end().ends_with(&field),
            "{flag} {text}: {why}"
        );
    }
    for (url, slug) in [
        ("http://192.0.2.1/", "base_url_insecure"),
        ("https://user:pw@127.0.0.1/", "base_url_invalid"),
        ("https://127.0.0.1/?a=b", "base_url_invalid"),
        ("https://127.0.0.1/#a", "base_url_invalid"),
        ("ftp://127.0.0.1/", "base_url_invalid"),
        ("https://127.0.0.1/a b", "base_url_invalid"),
    ] {
        for by_flag in [true, false] {
            let (_, run) = list(|command| {
                if by_flag {
                    command.args(["--base-url", url]);
                } else {
                    command.env("CLOUDFLARE_BASE_URL", url);
                }
            });
            let why = run.refused(4, slug);
            assert!(!why.contains("pw"), "{why}");
        }
    }
}

#[test]
fn an_error_of_the_api_is_told_with_all_that_helps() {
    let body = json!({
        "success": false,
        "errors": [
            {"code": 10000, "message": format!("no {TOKEN}\u{1b}[31m"), "documentation_url": "https://developers.cloudflare.com/x"},
            {"code": 1001, "message": "and\nerror[fake]: more"},
        ],
        "messages": [{"code": 1002, "message": "by the way"}],
        "result": null,
    });
    let stub = || {
        Stub::new(vec![(
            "403 Forbidden\r\ncf-ray: 8f00-LHR",
            body.to_string(),
        )])
    };
    let why = feed(stub().command().args(LIST), "").refused(4, "api_forbidden");
    let expected = "the API answered 403: no [redacted] [31m (code 10000)\n  \
                    status 403, cf-ray 8f00-LHR, 1 attempt\n  \
                    and error[fake]: more (code 1001)\n  \
                    by the way (code 1002)\n  \
                    see https://developers.cloudflare.com/x\n";
    assert_eq!(why, expected);
    let run = feed(stub().command().args(LIST).arg("--json"), "");
    let error = &run.json()["error"];
    assert_eq!((run.code, &*run.stderr), (Some(4), ""));
    assert_eq!(error["code"], "api_forbidden");
    assert_eq!(error["api"]["status"], 403);
    assert_eq!(error["api"]["cf_ray"], "8f00-LHR");
    assert_eq!(error["api"]["attempts"], 1);
    assert_eq!(error["api"]["errors"][1]["code"], 1001);
    assert!(!run.stdout.contains(TOKEN), "{}", run.stdout);
}

#[test]
fn attempts_are_told_when_asked_for() {
    let answers = || {
        Stub::new(vec![
            ("503 Service Unavailable\r\nretry-after: 0", String::new()),
            ("200 OK", success(&json!([]))),
        ])
    };
    let path = "GET /accounts/account/stream/keys";
    let told = feed(answers().command().args(LIST).arg("-v"), "");
    let lines: Vec<_> = told.stderr.lines().collect();
    assert_eq!(told.code, Some(0));
    assert!(
        lines[0].starts_with(&format!(
            "{path} attempt 1: 503: api_server_error, again in "
        )),
        "{lines:?}"
    );
    assert_eq!(lines[1..], [format!("{path} attempt 2: 200")]);
    let told = feed(
        answers().command().args(LIST).args(["--verbose", "--json"]),
        "",
    );
    let lines: Vec<Json> = told
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(
        (lines[0]["status"].as_u64(), lines[1]["attempt"].as_u64()),
        (Some(503), Some(2))
    );
    let silent = feed(answers().command().args(LIST), "");
    silent.good();
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
fn a_person_at_a_terminal_is_told_why_it_takes_long() {
    let stub = Stub::new(vec![
        ("503 Service Unavailable\r\nretry-after: 0", String::new()),
        ("200 OK", success(&json!([]))),
    ]);
    let seen = at_terminal(stub.command().args(LIST), "");
    assert_eq!(seen.code, Some(0));
    assert!(
        seen.stdout
            .contains("attempt 1: 503: api_server_error, again in "),
        "{}",
        seen.stdout
    );
    assert!(!seen.stdout.contains("attempt 2"), "{}", seen.stdout);
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
