//! The client in Rust under every fault of `vectors/client/faults.json`: the error, the number of attempts,
//! and the number of requests that the server saw.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use serde::Deserialize;
use serde_json::Value as Json;
use streamtoken::client::{CallOptions, ClientOptions};
use streamtoken::{Client, Error, SignOptions, Value};

/// How many cases there are at least: a table that lost its cases must not pass.
const FEWEST: usize = 100;
const THREADS: usize = 24;
const KEY_ID: &str = "e9db990a82666dd571c77f944a5c5c8d";

/// The part of the table that a process runs: the environment that names a proxy is that of a process.
const PART: &str = "STREAMTOKEN_FAULTS_PART";
const PARTS: [(&str, bool); 2] = [("direct", false), ("proxied", true)];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    #[expect(dead_code, reason = "for people")]
    comment: String,
    base: String,
    call: String,
    options: Json,
    #[serde(default)]
    proxy: bool,
    /// For surfaces that ask by `fetch`.
    #[serde(default, rename = "fetch")]
    _fetch: Option<bool>,
    /// The server's part.
    #[serde(rename = "answers")]
    _answers: Json,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    #[serde(default)]
    done: bool,
    code: Option<String>,
    number: Option<i32>,
    status: Option<u16>,
    field: Option<String>,
    attempts: Option<u32>,
    requests: u64,
}

/// Where the server is: the line that it prints.
#[derive(Deserialize)]
struct Places {
    bases: HashMap<String, String>,
    proxy_down: String,
    ca: String,
}

#[test]
fn every_fault_has_its_error_and_its_number_of_attempts() {
    let cases = cases();
    assert!(cases.len() >= FEWEST, "{} cases", cases.len());
    match env::var(PART) {
        Ok(part) => run_part(&part, &cases),
        Err(_) => run_parts(),
    }
}

/// Each part in a process of its own, which runs this same test.
fn run_parts() {
    let (line, _server) = server();
    let places: Places = serde_json::from_str(&line).expect("the server says where it is");
    let processes = PARTS.map(|(part, _)| {
        let mut command = Command::new(env::current_exe().expect("a test has a file"));
        command
            .args([
                "--exact",
                "every_fault_has_its_error_and_its_number_of_attempts",
            ])
            .env(PART, part)
            .env("STREAMTOKEN_FAULTS", &line)
            .env("SSL_CERT_FILE", &places.ca);
        for name in [
            "HTTPS_PROXY",
            "https_proxy",
            "http_proxy",
            "ALL_PROXY",
            "all_proxy",
        ] {
            command.env_remove(name);
        }
        for name in ["NO_PROXY", "no_proxy"] {
            command.env_remove(name);
        }
        if part == "proxied" {
            command.env("HTTPS_PROXY", &places.proxy_down);
        }
        command.spawn().expect("the test starts itself")
    });
    let ended = processes.map(|mut process| process.wait().expect("a process ends"));
    assert!(ended.iter().all(std::process::ExitStatus::success));
}

