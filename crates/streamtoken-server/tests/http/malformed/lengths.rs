//! Bodies that are not as long as their request says.

use super::{MALFORMED, answers, check, mint};
use crate::support::{Server, VIDEO, token_path};
use streamtoken_server::Minting;

#[test]
fn lengths_that_lie_are_refused() {
    let server = Server::start(Minting::default());
    let send = |name: &str, lines: &str, body: &str, expected: &[(u16, &str)]| {
        let lines = format!("host: a\r\n{lines}");
        check(
            &server,
            name,
            &mint(&server, "HTTP/1.1", &lines, body),
            expected,
        );
    };
    let close = "connection: close\r\n";
    send(
        "two lengths",
        "content-length: 2\r\ncontent-length: 3\r\n",
        "{}",
        &[MALFORMED],
    );
    send(
        "a list of lengths",
        "content-length: 2, 3\r\n",
        "{}",
        &[MALFORMED],
    );
    send(
        "a negative length",
        "content-length: -1\r\n",
        "",
        &[MALFORMED],
    );
    send(
        "a length with a sign",
        "content-length: +2\r\n",
        "{}",
        &[MALFORMED],
    );
    send(
        "a length beyond numbers",
        "content-length: 99999999999999999999\r\n",
        "",
        &[MALFORMED],
    );
    send(
        "a huge length",
        "content-length: 1099511627776\r\n",
        "",
        &[(413, "body_too_large")],
    );
    send(
        "one byte too many",
        &format!("content-length: {}\r\n", 64 * 1024 + 1),
        &" ".repeat(64 * 1024 + 1),
        &[(413, "body_too_large")],
    );
    send(
        "the largest body",
        &format!("{close}content-length: {}\r\n", 64 * 1024),
        &format!("{{}}{}", " ".repeat(64 * 1024 - 2)),
        &[(200, "")],
    );
    let chunked = "transfer-encoding: chunked\r\n";
    send(
        "chunks",
        chunked,
        "1\r\n{\r\n1;a=b\r\n}\r\n0\r\n\r\n",
        &[(200, "")],
    );
    // hyper goes by the chunks, as HTTP says, and nothing after them is read.
    send(
        "chunks and a length",
        &format!("content-length: 1\r\n{chunked}"),
        "2\r\n{}\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        &[(200, "")],
    );
    send("a bad size", chunked, "x\r\n{}\r\n0\r\n\r\n", &[MALFORMED]);
    send(
        "a huge size",
        chunked,
        "ffffffffffffffffff\r\n{}\r\n",
        &[MALFORMED],
    );
    send(
        "too much in chunks",
        chunked,
        &format!(
            "{}0\r\n\r\n",
            format!("1000\r\n{}\r\n", " ".repeat(4096)).repeat(17)
        ),
        &[(413, "body_too_large")],
    );
    send(
        "a chunk that is longer than it says",
        chunked,
        "1\r\n{}\r\n0\r\n\r\n",
        &[MALFORMED],
    );
    send(
        "another encoding",
        "transfer-encoding: gzip\r\n",
        "{}",
        &[MALFORMED],
    );
    send(
        "chunked first",
        "transfer-encoding: chunked, gzip\r\n",
        "{}",
        &[MALFORMED],
    );
    let chunked_10 = mint(&server, "HTTP/1.0", chunked, "2\r\n{}\r\n0\r\n\r\n");
    check(&server, "chunks in HTTP/1.0", &chunked_10, &[MALFORMED]);
}

#[test]
fn a_request_that_ends_early_is_refused() {
    let server = Server::start(Minting::default());
    for (name, request) in [
        ("head", b"GET /healthz HTTP/1.1\r\nhost: a".to_vec()),
        (
            "body",
            mint(
                &server,
                "HTTP/1.1",
                "host: a\r\ncontent-length: 9\r\n",
                "{}",
            ),
        ),
        (
            "chunk",
            mint(
                &server,
                "HTTP/1.1",
                "host: a\r\ntransfer-encoding: chunked\r\n",
                "9\r\n{}",
            ),
        ),
        (
            "terminator",
            mint(
                &server,
                "HTTP/1.1",
                "host: a\r\ntransfer-encoding: chunked\r\n",
                "2\r\n{}\r\n",
            ),
        ),
    ] {
        let answer = server.raw_to_end(&request);
        // What the caller ended may be answered or not; it is never a token.
        let answers = answers(&answer);
        assert!(
            answers.is_empty() || answers == [(400, "request_malformed".to_owned())],
            "{name}: {answer}"
        );
        assert_eq!(server.call("POST", &token_path(VIDEO), "").0, 200, "{name}");
    }
}
