//! Nothing that is logged about a proxy holds the name and the password that it asks for.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use streamtoken::client::ClientOptions;
use streamtoken::{Client, ErrorCode, SignOptions};

use crate::silence::Log;

const INSIDE: &str = "STREAMTOKEN_PROXY_SILENCE";
const NAME: &str = "somebody-0123456789abcdef";
const PASSWORD: &str = "the-password-0123456789abcdef";

#[test]
fn no_secret_of_a_proxy_is_logged() {
    if env::var_os(INSIDE).is_some() {
        return inside();
    }
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = proxy.local_addr().unwrap();
    let (sender, asked) = mpsc::channel();
    thread::spawn(move || {
        for (number, client) in proxy.incoming().enumerate() {
            // Refused at first, then a connection that ends.
            let status = ["407 Proxy Authentication Required", "200 OK"][number.min(1)];
            drop(sender.send(refuse(&client.unwrap(), status)));
        }
    });
    let ended = Command::new(env::current_exe().unwrap())
        .args(["--exact", "proxy_silence::no_secret_of_a_proxy_is_logged"])
        .env(INSIDE, "1")
        .env("HTTPS_PROXY", format!("http://{NAME}:{PASSWORD}@{address}"))
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .stdout(Stdio::piped())
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&ended.stdout);
    assert!(output.contains("1 passed"), "{output}");
    let expected = format!("proxy-authorization: basic {}", secret()).to_ascii_lowercase();
    for _ in 0..2 {
        let head = asked.recv_timeout(Duration::from_secs(30)).unwrap();
        assert!(head.contains(&expected), "the proxy is told: {head}");
    }
}

fn secret() -> String {
    BASE64_STANDARD.encode(format!("{NAME}:{PASSWORD}"))
}

/// Calls in an environment that names the proxy, and a search through all that is said of them.
fn inside() {
    let log = Log::install();
    let options = ClientOptions::new()
        .api_token("a-token-of-the-test")
        .account_id("account")
        .max_retries(0)
        .base_url("https://stream.invalid/client/v4");
    let client = Client::new(options).unwrap();
    let mut shown = format!("{client:#?}");
    for _ in 0..2 {
        let error = client
            .stream()
            .token()
            .create("video", SignOptions::new())
            .unwrap_err();
        assert_eq!(error.code(), ErrorCode::ApiConnection, "{error}");
        shown.push_str(&format!("{error} {error:?}"));
    }
    let logged = log.text();
    assert!(logged.contains("/accounts/account/stream/video/token"));
    let base64 = secret();
    for text in [&logged, &shown] {
        for part in [NAME, PASSWORD, &base64[..24], &base64[24..48]] {
            assert!(!text.contains(part), "{part} is in what was said: {text}");
        }
    }
}

/// Answers a request for a connection, and gives its head.
fn refuse(mut client: &TcpStream, status: &str) -> String {
    let lines = BufReader::new(client).lines().map_while(Result::ok);
    let head: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    // What goes wrong shows in the client.
    drop(client.write_all(format!("HTTP/1.1 {status}\r\n\r\n").as_bytes()));
    head.join("\n").to_ascii_lowercase()
}