fn run_part(part: &str, cases: &[Case]) {
    let line = env::var("STREAMTOKEN_FAULTS").expect("the process that starts this one says it");
    let places: Places = serde_json::from_str(&line).expect("the server says where it is");
    let is_proxied = PARTS.iter().find(|(name, _)| *name == part);
    let (_, is_proxied) = is_proxied.expect("a part of the table");
    let mine = cases.iter().filter(|case| case.proxy == *is_proxied);
    let (rest, wrong) = (Mutex::new(mine), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let next = rest.lock().expect("no thread panics with it").next();
                    let Some(case) = next else { return };
                    if let Err(what) = case.run(&places) {
                        let mut wrong = wrong.lock().expect("no thread panics with it");
                        wrong.push(format!("{}: {what}", case.id));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no thread panics with it");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn cases() -> Vec<Case> {
    let file = xtask::root().join("crates/streamtoken/vectors/client/faults.json");
    let text = fs::read_to_string(file).expect("the table is readable");
    serde_json::from_str(&text).expect("the table has the members that are known, and no other")
}

impl Case {
    fn run(&self, places: &Places) -> Result<(), String> {
        let name = format!("{}.rust{}", self.id, std::process::id());
        let base = places.bases.get(&self.base).ok_or("an unknown base")?;
        let options = Value::parse(self.options.to_string().as_bytes());
        let options = options.and_then(|options| ClientOptions::from_value(&options));
        let options = options.map_err(|error| error.to_string())?;
        let options = options
            .api_token("a-token-of-the-test")
            .account_id("023e105f4ecef8ad9ca31a8372d0c353")
            .base_url(format!("{base}/{name}/client/v4"));
        let attempts = std::sync::Arc::new(AtomicU32::new(0));
        let seen = std::sync::Arc::clone(&attempts);
        let client = Client::with_observer(options, move |attempt| {
            seen.store(attempt.attempt(), Ordering::Relaxed);
        });
        let outcome = self.call(&client.map_err(|error| error.to_string())?)?;
        self.judge(&outcome, attempts.load(Ordering::Relaxed))?;
        let requests = count(places, &name).map_err(|error| error.to_string())?;
        same("requests", &requests, &self.expect.requests)
    }

    fn call(&self, client: &Client) -> Result<Result<(), Error>, String> {
        let stream = client.stream();
        let (keys, none) = (stream.keys(), CallOptions::new());
        Ok(match self.call.as_str() {
            "token.create" => {
                let video = "ea95132c15732412d22c1476fa83f27a";
                stream.token().create(video, SignOptions::new()).map(drop)
            }
            "keys.create" => keys.create(&none).map(drop),
            "keys.list" => keys.list(&none).map(drop),
            "keys.delete" => keys.delete(KEY_ID, &none).map(drop),
            other => return Err(format!("an unknown call, {other}")),
        })
    }

    fn judge(&self, outcome: &Result<(), Error>, seen: u32) -> Result<(), String> {
        let Expect { attempts, .. } = self.expect;
        if let Some(attempts) = attempts {
            same("attempts that were observed", &seen, &attempts)?;
        }
        match outcome {
            Ok(()) if self.expect.done => Ok(()),
            Ok(()) => Err("it was done".to_owned()),
            Err(error) if self.expect.done => Err(format!("it failed: {error:?}")),
            Err(error) => self
                .judge_error(error)
                .map_err(|what| format!("{what} in {error:?}")),
        }
    }

    fn judge_error(&self, error: &Error) -> Result<(), String> {
        let api = error.api().ok_or("no facts about the API")?;
        same(
            "code",
            &Some(error.code().slug()),
            &self.expect.code.as_deref(),
        )?;
        same("number", &Some(error.code().number()), &self.expect.number)?;
        same("status", &api.status(), &self.expect.status)?;
        same("field", &error.field(), &self.expect.field.as_deref())?;
        same("attempts", &Some(api.attempts()), &self.expect.attempts)?;
        // Nothing arrived where the server saw no request; and some statuses say that nothing was done.
        let is_clear = api
            .status()
            .is_some_and(|status| (300..500).contains(&status));
        let may_be_done = self.call == "keys.create" && self.expect.requests > 0 && !is_clear;
        let says_so = error.message().contains("look before you ask again");
        same("advice to look", &says_so, &may_be_done)
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what}: {found:?} instead of {expected:?}"))
}

/// How many requests of a case the server saw.
fn count(places: &Places, name: &str) -> Result<u64, Box<dyn std::error::Error>> {
    let address = places.bases["http"].trim_start_matches("http://");
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "GET /_count/{name} HTTP/1.1\r\nhost: {address}\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, body) = answer.split_once("\r\n\r\n").ok_or("no body")?;
    let body: Json = serde_json::from_str(body)?;
    Ok(body["requests"].as_u64().ok_or("no count")?)
}

/// The line of the server that `cargo xtask test` has started, or of one that lives as long as the test.
fn server() -> (String, Option<Server>) {
    if let Ok(line) = env::var("STREAMTOKEN_FAULTS") {
        return (line, None);
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("faults")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let mut line = String::new();
    let output = child.stdout.take().expect("it has an output");
    BufReader::new(output)
        .read_line(&mut line)
        .expect("it prints a line");
    (line, Some(Server(child)))
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // The end of its input ends it.
        drop(self.0.stdin.take());
        drop(self.0.wait());
    }
}
