//! Raw HTTP, much of it malformed: what is answered, and that the next request is served.

mod lengths;

use crate::support::{PANICS, Server, VIDEO, token_path};
use serde_json::Value as Json;
use streamtoken_server::Minting;

/// Status and our code of each answer on a connection.
pub(crate) fn answers(text: &str) -> Vec<(u16, String)> {
    let mut rest = text;
    let mut found = Vec::new();
    while let Some((head, after)) = rest.split_once("\r\n\r\n") {
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        if status == 100 {
            found.push((100, String::new()));
        } else {
            assert!(head.contains("\r\nx-request-id: "), "{head}");
            let body: Json = serde_json::from_str(&after[..length]).unwrap_or(Json::Null);
            let reason = body["errors"][0]["reason"].as_str().unwrap_or_default();
            assert!(status < 400 || body["success"] == false, "{text}");
            found.push((status, reason.to_owned()));
        }
        rest = &after[length..];
    }
    assert_eq!(rest, "", "{text}");
    found
}

fn check(server: &Server, name: &str, request: &[u8], expected: &[(u16, &str)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|(status, reason)| (*status, (*reason).to_owned()))
        .collect();
    let answer = server.raw(request);
    assert_eq!(answers(&answer), expected, "{name}: {answer}");
    let (status, next) = server.call("POST", &token_path(VIDEO), "{}");
    assert_eq!(status, 200, "after {name}: {next}");
}

/// A request to mint with these header lines and this body.
fn mint(server: &Server, version: &str, lines: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {} {version}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n{lines}\r\n{body}",
        token_path(VIDEO),
        server.token
    )
    .into_bytes()
}

const MALFORMED: (u16, &str) = (400, "request_malformed");

const TOO_LARGE: (u16, &str) = (431, "headers_too_large");

const UNKNOWN: (u16, &str) = (404, "route_unknown");

#[test]
fn what_cannot_be_read_is_refused_in_the_envelope() {
    let server = Server::start(Minting::default());
    let headers = |count: usize| "x: y\r\n".repeat(count);
    let rows: Vec<(&str, Vec<u8>, (u16, &str))> = vec![
        ("no request line", b"nonsense\r\n\r\n".into(), MALFORMED),
        (
            "binary",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".into(),
            MALFORMED,
        ),
        ("two words", b"GET /\r\n\r\n".into(), MALFORMED),
        (
            "four words",
            b"GET / x HTTP/1.1\r\nhost: a\r\n\r\n".into(),
            MALFORMED,
        ),
        (
            "another version",
            b"GET / HTTP/1.2\r\nhost: a\r\n\r\n".into(),
            MALFORMED,
        ),
        (
            "HTTP/2",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".into(),
            MALFORMED,
        ),
        (
            "a method of other characters",
            b"G{T / HTTP/1.1\r\nhost: a\r\n\r\n".into(),
            MALFORMED,
        ),
        (
            "no host",
            b"GET /healthz HTTP/1.1\r\n\r\n".into(),
            MALFORMED,
        ),
        (
            "two hosts",
            b"GET /healthz HTTP/1.1\r\nhost: a\r\nhost: a\r\n\r\n".into(),
            MALFORMED,
        ),
        (
            "an empty host",
            b"GET /healthz HTTP/1.1\r\nhost:\r\n\r\n".into(),
            MALFORMED,
        ),
        (
            "a host with a path",
            b"GET /healthz HTTP/1.1\r\nhost: a/b\r\n\r\n".into(),
            MALFORMED,
        ),
        (
            "a host with a user",
            b"GET /healthz HTTP/1.1\r\nhost: u@a\r\n\r\n".into(),
            MALFORMED,
        ),
        (
            "a host with a blank",
            b"GET /healthz HTTP/1.1\r\nhost: a b\r\n\r\n".into(),
            MALFORMED,
        ),
        (
            "a host that is no text",
            b"GET /healthz HTTP/1.1\r\nhost: \xff\r\n\r\n".into(),
            MALFORMED,
        ),
        (
            "a blank before the colon",
            b"GET / HTTP/1.1\r\nhost : a\r\n\r\n".into(),
            MALFORMED,
        ),
        (
            "a header without a colon",
            b"GET / HTTP/1.1\r\nhost: a\r\nnonsense\r\n\r\n".into(),
            MALFORMED,
        ),
        (
            "a header without a name",
            b"GET / HTTP/1.1\r\nhost: a\r\n: x\r\n\r\n".into(),
            MALFORMED,
        ),
        (
            "a NUL in a header",
            b"GET / HTTP/1.1\r\nhost: a\r\nx: a\0b\r\n\r\n".into(),
            MALFORMED,
        ),
        (
            "a NUL in the target",
            b"GET /a\0b HTTP/1.1\r\nhost: a\r\n\r\n".into(),
            MALFORMED,
        ),
        (
            "a folded header",
            b"GET / HTTP/1.1\r\nhost: a\r\nx: a\r\n b\r\n\r\n".into(),
            MALFORMED,
        ),
        (
            "a lone CR",
            b"GET / HTTP/1.1\r\nhost: a\r\nx: a\rb\r\n\r\n".into(),
            MALFORMED,
        ),
        (
            "a huge header",
            format!(
                "GET / HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n",
                "y".repeat(17_000)
            )
            .into(),
            TOO_LARGE,
        ),
        (
            "a huge target",
            format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "y".repeat(17_000)).into(),
            TOO_LARGE,
        ),
        (
            "a target above what a URI is",
            format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "y".repeat(70_000)).into(),
            TOO_LARGE,
        ),
        (
            "a megabyte of header",
            format!("GET / HTTP/1.1\r\nhost: a\r\nx: {}", "y".repeat(1 << 20)).into(),
            TOO_LARGE,
        ),
        (
            "101 headers",
            format!("GET /healthz HTTP/1.1\r\nhost: a\r\n{}\r\n", headers(100)).into(),
            TOO_LARGE,
        ),
        (
            "100 headers",
            format!(
                "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{}\r\n",
                headers(98)
            )
            .into(),
            (200, ""),
        ),
        (
            "CONNECT",
            b"CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\nconnection: close\r\n\r\n".into(),
            MALFORMED,
        ),
        (
            "TRACE",
            b"TRACE /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".into(),
            (405, "method_not_allowed"),
        ),
        (
            "an unknown method",
            b"BREW /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".into(),
            (405, "method_not_allowed"),
        ),
        (
            "OPTIONS *",
            b"OPTIONS * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".into(),
            UNKNOWN,
        ),
        (
            "an absolute target",
            b"GET http://a/healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".into(),
            (200, ""),
        ),
        (
            "HTTP/1.0",
            b"GET /healthz HTTP/1.0\r\n\r\n".into(),
            (200, ""),
        ),
        (
            "a relative target",
            b"GET healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".into(),
            MALFORMED,
        ),
    ];
    for (name, request, expected) in rows {
        check(&server, name, &request, &[expected]);
    }
}

