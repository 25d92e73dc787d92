//! The table of faults that every surface runs, for the runners in Rust: this crate's, and the command line's.

use std::collections::HashMap;
use std::fmt::Debug;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

/// How many cases there are at least: a table that lost its cases must not pass.
const FEWEST: usize = 100;

/// Where the server is: the line that it prints.
#[derive(Deserialize)]
pub(crate) struct Places {
    pub(crate) bases: HashMap<String, String>,
    pub(crate) proxies: HashMap<String, String>,
    pub(crate) ca: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) id: String,
    #[expect(dead_code, reason = "for people")]
    comment: String,
    pub(crate) base: String,
    pub(crate) call: String,
    pub(crate) options: Map<String, Json>,
    /// The proxy that the environment names.
    pub(crate) proxy: Option<String>,
    /// For surfaces that ask by `fetch`.
    #[serde(default, rename = "fetch")]
    _fetch: Option<bool>,
    /// The server's part.
    #[serde(rename = "answers")]
    _answers: Json,
    pub(crate) expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    #[serde(default)]
    pub(crate) done: bool,
    pub(crate) code: Option<String>,
    pub(crate) number: Option<i64>,
    pub(crate) status: Option<u64>,
    pub(crate) field: Option<String>,
    pub(crate) attempts: Option<u64>,
    pub(crate) requests: u64,
}

/// All cases of the table in the folder of the project.
pub(crate) fn cases(root: &Path) -> Vec<Case> {
    let file = root.join("crates/streamtoken/vectors/client/faults.json");
    let text = fs::read_to_string(file).expect("the table is readable");
    let cases: Vec<Case> = serde_json::from_str(&text)
        .expect("the table has the members that are known, and no other");
    assert!(cases.len() >= FEWEST, "{} cases", cases.len());
    cases
}

/// Runs cases, several at a time: most of them wait for something, and not for the processor.
pub(crate) fn run<'c>(
    cases: impl Iterator<Item = &'c Case> + Send,
    threads: usize,
    run: impl Fn(&Case) -> Result<(), String> + Sync,
) {
    let (rest, wrong) = (Mutex::new(cases), Mutex::new(Vec::new()));
    let next = || rest.lock().expect("no thread panics with it").next();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(case) = next() {
                    if let Err(what) = run(case) {
                        let what = format!("{}: {what}", case.id);
                        wrong.lock().expect("no thread panics with it").push(what);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no thread panics with it");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

impl Case {
    /// A word for this run of the case, which no other process has, and the base URL that it is part of.
    pub(crate) fn place(&self, places: &Places, runner: &str) -> Result<(String, String), String> {
        let name = format!("{}.{runner}{}", self.id, std::process::id());
        let base = places.bases.get(&self.base).ok_or("an unknown base")?;
        let url = format!("{base}/{name}/client/v4");
        Ok((name, url))
    }

    /// Whether the server saw as many requests as it should have.
    pub(crate) fn judge_requests(&self, places: &Places, name: &str) -> Result<(), String> {
        let requests = count(places, name).map_err(|error| error.to_string())?;
        same("requests", &requests, &self.expect.requests)
    }
}

/// Takes the machine's proxies from a command: they are none of the tests'.
pub(crate) fn without_proxies(command: &mut Command) -> &mut Command {
    for name in PROXIES {
        command.env_remove(name);
    }
    command
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

pub(crate) fn same<T: PartialEq + Debug>(
    what: &str,
    found: &T,
    expected: &T,
) -> Result<(), String> {
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
