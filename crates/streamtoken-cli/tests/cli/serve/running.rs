//! A service that runs beside the test.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// A service that runs until it is dropped.
pub(super) struct Running {
    pub(super) child: Child,
    out: BufReader<ChildStdout>,
    pub(super) address: String,
}

impl Running {
    pub(super) fn start(command: &mut Command) -> Self {
        Self::start_with_log(command, Stdio::piped())
    }

    pub(super) fn start_with_log(command: &mut Command, log: impl Into<Stdio>) -> Self {
        Self::spawn(command.stdin(Stdio::null()).stderr(log))
    }

    pub(super) fn start_with_input(command: &mut Command, input: impl Into<Stdio>) -> Self {
        Self::spawn(command.stdin(input).stderr(Stdio::piped()))
    }

    fn spawn(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        out.read_line(&mut line).expect("a line");
        let address = line
            .split("http://")
            .nth(1)
            .map(|rest| {
                rest.split(['/', '\n', '"'])
                    .next()
                    .expect("a part")
                    .to_owned()
            })
            .unwrap_or_else(|| panic!("where does it listen? {line}"));
        Self {
            child,
            out,
            address,
        }
    }

    pub(super) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("a connection");
        let patience = Some(Duration::from_secs(60));
        stream.set_read_timeout(patience).expect("a timeout");
        stream
    }

    pub(super) fn get(&self, path: &str) -> String {
        let mut stream = self.connect();
        let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    pub(super) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([name, &pid]).status();
        assert!(sent.expect("kill").success());
    }

    /// Exit status, the rest of standard output, and standard error.
    pub(super) fn end(mut self) -> (Option<i32>, String, String) {
        let begun = Instant::now();
        while self.child.try_wait().expect("a child").is_none() {
            assert!(begun.elapsed() < Duration::from_secs(60), "it does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
        let (mut out, mut log) = (String::new(), String::new());
        self.out.read_to_string(&mut out).expect("text");
        if let Some(mut pipe) = self.child.stderr.take() {
            pipe.read_to_string(&mut log).expect("text");
        }
        (self.child.wait().expect("a status").code(), out, log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
