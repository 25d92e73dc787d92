//! Keeps what is secret from ureq, which writes every byte of a request's head and of an answer into the log
//! at the level *trace*, whatever the headers say of themselves.
//!
//! ureq gets stars in place of credentials and dots in place of the answer's body. The credentials are put in
//! on their way out, and the body is kept here on its way in.

use std::cell::RefCell;
use std::fmt;

use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Uri};
use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport};
use zeroize::Zeroizing;

use super::call::MAX_BODY;
use super::stop::{self, Socket};

/// Longest line of a head that is looked at; ureq takes no longer ones either.
const MAX_LINE: usize = 64 * 1024;
const BUFFER: usize = 16 * 1024;

thread_local! {
    static EXCHANGE: RefCell<Exchange> = RefCell::default();
}

/// One request of this thread, with its answer.
#[derive(Default)]
struct Exchange {
    /// Lines of the head as ureq knows them, and as they are.
    lines: Vec<(Vec<u8>, Zeroizing<Vec<u8>>)>,
    answer: Answer,
}

/// Begins an exchange: header values that are marked as sensitive are exchanged for stars.
pub(super) fn begin(headers: &mut HeaderMap) {
    let mut lines = Vec::new();
    for (name, value) in headers.iter_mut() {
        if !value.is_sensitive() {
            continue;
        }
        let line = |value: &[u8]| [name.as_str().as_bytes(), b": ", value, b"\r\n"].concat();
        let real = Zeroizing::new(line(value.as_bytes()));
        let stars = "*".repeat(value.len());
        lines.push((line(stars.as_bytes()), real));
        *value = HeaderValue::from_str(&stars).unwrap_or(HeaderValue::from_static("*"));
    }
    let exchange = Exchange {
        lines,
        answer: Answer::default(),
    };
    EXCHANGE.set(exchange);
}

/// The same URL with stars in place of `path`, which is put in on its way out.
pub(super) fn cover(uri: Uri, path: &str) -> Result<Uri, ureq::Error> {
    let stars = "*".repeat(path.len().saturating_sub(1));
    let mut parts = uri.into_parts();
    let covered = PathAndQuery::try_from(format!("/{stars}")).map_err(http::Error::from)?;
    parts.path_and_query = Some(covered);
    let line = |path: &str| format!("{path} HTTP/1.1\r\n").into_bytes();
    let lines = (line(&format!("/{stars}")), Zeroizing::new(line(path)));
    EXCHANGE.with_borrow_mut(|exchange| exchange.lines.push(lines));
    Ok(Uri::from_parts(parts).map_err(http::Error::from)?)
}

/// Ends an exchange, and gives the body in whose place ureq read `length` dots.
pub(super) fn end(length: usize) -> Option<Vec<u8>> {
    let exchange = EXCHANGE.take();
    let body = exchange.answer.body.get(..length)?;
    Some(body.to_vec())
}

/// A connection, seen through the veil.
pub(super) struct Veil {
    inner: Box<dyn Transport>,
    socket: Socket,
    buffers: LazyBuffers,
}

impl Veil {
    pub(super) fn new(inner: Box<dyn Transport>, socket: Socket) -> Self {
        Self {
            inner,
            socket,
            buffers: LazyBuffers::new(BUFFER, BUFFER),
        }
    }
}

impl fmt::Debug for Veil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Veil").finish_non_exhaustive()
    }
}

