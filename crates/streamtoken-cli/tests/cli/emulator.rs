//! The emulator as a process, for the tests of what asks it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::common::{Run, feed, streamtoken};

/// An emulator, which ends when this is dropped: its standard input closes.
pub(crate) struct Emulator {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Emulator {
    pub(crate) fn start(args: &[&str]) -> Self {
        let mut child = streamtoken()
            .args([
                "serve",
                "--dev",
                "--listen",
                "127.0.0.1:0",
                "--exit-on-stdin-close",
            ])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        Self {
            stdin: child.stdin.take(),
            stdout: BufReader::new(child.stdout.take().expect("a pipe")),
            child,
        }
    }

    /// The id of its process.
    #[cfg(unix)]
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line that it prints.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("UTF-8");
        line
    }

    /// Closes its standard input, waits for its end, and gives what else it printed.
    pub(crate) fn end(self) -> (ExitStatus, String) {
        let (status, rest, _) = self.end_with_log();
        (status, rest)
    }

    /// The same, and what it logged.
    pub(crate) fn end_with_log(mut self) -> (ExitStatus, String, String) {
        drop(self.stdin.take());
        let status = self.wait();
        let (mut rest, mut log) = (String::new(), String::new());
        self.stdout.read_to_string(&mut rest).expect("UTF-8");
        let mut stderr = self.child.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut log).expect("UTF-8");
        (status, rest, log)
    }

    /// Waits for its end, which must come within a minute.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        for _ in 0..600 {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("the emulator does not end");
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // It may have ended, and been waited for.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The one line of JSON of an emulator.
pub(crate) fn introduction(emulator: &mut Emulator) -> Json {
    let line = emulator.line();
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

/// Runs `curl` with these arguments.
pub(crate) fn curl(args: &[&str]) -> Json {
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--max-time", "60"])
        .args(args)
        .output()
        .expect("curl");
    let (text, errors) = (output.stdout, String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{error}: {errors}"))
}

/// An emulator, and a folder in which it is asked.
pub(crate) struct Api {
    _emulator: Emulator,
    told: Json,
    folder: TempDir,
}

impl Api {
    pub(crate) fn new() -> Self {
        let mut emulator = Emulator::start(&["--json"]);
        Self {
            told: introduction(&mut emulator),
            _emulator: emulator,
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    /// What it tells of itself.
    pub(crate) fn told(&self, name: &str) -> &str {
        self.told[name].as_str().expect("a text")
    }

    /// The variables that name it.
    pub(crate) fn variables(&self) -> [(&'static str, &str); 3] {
        [
            ("CLOUDFLARE_API_TOKEN", self.told("api_token")),
            ("CLOUDFLARE_ACCOUNT_ID", self.told("account_id")),
            ("CLOUDFLARE_BASE_URL", self.told("base_url")),
        ]
    }

    /// `streamtoken api` in the folder, with the variables.
    pub(crate) fn command(&self) -> Command {
        let mut command = streamtoken();
        command.arg("api").current_dir(self.folder.path());
        command.envs(self.variables());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        feed(self.command().args(args), "")
    }

    pub(crate) fn at(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// The names of all files in the folder.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).expect("the folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<_> = names
            .map(|name| name.into_string().expect("UTF-8"))
            .collect();
        names.sort();
        names
    }

    /// The ids of the account's keys, as the emulator tells others.
    pub(crate) fn keys(&self) -> Vec<String> {
        let url = format!(
            "{}/accounts/{}/stream/keys",
            self.told("base_url"),
            self.told("account_id")
        );
        let bearer = format!("Authorization: Bearer {}", self.told("api_token"));
        let answer = curl(&[&url, "-H", &bearer]);
        let keys = answer["result"].as_array().expect("a list");
        let id = |key: &Json| key["id"].as_str().expect("an id").to_owned();
        keys.iter().map(id).collect()
    }

    /// What goes wrong from now on, in this order.
    pub(crate) fn fail(&self, faults: &[Json]) {
        let url = format!("{}/faults", self.told("dev_url"));
        let faults = Json::from(faults).to_string();
        let kind = "content-type: application/json";
        let answer = curl(&["-X", "PUT", &url, "-H", kind, "-d", &faults]);
        assert_eq!(answer["success"], true, "{answer}");
    }
}

/// A fault that lets one request through, so that the next one meets what is behind it.
pub(crate) fn pass() -> Json {
    json!({"latency_ms": 1, "times": 1})
}
