//! What is logged, and what never is. The log belongs to the process, so it is a process of its own.

use std::process::Command;

use crate::support::{ACCOUNT, PANICS, Server, VIDEO, example_key, keys_path, token_path};
use serde_json::{Value as Json, json};
use streamtoken_server::log::{self, LogFormat};
use tracing::Level;

const CHILD: &str = "STREAMTOKEN_TEST_LOG";

/// Runs over all routes with everything logged to standard error, and prints what must not be in there.
#[test]
fn child() {
    let format = match std::env::var(CHILD).as_deref() {
        Ok("json") => LogFormat::Json,
        Ok("text") => LogFormat::Text,
        _ => return,
    };
    // The panic's own text belongs to the hook of whoever runs the service.
    std::panic::set_hook(Box::new(|_| {}));
    let _log = log::start(format, Some(Level::TRACE), std::io::stderr());
    let folder = tempfile::tempdir().unwrap();
    let server = Server::on_file(&folder.path().join("store.db"));
    let mut secrets = vec![server.token.clone()];
    let mut shown = |body: &Json| {
        for pointer in ["/result/token", "/result/pem", "/result/jwk"] {
            secrets.extend(
                body.pointer(pointer)
                    .and_then(Json::as_str)
                    .map(str::to_owned),
            );
        }
    };
    let (_, minted) = server.call("POST", &token_path(VIDEO), "{}");
    shown(&minted);
    let fingerprint = log::fingerprint(minted["result"]["token"].as_str().unwrap());
    println!("fingerprint {fingerprint}");
    let key = example_key();
    let body = json!({"id": key.id(), "pem": *key.to_pem_base64()}).to_string();
    shown(
        &server
            .call(
                "POST",
                &format!("{}?query-secret", token_path(VIDEO)),
                &body,
            )
            .1,
    );
    server.call(
        "POST",
        &token_path(VIDEO),
        r#"{"exp": "body-secret", "body-secret": 1}"#,
    );
    server.call(
        "POST",
        &token_path(VIDEO),
        r#"{"id": "k", "pem": "body-secret"}"#,
    );
    server.call("POST", &token_path("path-secret!"), "{}");
    let (_, made) = server.call("POST", &keys_path(), "{}");
    shown(&made);
    server.call("GET", &keys_path(), "");
    let id = made["result"]["id"].as_str().unwrap();
    server.call("DELETE", &format!("{}/{id}", keys_path()), "");
    server.call("DELETE", &format!("{}/path-secret", keys_path()), "");
    server.call("GET", "/client/v4/user/tokens/verify", "");
    server.call(
        "GET",
        &format!("/client/v4/accounts/{ACCOUNT}/stream/jwks.json"),
        "",
    );
    server.call(
        "GET",
        &format!("/{}/path-secret?query-secret", server.token),
        "",
    );
    server.call("method-secret", "/healthz", "");
    server.call("GET", "/readyz?query-secret", "");
    server.send(
        "GET",
        &keys_path(),
        "authorization: Bearer header-secret\r\n",
        "",
    );
    server.send(
        "GET",
        &keys_path(),
        "x-auth-email: a@header-secret\r\nx-auth-key: header-secret\r\n",
        "",
    );
    server.send("GET", "/healthz", "x-request-id: header-secret\r\n", "");
    server.call("GET", PANICS, "");
    server.raw(b"nonsense header-secret\r\n\r\n");
    secrets.push(key.to_pem_base64().to_string());
    secrets
        .extend(["query", "body", "path", "method", "header"].map(|part| format!("{part}-secret")));
    secrets.push("the text of a panic".to_owned());
    for secret in secrets {
        println!("secret {secret}");
    }
}

/// The log, the secrets, and the fingerprint of the first token.
fn run(format: &str) -> (String, Vec<String>, String) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "log::child", "--nocapture"])
        .env(CHILD, format)
        .output()
        .unwrap();
    assert!(output.status.success());
    let log = String::from_utf8(output.stderr).unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    let told = |word: &str| {
        out.lines()
            .filter_map(|line| line.split_once(word).map(|(_, rest)| rest.to_owned()))
            .collect::<Vec<_>>()
    };
    (log, told("secret "), told("fingerprint ").remove(0))
}

#[test]
fn no_secret_is_ever_logged() {
    for format in ["json", "text"] {
        let (log, secrets, _) = run(format);
        assert!(secrets.len() >= 11 && log.lines().count() >= 20, "{log}");
        for secret in &secrets {
            assert!(!log.contains(secret.as_str()), "{secret}: {log}");
            // Nor a part of one that would do.
            let part: String = secret.chars().skip(secret.len() / 2).take(24).collect();
            assert!(secret.len() < 40 || !log.contains(&part), "{part}: {log}");
        }
    }
}

#[test]
fn each_request_is_a_line() {
    let (log, _, fingerprint) = run("json");
    let lines: Vec<Json> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .filter(|line: &Json| line["message"] == "request")
        .collect();
    let first = &lines[0];
    assert_eq!(first["token"], *fingerprint, "{first}");
    assert_eq!(fingerprint.len(), 12);
    assert_eq!(first["method"], "POST");
    let route = "/client/v4/accounts/{account_id}/stream/{identifier}/token";
    assert_eq!(first["route"], route);
    assert_eq!(
        (&first["status"], &first["level"]),
        (&json!(200), &json!("INFO"))
    );
    assert_eq!(
        (&first["account"], &first["identifier"]),
        (&json!(ACCOUNT), &json!(VIDEO))
    );
    assert!(
        first["credential"]
            .as_str()
            .is_some_and(|id| id.len() == 12)
    );
    assert!(first["request"].as_str().is_some_and(|id| id.len() == 32));
    assert!(first["milliseconds"].is_u64() && first["code"].is_null());
    let with = |code: &str| lines.iter().find(|line| line["code"] == code).unwrap();
    assert_eq!(with("time_type")["status"], 400);
    assert_eq!(with("route_unknown")["route"], Json::Null);
    assert_eq!(with("request_malformed")["status"], 400);
    let fault = with("internal");
    assert_eq!(
        (&fault["level"], &fault["status"]),
        (&json!("ERROR"), &json!(500))
    );
    assert_eq!(fault["detail"], "a route panicked");
}
