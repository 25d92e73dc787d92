//! The delivery host is asked once, and tells nobody else.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use streamtoken::client::explain_live;
use streamtoken::{CheckStatus, ExplainContext, KeySet, Report, Verdict};

use crate::server::example;
use crate::silence::Log;

const INSIDE: &str = "STREAMTOKEN_LIVE";

/// A delivery host that gives `answer` to each request, and the request lines that it saw.
fn host(answer: &'static str) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for client in listener.incoming() {
            let line = serve(client.unwrap(), answer);
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    (format!("http://{address}"), lines)
}

fn serve(mut client: TcpStream, answer: &str) -> String {
    let mut lines = BufReader::new(client.try_clone().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let _headers = lines.find(|line| line.as_ref().unwrap().is_empty());
    client.write_all(answer.as_bytes()).unwrap();
    first
}

fn ask(answer: &'static str) -> (Report, Vec<String>) {
    let (host, lines) = host(answer);
    let (key, token) = example();
    let keys = KeySet::from(&key);
    let context = ExplainContext::new().now(1_537_456_765);
    let report = explain_live(format!("{host}/{token}/iframe"), Some(&keys), &context).unwrap();
    (report, lines.try_iter().collect())
}

#[test]
fn the_answer_goes_into_the_report() {
    let rows = [
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n#EXTM3U\n",
            CheckStatus::Pass,
            Verdict::Accepts,
        ),
        (
            "HTTP/1.1 401 Unauthorized\r\ncontent-length: 44\r\n\r\n401 unauthorized blocked by rule on 'ip.src'",
            CheckStatus::Fail,
            Verdict::Refuses,
        ),
        (
            "HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n",
            CheckStatus::Warn,
            Verdict::Unknown,
        ),
        (
            "no HTTP at all\r\n\r\n",
            CheckStatus::Unknown,
            Verdict::Unknown,
        ),
        ("", CheckStatus::Unknown, Verdict::Unknown),
    ];
    for (answer, status, platform) in rows {
        let (report, lines) = ask(answer);
        let live = report.check("live").unwrap();
        assert_eq!(
            (live.status(), report.platform()),
            (status, platform),
            "{answer}"
        );
        let (_, token) = example();
        let line = format!("GET /{token}/manifest/video.m3u8 HTTP/1.1");
        assert_eq!(lines, [line], "one request, with the token in its path");
    }
}

#[test]
fn no_redirect_is_followed() {
    let (other, seen) = host("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let answer =
        format!("HTTP/1.1 302 Found\r\nlocation: {other}/elsewhere\r\ncontent-length: 0\r\n\r\n");
    let (report, _) = ask(answer.leak());
    assert_eq!(report.check("live").unwrap().status(), CheckStatus::Warn);
    assert!(seen.try_recv().is_err(), "nobody else was asked");
}

#[test]
fn nothing_is_sent_where_it_is_not_to_go() {
    let (_, token) = example();
    for url in [
        format!("http://video.example/{token}/iframe"),
        format!("https://api.cloudflare.com/{token}/iframe"),
        token.clone(),
        format!("http://127.0.0.1:9/{token}{}/iframe", "A".repeat(9_000)),
        "https://127.0.0.1:9/eyJhbGciOiJSUzI1NiJ9.eyJzdW/iframe".to_owned(),
        format!("https://127.0.0.1:9/{token}=/iframe"),
        format!("https://1.2.3/{token}/iframe"),
    ] {
        let report = explain_live(&url, None, &ExplainContext::new()).unwrap();
        let live = report.check("live").unwrap();
        assert_eq!(live.status(), CheckStatus::Unknown, "{url}");
        assert!(
            live.cause().contains("was not asked"),
            "{url}: {}",
            live.cause()
        );
    }
}

/// In a process of its own: there is one log to a process.
#[test]
fn the_token_is_not_logged() {
    if env::var_os(INSIDE).is_some() {
        let log = Log::install();
        let (report, lines) = ask("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n#EXTM3U\n");
        assert_eq!(report.platform(), Verdict::Accepts);
        let (_, token) = example();
        assert!(lines[0].contains(&token));
        let logged = log.text();
        assert!(logged.contains("****"), "{logged}");
        for part in token.as_bytes().chunks(24).map(String::from_utf8_lossy) {
            assert!(part.len() < 24 || !logged.contains(&*part), "{part}");
        }
        return;
    }
    let ended = Command::new(env::current_exe().unwrap())
        .args(["--exact", "live::the_token_is_not_logged"])
        .env(INSIDE, "1")
        .stdout(Stdio::piped())
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&ended.stdout);
    assert!(output.contains("1 passed"), "{output}");
}
