//! One connection: a request is read, counted and answered with its fault. Every connection ends, at the
//! latest when its patience does.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;
use socket2::SockRef;

use crate::answer::{Answer, Fault};
use crate::table::Table;

/// How long a connection may last.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest request that is read.
const MAX_REQUEST: usize = 2 * 1024 * 1024;

/// Serves one request. What goes wrong on the way is the client's, and what this is for.
pub(crate) fn serve(
    stream: TcpStream,
    tls: Option<Arc<ServerConfig>>,
    table: &Table,
) -> io::Result<()> {
    let socket = ready(&stream)?;
    let mut wire: Box<dyn Wire> = match tls {
        Some(tls) => {
            let connection = ServerConnection::new(tls).map_err(io::Error::other)?;
            Box::new(StreamOwned::new(connection, stream))
        }
        None => Box::new(stream),
    };
    let path = read_request(&mut wire)?;
    let mut segments = path.trim_start_matches('/').split(['/', '?']);
    let first = segments.next().unwrap_or_default();
    if first == "_count" {
        let count = table.count(segments.next().unwrap_or_default());
        return plain(&mut wire, 200, &json!({ "requests": count }).to_string());
    }
    let Some(answer) = table.ask(first) else {
        return plain(&mut wire, 404, "there is no answer for this case");
    };
    let mut exchange = Exchange {
        wire,
        socket,
        begin: Instant::now(),
    };
    exchange.send(answer, first)
}

/// Serves one request as a proxy whose consent comes byte by byte, and never whole.
pub(crate) fn drip(stream: TcpStream) -> io::Result<()> {
    let socket = ready(&stream)?;
    let mut wire: Box<dyn Wire> = Box::new(stream);
    read_request(&mut wire)?;
    let mut exchange = Exchange {
        wire,
        socket,
        begin: Instant::now(),
    };
    let consent = [b"HTTP/1.1 200 OK\r\nx-more: ".as_slice(), &[b'x'; 100]];
    exchange.slowly(&consent.concat())
}

/// Sets the limits of a connection, and gives its socket once more.
fn ready(stream: &TcpStream) -> io::Result<TcpStream> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    stream.try_clone()
}

trait Wire: Read + Write {}

impl<T: Read + Write> Wire for T {}

/// Reads a whole request, and gives its path.
fn read_request(wire: &mut dyn Wire) -> io::Result<String> {
    let mut request = Vec::new();
    let mut buffer = [0; 16 * 1024];
    let mut wanted = usize::MAX;
    while request.len() < wanted {
        let count = wire.read(&mut buffer)?;
        if count == 0 || request.len() > MAX_REQUEST {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        request.extend_from_slice(&buffer[..count]);
        if let Some(head) = request.windows(4).position(|end| end == b"\r\n\r\n") {
            wanted = head + 4 + body_length(&request[..head]);
        }
    }
    let line = String::from_utf8_lossy(&request);
    let path = line.split(' ').nth(1).unwrap_or_default();
    Ok(path.to_owned())
}

fn body_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let mut lines = head.lines();
    let length = lines.find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    length.unwrap_or(0)
}

fn plain(wire: &mut dyn Wire, status: u16, body: &str) -> io::Result<()> {
    let length = body.len();
    write!(
        wire,
        "HTTP/1.1 {status} Said So\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )?;
    wire.flush()
}

/// A request that was read and not yet answered.
struct Exchange {
    wire: Box<dyn Wire>,
    socket: TcpStream,
    begin: Instant,
}

impl Exchange {
    fn send(&mut self, answer: &Answer, case: &str) -> io::Result<()> {
        let (head, body) = answer.parts(case);
        // A line is begun and not ended.
        let half_head = &head[..head.len() - 6];
        let half_body = &body[..body.len() / 2];
        match answer.fault {
            None => self.write(&[&head, &body]),
            Some(Fault::ResetBefore) => self.reset(),
            Some(Fault::CloseBefore) => Ok(()),
            Some(Fault::HangBefore) => self.hang(),
            Some(Fault::ResetHead) => self.write(&[half_head]).and_then(|()| self.reset()),
            Some(Fault::CloseHead) => self.write(&[half_head]),
            Some(Fault::HangHead) => self.write(&[half_head]).and_then(|()| self.hang()),
            Some(Fault::ResetBody) => self.write(&[&head, half_body]).and_then(|()| self.reset()),
            Some(Fault::CloseBody) => self.write(&[&head, half_body]),
            Some(Fault::HangBody) => self.write(&[&head, half_body]).and_then(|()| self.hang()),
            Some(Fault::SlowHead) => self.slowly(&[head, body].concat()),
            Some(Fault::SlowBody) => self.write(&[&head]).and_then(|()| self.slowly(&body)),
            Some(Fault::EndlessHead) => {
                self.write(&[half_head, b"\r\n"])?;
                self.repeat(b"x-more: and more and more and more\r\n")
            }
            Some(Fault::EndlessBody) => {
                self.write(&[&head])?;
                self.repeat(b"10\r\n                \r\n")
            }
            Some(Fault::Garbage) => self.write(&[b"SSH-2.0-OpenSSH_9.6\r\n\r\n"]),
        }
    }

    fn write(&mut self, parts: &[&[u8]]) -> io::Result<()> {
        self.wire.write_all(&parts.concat())?;
        self.wire.flush()
    }

    /// What was sent may have to arrive first: a reset overtakes what the other side has not read yet.
    fn reset(&mut self) -> io::Result<()> {
        thread::sleep(Duration::from_millis(50));
        SockRef::from(&self.socket).set_linger(Some(Duration::ZERO))
    }

    /// Until the client goes away.
    fn hang(&mut self) -> io::Result<()> {
        let mut ignored = [0; 64];
        while self.is_patient() && self.wire.read(&mut ignored)? > 0 {}
        Ok(())
    }

    fn slowly(&mut self, bytes: &[u8]) -> io::Result<()> {
        for byte in bytes {
            if !self.is_patient() {
                break;
            }
            self.write(&[&[*byte]])?;
            thread::sleep(Duration::from_secs(1));
        }
        Ok(())
    }

    fn repeat(&mut self, piece: &[u8]) -> io::Result<()> {
        let pieces = piece.repeat(1024);
        while self.is_patient() {
            self.write(&[&pieces])?;
        }
        Ok(())
    }

    fn is_patient(&self) -> bool {
        self.begin.elapsed() < PATIENCE
    }
}
