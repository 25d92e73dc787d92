//! A server that gives the answers it was told to, and tells what it was asked.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value as Json;

use crate::common::streamtoken;

/// A request as it arrived.
pub(crate) struct Asked {
    /// `POST /path HTTP/1.1`, and the headers in lower case.
    pub(crate) head: String,
    pub(crate) body: String,
}

/// Answers one request after another, each on a connection of its own.
pub(crate) struct Stub {
    url: String,
    asked: Receiver<Asked>,
}

impl Stub {
    /// Gives `answers`, each a status with further header lines, and a body.
    pub(crate) fn new(answers: Vec<(&'static str, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (tell, asked) = channel();
        thread::spawn(move || {
            for (head, body) in answers {
                let (mut stream, _) = listener.accept().expect("a connection");
                let request = read(&stream);
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
                );
                // First: whoever has the answer looks for the request.
                drop(tell.send(request));
                // Who went away has no use for it.
                drop(stream.write_all(answer.as_bytes()));
            }
        });
        Self { url, asked }
    }

    /// One answer of success with this result.
    pub(crate) fn result(result: &Json) -> Self {
        Self::new(vec![("200 OK", success(result))])
    }

    /// `streamtoken api`, asking this.
    pub(crate) fn command(&self) -> Command {
        let mut command = streamtoken();
        command
            .arg("api")
            .env("CLOUDFLARE_API_TOKEN", TOKEN)
            .env("CLOUDFLARE_ACCOUNT_ID", "account")
            .env("CLOUDFLARE_BASE_URL", &self.url);
        command
    }

    /// Where it listens: `http://127.0.0.1:…`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The next request, which is being answered; a minute is for ever.
    pub(crate) fn next(&self) -> Asked {
        let asked = self.asked.recv_timeout(Duration::from_secs(60));
        asked.expect("a request")
    }

    /// All that it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.try_iter().collect()
    }
}

/// An envelope of success.
pub(crate) fn success(result: &Json) -> String {
    format!(r#"{{"success":true,"errors":[],"messages":null,"result":{result}}}"#)
}

/// The credential that stubs are asked with.
pub(crate) const TOKEN: &str = "a-secret-credential";

fn read(stream: &TcpStream) -> Asked {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    let mut length = 0;
    while !head.ends_with("\r\n\r\n") {
        let start = head.len();
        assert_ne!(reader.read_line(&mut head).expect("a line"), 0, "{head}");
        let line = head[start..].to_ascii_lowercase();
        if let Some(number) = line.strip_prefix("content-length:") {
            length = number.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("the body");
    Asked {
        head,
        body: String::from_utf8(body).expect("UTF-8"),
    }
}