#[test]
fn expectations_are_met_after_authentication_alone() {
    let server = Server::start(Minting::default());
    let lines = "host: a\r\nconnection: close\r\ncontent-length: 2\r\nexpect: 100-continue\r\n";
    let request = mint(&server, "HTTP/1.1", lines, "{}");
    check(&server, "expected", &request, &[(100, ""), (200, "")]);
    let other = mint(
        &server,
        "HTTP/1.1",
        &lines.replace("100-continue", "cake"),
        "{}",
    );
    check(&server, "cake", &other, &[(417, "request_malformed")]);
    let anonymous = format!("POST {} HTTP/1.1\r\n{lines}\r\n", token_path(VIDEO));
    check(
        &server,
        "anonymous",
        anonymous.as_bytes(),
        &[(401, "credential_missing")],
    );
    let large = lines.replace("content-length: 2", "content-length: 70000");
    let large = mint(&server, "HTTP/1.1", &large, "");
    check(&server, "large", &large, &[(413, "body_too_large")]);
}

#[test]
fn requests_in_a_row_are_answered_in_order() {
    let server = Server::start(Minting::default());
    let good = String::from_utf8(mint(
        &server,
        "HTTP/1.1",
        "host: a\r\ncontent-length: 2\r\n",
        "{}",
    ))
    .unwrap();
    let unknown = "GET /x HTTP/1.1\r\nhost: a\r\n\r\n";
    let three = format!("{good}{unknown}{good}nonsense\r\n\r\n{good}");
    let expected = [(200, ""), UNKNOWN, (200, ""), MALFORMED];
    check(&server, "pipelined", three.as_bytes(), &expected);
}

#[test]
fn encoded_ids_are_ids_or_refused() {
    let server = Server::start(Minting::default());
    for (id, expected) in [
        ("a%2Fb", (400, "identifier_invalid")),
        ("a%2fb", (400, "identifier_invalid")),
        ("%2E%2E", (400, "identifier_invalid")),
        ("..", (400, "identifier_invalid")),
        ("%2e", (400, "identifier_invalid")),
        ("a%00b", (400, "identifier_invalid")),
        ("%FF", (400, "identifier_invalid")),
        ("%", (400, "identifier_invalid")),
        ("a/b", (404, "route_unknown")),
        ("", (400, "identifier_invalid")),
        ("%61", (200, "")),
    ] {
        let (status, answer) = server.call("POST", &token_path(id), "{}");
        let reason = answer["errors"][0]["reason"].as_str().unwrap_or_default();
        assert_eq!((status, reason), expected, "{id}: {answer}");
    }
}

#[test]
fn a_panic_is_an_answer() {
    let server = Server::start(Minting::default());
    let request = format!("GET {PANICS} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    check(&server, "a panic", request.as_bytes(), &[(500, "internal")]);
    assert!(!server.raw(request.as_bytes()).contains("the text"));
}

#[test]
fn every_answer_has_an_id_of_its_own() {
    let server = Server::start(Minting::default());
    let mut ids = std::collections::BTreeSet::new();
    for request in [
        "GET /healthz HTTP/1.1\r\nhost: a\r\nx-request-id: mine\r\nconnection: close\r\n\r\n",
        "nonsense\r\n\r\n",
    ] {
        for _ in 0..2 {
            let answer = server.raw(request.as_bytes());
            let id = answer
                .lines()
                .find_map(|line| line.strip_prefix("x-request-id: "))
                .unwrap();
            assert!(
                id.len() >= 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{id}"
            );
            assert!(ids.insert(id.to_owned()));
        }
    }
}
