//! Where the credential comes from, and that it is never shown.

use std::os::unix::ffi::OsStrExt as _;

use serde_json::json;

use super::{LIST, list};
use crate::common::{feed, run};
use crate::emulator::Api;
use crate::stub::{Stub, TOKEN};

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
