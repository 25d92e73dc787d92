//! Slow callers, and the end of the service.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::malformed::answers;
use crate::support::{Server, VIDEO, token_path};
use streamtoken_server::serve::Limits;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub(crate) const SHORT: Duration = Duration::from_millis(200);
/// Longer than any test.
pub(crate) const LONG: Duration = Duration::from_secs(3600);

/// All that comes back; a connection that is not closed in a minute fails.
fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

/// Sends `begin`, then a byte now and then, and gives what comes back.
fn drip(server: &Server, begin: &str, drop: &[u8]) -> Vec<(u16, String)> {
    let mut stream = server.connect();
    stream.write_all(begin.as_bytes()).unwrap();
    stream.set_nonblocking(true).unwrap();
    let (mut answer, mut buffer) = (Vec::new(), [0; 4096]);
    let begun = Instant::now();
    // Closed by the server, or the guard against a hang.
    while begun.elapsed() < Duration::from_secs(60) {
        match stream.read(&mut buffer) {
            Ok(0) => return answers(&String::from_utf8(answer).unwrap()),
            Ok(length) => answer.extend_from_slice(&buffer[..length]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                // Once the server has had enough, nobody takes it.
                let _ = stream.write(drop);
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the connection is still open");
}

fn only(set: fn(&mut Limits)) -> Server {
    Server::limited(set)
}

/// Waits for the end of a server that was told to stop.
pub(crate) fn wait(runtime: &Runtime, server: JoinHandle<()>) {
    let ended = async { timeout(Duration::from_secs(60), server).await };
    runtime.block_on(ended).unwrap().unwrap();
}

#[test]
fn a_connection_without_a_byte_is_closed() {
    let server = only(|limits| limits.first_byte_timeout = SHORT);
    assert_eq!(rest(&mut server.connect()), "");
}

#[test]
fn a_slow_head_is_refused() {
    let server = only(|limits| limits.head_timeout = SHORT);
    let timeout = vec![(408, "request_timeout".to_owned())];
    assert_eq!(drip(&server, "GET /healthz HTTP/1.1\r\nx: ", b"y"), timeout);
    let mut stream = server.connect();
    stream.write_all(b"GET /").unwrap();
    assert_eq!(answers(&rest(&mut stream)), timeout);
    // The next head on a connection as well.
    let begin = "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut stream = server.connect();
    stream.write_all(begin.as_bytes()).unwrap();
    let mut first = [0; 1];
    stream.read_exact(&mut first).unwrap();
    stream.write_all(b"G").unwrap();
    assert!(rest(&mut stream).contains("HTTP/1.1 408 "));
}

#[test]
fn a_slow_body_is_refused() {
    let server = only(|limits| limits.body_timeout = SHORT);
    for (length, drop) in [
        ("content-length: 9000", &b" "[..]),
        ("transfer-encoding: chunked", b"1\r\n \r\n"),
    ] {
        let begin = format!(
            "POST {} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n{length}\r\n\r\n",
            token_path(VIDEO),
            server.token
        );
        assert_eq!(
            drip(&server, &begin, drop),
            [(408, "request_timeout".to_owned())]
        );
    }
}

#[test]
fn a_connection_without_a_next_request_is_closed() {
    let server = only(|limits| (limits.idle_timeout, limits.head_timeout) = (SHORT, LONG));
    let mut stream = server.connect();
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        .unwrap();
    assert_eq!(answers(&rest(&mut stream)), [(200, String::new())]);
}

#[test]
fn a_reader_who_does_not_read_is_cut_off() {
    let server = only(|limits| (limits.answer_timeout, limits.max_connections) = (SHORT, 1));
    let mut stream = server.connect();
    stream.set_write_timeout(Some(SHORT)).unwrap();
    let request = b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n".repeat(1000);
    // At last neither side takes any more, and the server ends it. No more than what buffers hold is sent.
    let failed = (0..1000).find_map(|_| stream.write_all(&request).err());
    assert!(failed.is_some());
    // There is room for one connection: this one is served once the other was cut off.
    assert_eq!(server.send("GET", "/healthz", "", "").0, 200);
}

#[test]
fn connections_above_the_limit_wait() {
    let server = only(|limits| limits.max_connections = 2);
    let held = [server.connect(), server.connect()];
    let mut third = server.connect();
    third
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .unwrap();
    third.set_read_timeout(Some(SHORT)).unwrap();
    assert!(third.read(&mut [0]).is_err(), "nobody answers");
    drop(held);
    third
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    assert_eq!(answers(&rest(&mut third)), [(200, String::new())]);
}

#[test]
fn stopping_ends_what_runs_and_nothing_else() {
    // Nothing but the stop ends what waits.
    let server = only(|limits| {
        (limits.first_byte_timeout, limits.idle_timeout) = (LONG, LONG);
        (limits.head_timeout, limits.body_timeout) = (LONG, LONG);
        limits.drain_timeout = LONG;
    });
    let mut untouched = server.connect();
    let mut idle = server.connect();
    idle.write_all(b"GET /readyz HTTP/1.1\r\nhost: a\r\n\r\n")
        .unwrap();
    let mut answer = [0; 12];
    idle.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    let mut running = server.connect();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n",
        token_path(VIDEO),
        server.token
    );
    running.write_all(head.as_bytes()).unwrap();
    let mut waits = [0; 25];
    running.read_exact(&mut waits).unwrap();
    assert_eq!(&waits, b"HTTP/1.1 100 Continue\r\n\r\n");
    let mut begun = server.connect();
    begun.write_all(b"GET /readyz HTTP/1.1\r\nhost: ").unwrap();
    // The server has read it: it was accepted after `running`, whose answer is there.
    assert_eq!(server.send("GET", "/healthz", "", "").0, 200);
    server.stop.send(()).unwrap();
    assert_eq!(rest(&mut untouched), "");
    rest(&mut idle);
    assert!(
        TcpStream::connect(server.address).is_err(),
        "nobody is let in"
    );
    begun.write_all(b"a\r\n\r\n").unwrap();
    let answer = rest(&mut begun);
    assert_eq!(answers(&answer), [(503, "overloaded".to_owned())]);
    running.write_all(b"{}").unwrap();
    let answer = rest(&mut running);
    assert_eq!(answers(&answer), [(200, String::new())], "{answer}");
    wait(&server.runtime, server.ended);
}

#[test]
fn stopping_has_a_limit() {
    let server = only(|limits| (limits.drain_timeout, limits.head_timeout) = (SHORT, LONG));
    let mut running = server.connect();
    running.write_all(b"GET /healthz HTTP/1.1\r\n").unwrap();
    assert_eq!(server.send("GET", "/healthz", "", "").0, 200);
    server.stop.send(()).unwrap();
    wait(&server.runtime, server.ended);
}