impl Transport for Veil {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.socket.hold()?;
        let output = &mut self.buffers.output()[..amount];
        EXCHANGE.with_borrow_mut(|exchange| exchange.reveal(output));
        let mut rest = &*output;
        while !rest.is_empty() {
            let to = self.inner.buffers().output();
            let (piece, others) = rest.split_at(rest.len().min(to.len()));
            to[..piece.len()].copy_from_slice(piece);
            self.inner.transmit_output(piece.len(), timeout)?;
            rest = others;
        }
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.socket.hold()?;
        self.inner.maybe_await_input(timeout)?;
        let from = self.inner.buffers();
        let input = from.input();
        let to = self.buffers.input_append_buf();
        let count = input.len().min(to.len());
        to[..count].copy_from_slice(&input[..count]);
        EXCHANGE.with_borrow_mut(|exchange| exchange.answer.hide(&mut to[..count]));
        from.input_consume(count);
        self.buffers.input_appended(count);
        if count == 0 {
            // An answer that ends with its connection would look whole.
            stop::check()?;
        }
        Ok(count > 0)
    }

    /// ureq asks before it keeps a connection for other calls, and before it uses one that it has kept.
    fn is_open(&mut self) -> bool {
        stop::let_go() && self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

impl Exchange {
    /// Puts the real lines into a head that is about to leave. They are as long as those with stars.
    fn reveal(&mut self, output: &mut [u8]) {
        self.lines.retain(|(stars, real)| {
            let mut places = output.windows(stars.len());
            let Some(place) = places.position(|place| place == stars) else {
                return true;
            };
            output[place..place + real.len()].copy_from_slice(real);
            false
        });
    }
}

/// An answer as it comes in.
#[derive(Default)]
struct Answer {
    stage: Stage,
    /// The line that is being read, where lines count.
    line: Vec<u8>,
    is_chunked: bool,
    /// HTTP/1.0 knows no chunks.
    is_old: bool,
    is_interim: bool,
    body: Zeroizing<Vec<u8>>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum Stage {
    /// Before the status line.
    #[default]
    Status,
    Headers,
    /// The rest is body.
    Body,
    /// A line with the length of a chunk.
    Length,
    /// So many bytes of a chunk.
    Chunk(u64),
    /// The end of the line behind a chunk.
    ChunkEnd,
    /// Behind the last chunk.
    Trailers,
}

impl Answer {
    /// Takes the bytes of the body, and leaves dots.
    fn hide(&mut self, input: &mut [u8]) {
        for byte in input {
            match self.stage {
                Stage::Body => self.keep(byte),
                Stage::Chunk(left) => {
                    self.keep(byte);
                    self.stage = match left {
                        0 | 1 => Stage::ChunkEnd,
                        more => Stage::Chunk(more - 1),
                    };
                }
                Stage::Trailers => {}
                _ if *byte == b'\n' => self.end_line(),
                _ if self.line.len() < MAX_LINE => self.line.push(*byte),
                // ureq gives up on it.
                _ => self.stage = Stage::Body,
            }
        }
    }

    /// One byte more than may come, as [`MAX_BODY`] says; ureq stops there by itself.
    fn keep(&mut self, byte: &mut u8) {
        if self.body.len() <= MAX_BODY {
            self.body.push(*byte);
        }
        *byte = b'.';
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = line.trim_ascii().to_ascii_lowercase();
        self.stage = match self.stage {
            // Empty lines may come before an answer.
            Stage::Status if line.is_empty() => Stage::Status,
            Stage::Status => {
                self.is_interim = line
                    .split(|byte| *byte == b' ')
                    .nth(1)
                    .is_some_and(is_interim);
                self.is_chunked = false;
                self.is_old = line.starts_with(b"http/1.0");
                Stage::Headers
            }
            Stage::Headers if line.is_empty() => self.after_head(),
            Stage::Headers => {
                self.is_chunked |= !self.is_old && says_chunked(&line);
                Stage::Headers
            }
            Stage::Length => chunk_length(&line).map_or(Stage::Body, |length| match length {
                0 => Stage::Trailers,
                length => Stage::Chunk(length),
            }),
            _ => Stage::Length,
        };
    }

    fn after_head(&self) -> Stage {
        match (self.is_interim, self.is_chunked) {
            (true, _) => Stage::Status,
            (false, true) => Stage::Length,
            (false, false) => Stage::Body,
        }
    }
}

/// 100 to 199: the answer itself follows.
fn is_interim(status: &[u8]) -> bool {
    status.len() == 3 && status.starts_with(b"1")
}

fn says_chunked(line: &[u8]) -> bool {
    let name = b"transfer-encoding:";
    let chunked = b"chunked";
    line.starts_with(name) && line.windows(chunked.len()).any(|word| word == chunked)
}

/// A hexadecimal number, before what else is said of a chunk.
fn chunk_length(line: &[u8]) -> Option<u64> {
    let end = line.iter().position(|byte| !byte.is_ascii_hexdigit());
    let digits = std::str::from_utf8(&line[..end.unwrap_or(line.len())]).ok()?;
    u64::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::{Answer, EXCHANGE, begin, end};

    /// What ureq sees and what is kept, for an answer that comes in pieces of `size` bytes.
    fn hidden(answer: &str, size: usize) -> (String, String) {
        let mut reading = Answer::default();
        let mut seen = answer.as_bytes().to_vec();
        for piece in seen.chunks_mut(size) {
            reading.hide(piece);
        }
        (
            String::from_utf8(seen).unwrap(),
            String::from_utf8(reading.body.to_vec()).unwrap(),
        )
    }

    #[test]
    fn bodies_are_kept_and_what_is_around_them_passes() {
        for (answer, seen, body) in [
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret",
                "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n......",
                "secret",
            ),
            (
                "\r\n\nHTTP/1.0 200\nserver: x\n\nsec\r\n\r\nret",
                "\r\n\nHTTP/1.0 200\nserver: x\n\n..........",
                "sec\r\n\r\nret",
            ),
            (
                "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nsec",
                "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n......",
                "3\r\nsec",
            ),
            (
                "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nsecret",
                "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n......",
                "secret",
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n3\r\nsec\r\n00E;x=\"1\"\r\nret\r\n0\r\n\r\nmore\r\n0\r\ntrailer: 1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n3\r\n...\r\n00E;x=\"1\"\r\n..............\r\n0\r\ntrailer: 1\r\n\r\n",
                "secret\r\n0\r\n\r\nmore",
            ),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nno length\r\nsecret",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nno length\r\n......",
                "secret",
            ),
        ] {
            for size in [1, 2, 7, 1000] {
                let found = hidden(answer, size);
                assert_eq!(found, (seen.to_owned(), body.to_owned()), "{size}");
            }
        }
    }

    #[test]
    fn credentials_go_out_in_place_of_stars() {
        let mut key = HeaderValue::from_static("the-key");
        key.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert("x-auth-key", key);
        headers.insert("accept", HeaderValue::from_static("*******"));
        begin(&mut headers);
        assert_eq!(headers["x-auth-key"], "*******");
        let mut output =
            b"GET / HTTP/1.1\r\naccept: *******\r\nx-auth-key: *******\r\n\r\n".to_vec();
        EXCHANGE.with_borrow_mut(|exchange| exchange.reveal(&mut output));
        let expected = "GET / HTTP/1.1\r\naccept: *******\r\nx-auth-key: the-key\r\n\r\n";
        assert_eq!(String::from_utf8(output).unwrap(), expected);
        // A body that looks alike is none of ours.
        let mut body = b"x-auth-key: *******\r\n".to_vec();
        EXCHANGE.with_borrow_mut(|exchange| exchange.reveal(&mut body));
        assert!(body.starts_with(b"x-auth-key: ****"));
    }

    #[test]
    fn only_what_was_kept_is_given() {
        let mut answer = b"HTTP/1.1 200 OK\r\n\r\nsecret".to_vec();
        begin(&mut HeaderMap::new());
        EXCHANGE.with_borrow_mut(|exchange| exchange.answer.hide(&mut answer));
        assert_eq!(end(3).as_deref(), Some(&b"sec"[..]));
        assert_eq!(end(0).as_deref(), Some(&b""[..]));
        assert_eq!(end(1), None);
    }
}
