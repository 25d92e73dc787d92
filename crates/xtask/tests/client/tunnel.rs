//! The client through a proxy that connects to where it is asked to.

use std::env;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use streamtoken::client::ClientOptions;
use streamtoken::{Client, ErrorCode, SignOptions};

use crate::server::Faults;

const INSIDE: &str = "STREAMTOKEN_TUNNEL";

/// How often the proxy was asked for a connection.
static ASKED: AtomicUsize = AtomicUsize::new(0);

#[test]
fn a_proxy_connects_and_sees_no_more() {
    if env::var_os(INSIDE).is_some() {
        return inside();
    }
    let faults = Faults::start();
    let tls = faults.places.bases["tls"].replace("https://", "");
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = proxy.local_addr().unwrap();
    thread::spawn(move || {
        for client in proxy.incoming() {
            // What goes wrong shows in the client.
            let (client, tls) = (client.unwrap(), tls.clone());
            ASKED.fetch_add(1, Ordering::Relaxed);
            thread::spawn(move || drop(tunnel(&client, &tls)));
        }
    });
    let run = |list: Option<&str>| {
        let mut inside = Command::new(env::current_exe().unwrap());
        inside
            .args(["--exact", "tunnel::a_proxy_connects_and_sees_no_more"])
            .env(INSIDE, if list.is_some() { "direct" } else { "proxied" })
            .env("STREAMTOKEN_FAULTS", &faults.line)
            .env("SSL_CERT_FILE", &faults.places.ca)
            .env("HTTPS_PROXY", format!("http://somebody:pass@{address}"))
            .env_remove("no_proxy")
            .env_remove("NO_PROXY")
            .envs(list.map(|list| ("NO_PROXY", list)))
            .stdout(Stdio::piped());
        let ended = inside.output().unwrap();
        let output = String::from_utf8_lossy(&ended.stdout);
        assert!(output.contains("1 passed"), "{output}");
    };
    run(None);
    let asked = ASKED.load(Ordering::Relaxed);
    assert!(asked > 0);
    run(Some("a.example, 0.0.0.0/8"));
    assert_eq!(
        ASKED.load(Ordering::Relaxed),
        asked,
        "nobody asks the proxy"
    );
}

/// The client, in an environment that names the proxy.
fn inside() {
    let process = std::process::id();
    if env::var(INSIDE).unwrap() == "direct" {
        // That is this machine, though not by a name of loopback, and nobody listens.
        let options = ClientOptions::new()
            .api_token("a-token-of-the-test")
            .account_id("account")
            .max_retries(0)
            .base_url("https://0.0.0.0:1/client/v4");
        let client = Client::new(options).unwrap();
        let token = client.stream().token().create("video", SignOptions::new());
        assert_eq!(token.unwrap_err().code(), ErrorCode::ApiConnection);
        return;
    }
    for case in ["created-201", "unavailable-once"] {
        let options = ClientOptions::new()
            .api_token("a-token-of-the-test")
            .account_id("account")
            .base_url(format!(
                "https://stream.invalid/{case}.tunnel{process}/client/v4"
            ));
        let client = Client::new(options).unwrap();
        let token = client.stream().token().create("video", SignOptions::new());
        assert_eq!(
            token.unwrap().identifier(),
            "ea95132c15732412d22c1476fa83f27a"
        );
    }
}

fn tunnel(client: &TcpStream, tls: &str) -> io::Result<()> {
    let mut head = BufReader::new(client);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        head.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_ascii_lowercase());
    }
    let is_asked = lines[0] == "connect stream.invalid:443 http/1.1"
        && lines
            .iter()
            .any(|line| line.starts_with("proxy-authorization: basic "))
        && lines
            .iter()
            .all(|line| !line.contains("a-token-of-the-test"));
    if !is_asked {
        return (&*client).write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n");
    }
    let server = TcpStream::connect(tls)?;
    (&*client).write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
    thread::scope(|scope| {
        scope.spawn(|| {
            // Either side may end first.
            drop(io::copy(&mut &*client, &mut &server));
            drop(server.shutdown(Shutdown::Write));
        });
        drop(io::copy(&mut &server, &mut &*client));
        drop(client.shutdown(Shutdown::Both));
    });
    Ok(())
}
