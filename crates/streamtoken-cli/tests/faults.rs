//! The command line under every fault of `vectors/client/faults.json`: the error, the number of attempts, and
//! the number of requests that the server saw. Each case is a process of its own.

#[path = "support/process.rs"]
mod support;

use std::collections::HashMap;
use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use support::{binary, exchange};

/// How many cases there are at least: a table that lost its cases must not pass.
const FEWEST: usize = 100;
/// Most cases wait for something, and not for the processor.
const THREADS: usize = 16;
const ACCOUNT: &str = "023e105f4ecef8ad9ca31a8372d0c353";
const VIDEO: &str = "ea95132c15732412d22c1476fa83f27a";
const KEY_ID: &str = "e9db990a82666dd571c77f944a5c5c8d";
const CREDENTIAL: &str = "a-credential-of-the-test";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    #[expect(dead_code, reason = "for people")]
    comment: String,
    base: String,
    call: String,
    options: Map<String, Json>,
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
    number: Option<i64>,
    status: Option<u64>,
    field: Option<String>,
    attempts: Option<u64>,
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
    let text = fs::read_to_string(root().join("crates/streamtoken/vectors/client/faults.json"));
    let cases: Vec<Case> = serde_json::from_str(&text.expect("the table"))
        .expect("the table has the members that are known, and no other");
    assert!(cases.len() >= FEWEST, "{} cases", cases.len());
    let (line, _server) = server();
    let places: Places = serde_json::from_str(&line).expect("the server says where it is");
    let (rest, wrong) = (Mutex::new(cases.iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(case) = next(&rest) {
                    if let Err(what) = case.run(&places) {
                        let what = format!("{}: {what}", case.id);
                        wrong.lock().expect("no thread panics with it").push(what);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no thread panics with it");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("faults: {} passed on the command line", cases.len());
}

fn next<'c>(rest: &Mutex<impl Iterator<Item = &'c Case>>) -> Option<&'c Case> {
    rest.lock().expect("no thread panics with it").next()
}

impl Case {
    fn run(&self, places: &Places) -> Result<(), String> {
        let name = format!("{}.cli{}", self.id, std::process::id());
        let base = places.bases.get(&self.base).ok_or("an unknown base")?;
        let mut command = binary();
        command
            .args(self.words()?)
            .args(["--json", "--verbose", "--account-id", ACCOUNT])
            .args(["--base-url", &format!("{base}/{name}/client/v4")])
            .env("CLOUDFLARE_API_TOKEN", CREDENTIAL)
            .env("SSL_CERT_FILE", &places.ca);
        for (name, value) in &self.options {
            command.args([format!("--{}", name.replace('_', "-")), value.to_string()]);
        }
        for name in PROXIES {
            command.env_remove(name);
        }
        if self.proxy {
            command.env("HTTPS_PROXY", &places.proxy_down);
        }
        let output = exchange(&mut command, "");
        let told = String::from_utf8(output.stderr).map_err(|error| error.to_string())?;
        let said = String::from_utf8(output.stdout).map_err(|error| error.to_string())?;
        let judged = self.judge(output.status.code(), &said, &told);
        judged.map_err(|what| format!("{what} in {said}{told}"))?;
        let requests = count(places, &name).map_err(|error| error.to_string())?;
        same("requests", &requests, &self.expect.requests)
    }

    fn words(&self) -> Result<Vec<&str>, String> {
        Ok(match self.call.as_str() {
            "token.create" => vec!["api", "token", "create", VIDEO],
            // Whether the key is a good one is not what the table is about.
            "keys.create" => vec!["api", "keys", "create", "--out", "-"],
            "keys.list" => vec!["api", "keys", "list"],
            "keys.delete" => vec!["api", "keys", "delete", KEY_ID, "--yes"],
            other => return Err(format!("an unknown call, {other}")),
        })
    }

    fn judge(&self, exit: Option<i32>, said: &str, told: &str) -> Result<(), String> {
        if said.contains(CREDENTIAL) || told.contains(CREDENTIAL) {
            return Err("the credential is shown".to_owned());
        }
        if let Some(attempts) = self.expect.attempts {
            let seen = told.lines().count() as u64;
            same("attempts that were told", &seen, &attempts)?;
        }
        if self.expect.done {
            return same("exit code", &exit, &Some(0));
        }
        let json: Json = serde_json::from_str(said).map_err(|error| error.to_string())?;
        let error = &json["error"];
        let group = self.expect.number.map(|number| number / 100);
        same("group of errors", &group, &Some(4))?;
        same("exit code", &exit, &Some(4))?;
        same(
            "code",
            &error["code"].as_str(),
            &self.expect.code.as_deref(),
        )?;
        same("number", &error["number"].as_i64(), &self.expect.number)?;
        same(
            "field",
            &error["field"].as_str(),
            &self.expect.field.as_deref(),
        )?;
        same(
            "status",
            &error["api"]["status"].as_u64(),
            &self.expect.status,
        )?;
        same(
            "attempts",
            &error["api"]["attempts"].as_u64(),
            &self.expect.attempts,
        )
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
    let mut child = Command::new(env!("CARGO"))
        .args(["xtask", "faults"])
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("cargo is there");
    let mut line = String::new();
    let output = child.stdout.take().expect("it has an output");
    BufReader::new(output).read_line(&mut line).expect("UTF-8");
    assert!(
        !line.is_empty(),
        "`cargo xtask faults` does not start: run this test through `cargo xtask test`"
    );
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

fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = manifest.ancestors().nth(2);
    root.expect("crates/streamtoken-cli").to_owned()
}

const PROXIES: [&str; 8] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
];
