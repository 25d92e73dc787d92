//! Signals and the end of standard input: how `serve` ends.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::running::Running;
use super::{folder, serve, under};
use crate::common::streamtoken;

/// SIGHUP is known to be listened to where it can be seen that `nohup` did not set it to be ignored.
const SIGNALS: &[&str] = if cfg!(target_os = "linux") {
    &["-TERM", "-INT", "-HUP"]
} else {
    &["-TERM", "-INT"]
};

#[test]
fn signals_end_it_in_order() {
    for signal in SIGNALS {
        let folder = folder();
        let mut command = serve(&folder, &["--listen", "127.0.0.1:0"]);
        if *signal == "-HUP" {
            // The tests themselves may run under `nohup`.
            command = under(&["env", "--default-signal=HUP"], &command);
        }
        let running = Running::start(&mut command);
        assert!(running.get("/readyz").starts_with("HTTP/1.1 200 "));
        let mut begun = running.connect();
        begun
            .write_all(b"GET /readyz HTTP/1.1\r\n")
            .expect("a request");
        // It was accepted before this one.
        assert!(running.get("/healthz").starts_with("HTTP/1.1 200 "));
        running.signal(signal);
        let stopped = Instant::now();
        while TcpStream::connect(&running.address).is_ok() {
            assert!(
                stopped.elapsed() < Duration::from_secs(60),
                "it still listens"
            );
        }
        begun.write_all(b"host: a\r\n\r\n").expect("the rest");
        let mut answer = String::new();
        begun.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
        let (code, out, log) = running.end();
        assert_eq!((code, &*out), (Some(0), ""), "{log}");
        let line = log.lines().find(|line| line.contains("/readyz"));
        let line: serde_json::Value =
            serde_json::from_str(line.expect("a line of the request")).expect("JSON");
        assert_eq!(
            (&line["route"], &line["status"]),
            (&"/readyz".into(), &200.into())
        );
        assert!(folder.path().join("streamtoken.db").exists());
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let folder = folder();
    let arguments = [
        "--listen",
        "127.0.0.1:0",
        "--drain-timeout",
        "3600",
        "--head-timeout",
        "300",
    ];
    let running = Running::start(&mut serve(&folder, &arguments));
    let mut begun = running.connect();
    begun
        .write_all(b"GET /readyz HTTP/1.1\r\n")
        .expect("a request");
    assert!(running.get("/healthz").starts_with("HTTP/1.1 200 "));
    running.signal("-TERM");
    let stopped = Instant::now();
    while TcpStream::connect(&running.address).is_ok() {
        assert!(
            stopped.elapsed() < Duration::from_secs(60),
            "it still listens"
        );
    }
    running.signal("-INT");
    assert_eq!(running.end().0, Some(0));
}

#[test]
fn the_end_of_standard_input_ends_it_where_that_was_asked_for() {
    let folder = folder();
    let listening = ["--listen", "127.0.0.1:0"];
    let begin = |arguments: &[&str]| {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let mut command = serve(&folder, &[&listening, arguments].concat());
        (Running::start_with_input(&mut command, reader), writer)
    };
    let (running, input) = begin(&["--exit-on-stdin-close"]);
    assert!(running.get("/readyz").starts_with("HTTP/1.1 200 "));
    drop(input);
    assert_eq!(running.end().0, Some(0));
    // The other one reads none.
    let (running, input) = begin(&[]);
    drop(input);
    assert!(running.get("/readyz").starts_with("HTTP/1.1 200 "));
    running.signal("-TERM");
    assert_eq!(running.end().0, Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn a_hangup_that_nohup_ignores_ends_nothing() {
    let folder = folder();
    let served = serve(&folder, &["--listen", "127.0.0.1:0"]);
    let running = Running::start(&mut under(&["nohup"], &served));
    running.signal("-HUP");
    assert!(running.get("/readyz").starts_with("HTTP/1.1 200 "));
    running.signal("-TERM");
    assert_eq!(running.end().0, Some(0));
}

#[test]
fn the_emulator_ends_in_order_too() {
    let mut command = streamtoken();
    let running = Running::start(command.args(["serve", "--dev", "--listen", "127.0.0.1:0"]));
    assert!(running.get("/readyz").starts_with("HTTP/1.1 200 "));
    running.signal("-TERM");
    assert_eq!(running.end().0, Some(0));
}
