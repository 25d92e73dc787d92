//! What `serve` logs, and that no trouble with the log stops it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Stdio;
use std::time::Duration;

use super::running::Running;
use super::{folder, serve, under};

#[test]
fn a_log_that_cannot_be_written_stops_nothing() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let (reader, gone) = std::io::pipe().expect("a pipe");
    drop(reader);
    // Not every system has it.
    let full = full.ok().map(Stdio::from);
    for log in full.into_iter().chain([gone.into()]) {
        let folder = folder();
        let mut command = serve(&folder, &["--listen", "127.0.0.1:0"]);
        let running = Running::start_with_log(&mut command, log);
        for _ in 0..3 {
            assert!(running.get("/readyz").starts_with("HTTP/1.1 200 "));
        }
        running.signal("-TERM");
        assert_eq!(running.end().0, Some(0));
    }
}

#[test]
fn a_log_that_nobody_reads_stops_nothing() {
    let folder = folder();
    let arguments = ["--listen", "127.0.0.1:0", "--drain-timeout", "1"];
    let running = Running::start(&mut serve(&folder, &arguments));
    // Of these lines a pipe holds a few hundred.
    for _ in 0..1000 {
        assert!(running.get("/healthz").starts_with("HTTP/1.1 200 "));
    }
    running.signal("-TERM");
    assert_eq!(running.end().0, Some(0));
}

#[test]
fn lines_that_are_dropped_are_counted() {
    const REQUESTS: u64 = 8000;
    let folder = folder();
    let mut running = Running::start(&mut serve(&folder, &["--listen", "127.0.0.1:0"]));
    let mut stream = running.connect();
    let mut sender = stream.try_clone().expect("a stream");
    let sending = std::thread::spawn(move || {
        let request = "GET /healthz HTTP/1.1\r\nhost: a\r\n";
        for _ in 1..REQUESTS {
            write!(sender, "{request}\r\n").expect("a request");
        }
        write!(sender, "{request}connection: close\r\n\r\n").expect("a request");
    });
    let mut answers = String::new();
    stream.read_to_string(&mut answers).expect("answers");
    sending.join().expect("requests");
    assert_eq!(answers.matches("HTTP/1.1 200 ").count() as u64, REQUESTS);
    let log = BufReader::new(running.child.stderr.take().expect("a pipe"));
    let mut written = 0;
    for line in log.lines() {
        let line: serde_json::Value =
            serde_json::from_str(&line.expect("text")).expect("a whole line");
        if let Some(dropped) = line["dropped"].as_u64() {
            assert_eq!(written + dropped, REQUESTS);
            return;
        }
        // A new store and its lack of accounts are warned of beside.
        written += u64::from(line["message"] == "request");
    }
    panic!("nothing is said of {} lines", REQUESTS - written);
}

/// The processor time of a process so far, in hundredths of a second.
#[cfg(target_os = "linux")]
fn processor_time(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("a process");
    // After the name, which is in parentheses: state and ten others, then that of the user and of the system.
    let (_, fields) = stat.rsplit_once(") ").expect("a name");
    let times = fields.split(' ').skip(11).take(2);
    times
        .map(|ticks| ticks.parse::<u64>().expect("ticks"))
        .sum()
}

#[cfg(target_os = "linux")]
#[test]
fn too_many_open_files_are_told_once_and_waited_for() {
    const TOLD: &str = "no connection can be accepted";
    let folder = folder();
    let arguments = ["--listen", "127.0.0.1:0", "--first-byte-timeout", "300"];
    let limited = ["sh", "-c", "ulimit -n 64 && exec \"$@\"", "sh"];
    let mut running = Running::start(&mut under(&limited, &serve(&folder, &arguments)));
    let log = BufReader::new(running.child.stderr.take().expect("a pipe"));
    let (line, told) = std::sync::mpsc::channel();
    let reading = std::thread::spawn(move || {
        let lines = log.lines().map_while(Result::ok);
        let lines = lines.filter(|line| line.contains(TOLD));
        lines.inspect(|_| line.send(()).unwrap_or_default()).count()
    });
    // Those that are not accepted wait in the operating system's queue.
    let held: Vec<_> = (0..80).map(|_| running.connect()).collect();
    let patience = Duration::from_secs(60);
    told.recv_timeout(patience).expect("a line of the log");
    let before = processor_time(running.child.id());
    // Not waited for: what is measured is what it does meanwhile.
    std::thread::sleep(Duration::from_secs(2));
    let used = processor_time(running.child.id()) - before;
    assert!(used < 20, "it used {used} hundredths of a second");
    drop(held);
    assert!(running.get("/readyz").starts_with("HTTP/1.1 200 "));
    running.signal("-TERM");
    assert_eq!(running.end().0, Some(0));
    assert_eq!(reading.join().expect("a count"), 1);
}
