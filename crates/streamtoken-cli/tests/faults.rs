//! The command line under every fault of `vectors/client/faults.json`: the error, the number of attempts, and
//! the number of requests that the server saw. Each case is a process of its own.

#[path = "support/process.rs"]
mod support;
#[path = "../../xtask/tests/client/table.rs"]
mod table;

use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value as Json;
use support::{binary, exchange};
use table::{Case, Places, same, without_proxies};

const THREADS: usize = 16;
const ACCOUNT: &str = "023e105f4ecef8ad9ca31a8372d0c353";
const VIDEO: &str = "ea95132c15732412d22c1476fa83f27a";
const KEY_ID: &str = "e9db990a82666dd571c77f944a5c5c8d";
const CREDENTIAL: &str = "a-credential-of-the-test";

#[test]
fn every_fault_has_its_error_and_its_number_of_attempts() {
    let cases = table::cases(&root());
    let (line, _server) = server();
    let places: Places = serde_json::from_str(&line).expect("the server says where it is");
    table::run(cases.iter(), THREADS, |case| ask(case, &places));
    println!("faults: {} passed on the command line", cases.len());
}

fn ask(case: &Case, places: &Places) -> Result<(), String> {
    let (name, base_url) = case.place(places, "cli")?;
    let mut command = binary();
    command
        .args(words(case)?)
        .args(["--json", "--verbose", "--account-id", ACCOUNT])
        .args(["--base-url", &base_url])
        .env("CLOUDFLARE_API_TOKEN", CREDENTIAL)
        .env("SSL_CERT_FILE", &places.ca);
    for (name, value) in &case.options {
        command.args([format!("--{}", name.replace('_', "-")), value.to_string()]);
    }
    without_proxies(&mut command);
    if let Some(proxy) = &case.proxy {
        let proxy = places.proxies.get(proxy).ok_or("an unknown proxy")?;
        command.env("HTTPS_PROXY", proxy);
    }
    let output = exchange(&mut command, "");
    let told = String::from_utf8(output.stderr).map_err(|error| error.to_string())?;
    let said = String::from_utf8(output.stdout).map_err(|error| error.to_string())?;
    let judged = judge(case, output.status.code(), &said, &told);
    judged.map_err(|what| format!("{what} in {said}{told}"))?;
    case.judge_requests(places, &name)
}

fn words(case: &Case) -> Result<Vec<&str>, String> {
    Ok(match case.call.as_str() {
        "token.create" => vec!["api", "token", "create", VIDEO],
        // Whether the key is a good one is not what the table is about.
        "keys.create" => vec!["api", "keys", "create", "--out", "-"],
        "keys.list" => vec!["api", "keys", "list"],
        "keys.delete" => vec!["api", "keys", "delete", KEY_ID, "--yes"],
        other => return Err(format!("an unknown call, {other}")),
    })
}

fn judge(case: &Case, exit: Option<i32>, said: &str, told: &str) -> Result<(), String> {
    if said.contains(CREDENTIAL) || told.contains(CREDENTIAL) {
        return Err("the credential is shown".to_owned());
    }
    if let Some(attempts) = case.expect.attempts {
        let seen = told.lines().count() as u64;
        same("attempts that were told", &seen, &attempts)?;
    }
    if case.expect.done {
        return same("exit code", &exit, &Some(0));
    }
    let json: Json = serde_json::from_str(said).map_err(|error| error.to_string())?;
    let error = &json["error"];
    let group = case.expect.number.map(|number| number / 100);
    same("group of errors", &group, &Some(4))?;
    same("exit code", &exit, &Some(4))?;
    same(
        "code",
        &error["code"].as_str(),
        &case.expect.code.as_deref(),
    )?;
    same("number", &error["number"].as_i64(), &case.expect.number)?;
    same(
        "field",
        &error["field"].as_str(),
        &case.expect.field.as_deref(),
    )?;
    same(
        "status",
        &error["api"]["status"].as_u64(),
        &case.expect.status,
    )?;
    same(
        "attempts",
        &error["api"]["attempts"].as_u64(),
        &case.expect.attempts,
    )
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
