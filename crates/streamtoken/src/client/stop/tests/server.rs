//! A server that leaves its clients waiting.

use std::io::{self, BufRead, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::GUARD;
use crate::client::ClientOptions;
use crate::key::tests::example;
use crate::{Client, Value};

/// Answers requests by what they ask for: `video`, and `wait` when it is told to; others not, or not wholly.
pub(super) struct Server {
    address: SocketAddr,
    /// A name for each request that has arrived.
    arrived: Receiver<String>,
    pub(super) open: Arc<AtomicUsize>,
    pub(super) accepted: Arc<AtomicUsize>,
    /// Lets requests go on that are called `wait`.
    pub(super) gate: Sender<()>,
}

impl Server {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, arrived) = mpsc::channel();
        let (gate, opened) = mpsc::channel();
        let opened = Arc::new(Mutex::new(opened));
        let (open, accepted) = (Arc::default(), Arc::default());
        let server = Self {
            address,
            arrived,
            open: Arc::clone(&open),
            accepted: Arc::clone(&accepted),
            gate,
        };
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (sender, opened) = (sender.clone(), Arc::clone(&opened));
                let open = Arc::clone(&open);
                accepted.fetch_add(1, Ordering::SeqCst);
                open.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || {
                    // What goes wrong shows in the client.
                    drop(serve(&connection.unwrap(), &sender, &opened));
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        server
    }

    pub(super) fn client(&self, scheme: &str) -> Client {
        let options = ClientOptions::new()
            .api_token("a-token-of-the-test")
            .account_id("a")
            .base_url(format!("{scheme}://{}", self.address))
            .timeout(Duration::from_secs(60))
            .connect_timeout(Duration::from_secs(60))
            .max_retries(0);
        Client::new(options).unwrap()
    }

    /// Waits until a request has arrived.
    pub(super) fn awaits(&self, name: &str) {
        assert_eq!(self.arrived.recv_timeout(GUARD).unwrap(), name);
    }
}

fn serve(
    mut connection: &TcpStream,
    arrived: &Sender<String>,
    gate: &Mutex<Receiver<()>>,
) -> io::Result<()> {
    let mut reader = BufReader::new(connection);
    while let Some(name) = read(&mut reader)? {
        drop(arrived.send(name.clone()));
        let token = example();
        let token = token.get("token").and_then(Value::as_str).unwrap();
        let body = format!(r#"{{"success":true,"result":{{"token":"{token}"}}}}"#);
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n", body.len());
        let answer = match name.as_str() {
            "hang" | "handshake" | "keys" => String::new(),
            "half" => format!("{head}\r\n{}", &body[9..]),
            // Whole, but for the end of the connection, which is the end of the answer.
            "endless" => format!("HTTP/1.1 200 OK\r\n\r\n{body}"),
            _ => format!("{head}\r\n{body}"),
        };
        if name == "wait" {
            gate.lock().unwrap().recv_timeout(GUARD).unwrap();
        }
        connection.write_all(answer.as_bytes())?;
        if !["video", "wait"].contains(&name.as_str()) {
            io::copy(&mut reader, &mut io::sink())?;
        }
    }
    Ok(())
}

/// Reads a request, and gives what it is about.
fn read(reader: &mut impl BufRead) -> io::Result<Option<String>> {
    // A handshake is no text: a byte of it is enough.
    if reader.fill_buf()?.first() == Some(&0x16) {
        return Ok(Some("handshake".to_owned()));
    }
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let path = line.split(' ').nth(1).unwrap_or("");
    let name = path.trim_end_matches("/token").rsplit('/').next();
    let name = name.unwrap_or("").to_owned();
    let mut length = 0;
    while line.trim() != "" {
        line.clear();
        reader.read_line(&mut line)?;
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
    }
    reader.read_exact(&mut vec![0; length])?;
    Ok(Some(name))
}
