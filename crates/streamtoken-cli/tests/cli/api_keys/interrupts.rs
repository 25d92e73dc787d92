//! `streamtoken api keys`: signals while a key is made and saved.

use std::fs;
use std::io::{PipeReader, PipeWriter, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value as Json;
use streamtoken::SigningKey;

use super::{answer, start, wait_until};
use crate::common::{Run, streamtoken};
use crate::stub::Stub;

/// Sends a signal, which ends the process with the status that a shell reports for it.
fn interrupt(child: Child, name: &str, status: i32) -> Run {
    let pid = child.id().to_string();
    let killed = Command::new("kill").args([name, &pid]).status();
    assert!(killed.expect("kill").success());
    let output = Run::from(child.wait_with_output().expect("the end"));
    assert_eq!(output.code, Some(status), "{}", output.stderr);
    assert!(
        output.stderr.starts_with("interrupted: "),
        "{}",
        output.stderr
    );
    output
}

const SIGNALS: [(&str, i32); 3] = [("-INT", 130), ("-TERM", 143), ("-HUP", 129)];

/// A server that takes requests and never answers, and the process that asks it for a key.
fn ask_for_a_key(folder: &Path) -> (TcpStream, Child) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let mut command = streamtoken();
    command
        .args(["api", "keys", "create", "--out", "key"])
        .env("CLOUDFLARE_API_TOKEN", "t")
        .env("CLOUDFLARE_ACCOUNT_ID", "a")
        .env("CLOUDFLARE_BASE_URL", format!("http://{address}"))
        .current_dir(folder);
    let child = start(&mut command);
    let (stream, _) = listener.accept().expect("a connection");
    (stream, child)
}

#[test]
fn whoever_interrupts_the_making_of_a_key_is_told_to_look() {
    for (name, status) in SIGNALS {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("key");
        let (_stream, child) = ask_for_a_key(folder.path());
        assert!(file.exists(), "it waits for the key");
        let output = interrupt(child, name, status);
        let said = &output.stderr;
        assert!(
            output.stdout.is_empty()
                && said.contains("may have been made")
                && said.contains("streamtoken api keys list"),
            "{name}: {said}"
        );
        assert!(!file.exists(), "{name}");
    }
}

/// As under `nohup`.
#[test]
fn a_signal_that_was_to_be_ignored_stays_ignored() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let folder = tempfile::tempdir().expect("a folder");
    let script = r#"trap "" HUP; exec "$0" api keys create --out key"#;
    let mut command = Command::new("bash");
    command
        .args(["-c", script, env!("CARGO_BIN_EXE_streamtoken")])
        .env("CLOUDFLARE_API_TOKEN", "t")
        .env("CLOUDFLARE_ACCOUNT_ID", "a")
        .env("CLOUDFLARE_BASE_URL", format!("http://{address}"))
        .current_dir(folder.path());
    let child = start(&mut command);
    let (_stream, _) = listener.accept().expect("a connection");
    let pid = child.id().to_string();
    let killed = Command::new("kill").args(["-HUP", &pid]).status();
    assert!(killed.expect("kill").success());
    interrupt(child, "-TERM", 143);
}

#[test]
fn an_interruption_takes_no_file_of_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key");
    let (_stream, child) = ask_for_a_key(folder.path());
    fs::write(folder.path().join("other"), "another's").expect("a file");
    fs::rename(folder.path().join("other"), &file).expect("the name");
    interrupt(child, "-INT", 130);
    assert_eq!(fs::read(&file).expect("the file"), b"another's");
}

/// Makes a key that cannot be printed yet: the reader of standard output is slow.
fn print_a_key() -> (PipeReader, Child) {
    let stub = Stub::result(&answer("the-id"));
    let mut command = stub.command();
    command.args(["keys", "create", "--out", "-"]);
    let (reader, writer) = full_pipe();
    let child = command
        .stdin(Stdio::null())
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    wait_until(|| call(&child, child.id()).split(' ').nth(1) == Some("0x1"));
    (reader, child)
}

#[test]
fn whoever_interrupts_the_saving_of_a_key_is_told_its_id() {
    for (name, status) in SIGNALS {
        let (_reader, child) = print_a_key();
        let said = interrupt(child, name, status).stderr;
        assert!(
            said.contains("the key the-id was made")
                && said.ends_with("streamtoken api keys delete --yes the-id\n"),
            "{said}"
        );
    }
}

