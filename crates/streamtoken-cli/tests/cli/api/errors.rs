//! What is told of refusals, of the API's errors and of attempts.

use serde_json::{Value as Json, json};
use streamtoken::client::ClientOptions;

use super::{LIST, at_terminal, list};
use crate::common::feed;
use crate::stub::{Stub, TOKEN, success};

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
fn an_address_without_its_key_is_refused_in_the_words_of_the_command_line() {
    let (head, run) = list(|command| {
        command
            .env_remove("CLOUDFLARE_API_TOKEN")
            .env("CLOUDFLARE_EMAIL", "me@example.com");
    });
    assert!(head.is_empty(), "{head}");
    assert_eq!(
        run.refused(4, "api_credential_missing"),
        "the API key of the e-mail address is missing; set CLOUDFLARE_API_KEY, or better use an API token \
         (CLOUDFLARE_API_TOKEN or --api-token-file FILE) (/api_key)\n"
    );
}

#[test]
fn what_the_api_says_of_an_option_keeps_its_words_and_facts() {
    for (pointer, said) in [
        ("/time_format", "time_format is odd"),
        ("/account_id", "there is no account id"),
    ] {
        let body = json!({
            "success": false,
            "errors": [{"code": 10005, "message": said, "source": {"pointer": pointer}}],
        });
        let stub = Stub::new(vec![("400 Bad Request", body.to_string())]);
        let mut command = stub.command();
        command.args(["token", "create", "v", "--json"]);
        let run = feed(&mut command, "");
        assert_eq!(run.code, Some(4));
        let told = run.json();
        let error = &told["error"];
        let message = format!("the API answered 400: {said} (code 10005)");
        assert_eq!(error["message"], message);
        assert_eq!(error["field"], pointer);
        assert_eq!(error["api"]["status"], 400);
        assert_eq!(error["api"]["errors"][0]["code"], 10005);
    }
}