#[test]
fn a_key_that_is_being_saved_is_saved_before_an_interruption() {
    let (mut reader, child) = print_a_key();
    let pid = child.id();
    let others = || {
        let tasks = fs::read_dir(format!("/proc/{pid}/task")).expect("tasks");
        let ids = tasks.map(|task| task.expect("a task").file_name());
        let ids = ids.filter_map(|id| id.to_str()?.parse().ok());
        let calls = ids.filter(|id| *id != pid).map(|id| call(&child, id));
        calls.collect::<Vec<_>>()
    };
    let before = others();
    let killed = Command::new("kill")
        .args(["-INT", &pid.to_string()])
        .status();
    assert!(killed.expect("kill").success());
    // It has noticed once it waits for something else.
    wait_until(|| {
        let now = others();
        now != before && !now.iter().any(|call| call.starts_with("running"))
    });
    let mut printed = Vec::new();
    reader.read_to_end(&mut printed).expect("the pipe");
    let output = child.wait_with_output().expect("the end");
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(
        said.contains("the key the-id was made and was printed"),
        "{said}"
    );
    let key = SigningKey::load(printed.trim_ascii(), None).expect("the whole key");
    assert_eq!(key.id(), "the-id");
}

/// The call that a thread is in: its number and arguments.
fn call(child: &Child, thread: u32) -> String {
    let path = format!("/proc/{}/task/{thread}/syscall", child.id());
    fs::read_to_string(path).unwrap_or_default()
}

/// A pipe that takes no more.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let path = format!("/proc/self/fd/{}", writer.as_raw_fd());
    let mut options = fs::File::options();
    let mut filler = options
        .write(true)
        .custom_flags(O_NONBLOCK)
        .open(path)
        .expect("the pipe");
    while filler.write(&[b'\n'; 4096]).is_ok() {}
    (reader, writer)
}

const O_NONBLOCK: i32 = 0o4000;

/// When a signal is sent.
#[derive(Clone, Copy, PartialEq)]
enum Moment {
    /// This long after the API began to answer: perhaps before the answer was read.
    Answered(Duration),
    /// Once the first of the key is in the file: it is being saved.
    BeingSaved,
}

/// A shell that sends signals sooner than a process for each would.
struct Killer(Child);

impl Killer {
    fn start() -> Self {
        let mut shell = Command::new("bash");
        Self(shell.stdin(Stdio::piped()).spawn().expect("bash"))
    }

    fn kill(&mut self, name: &str, pid: u32) {
        let input = self.0.stdin.as_mut().expect("a pipe");
        writeln!(input, "kill {name} {pid}").expect("a shell");
    }
}

impl Drop for Killer {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        drop(self.0.wait());
    }
}

/// Whatever the moment, the key is on the disk, or its id is known.
#[test]
fn no_signal_loses_a_key_that_is_being_saved() {
    const ROUNDS: u32 = 50;
    let made = answer("the-id");
    let mut killer = Killer::start();
    let mut hits = 0;
    for round in 0..ROUNDS {
        let (signal, status) = SIGNALS[round as usize % SIGNALS.len()];
        let moment = match round % 5 {
            0 => Moment::Answered(Duration::from_micros(200) * round),
            _ => Moment::BeingSaved,
        };
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("key");
        let stub = Stub::result(&made);
        let mut command = stub.command();
        command.args(["keys", "create", "--out", "key"]);
        let mut child = start(command.current_dir(folder.path()));
        stub.next();
        match moment {
            Moment::Answered(delay) => thread::sleep(delay),
            Moment::BeingSaved => {
                let begun = || fs::read(&file).is_ok_and(|text| text.starts_with(b"{"));
                // Without a pause, or it is past before it is seen.
                while !begun() && child.try_wait().expect("a child").is_none() {}
            }
        }
        killer.kill(signal, child.id());
        let run = Run::from(child.wait_with_output().expect("the end"));
        let is_interrupted = run.code == Some(status) && run.stderr.starts_with("interrupted: ");
        let said = format!("round {round}, {signal}: {:?} {}", run.code, run.stderr);
        assert!(is_interrupted || run.code == Some(0), "{said}");
        hits += u32::from(is_interrupted);
        let is_whole = fs::read(&file)
            .is_ok_and(|text| serde_json::from_slice::<Json>(&text).is_ok_and(|kept| kept == made));
        let is_named = run.stderr.contains("the key the-id was made");
        let is_unread = moment != Moment::BeingSaved && run.stderr.contains("may have been made");
        assert!(
            is_whole || is_named || (is_unread && !file.exists()),
            "{said}"
        );
        assert!(is_named || is_unread || !is_interrupted, "{said}");
    }
    assert!(hits > 0, "no signal came in time");
}
