//! The client in Rust under every fault of `vectors/client/faults.json`: the error, the number of attempts,
//! and the number of requests that the server saw.

use std::env;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value as Json;
use streamtoken::client::{CallOptions, ClientOptions};
use streamtoken::{Client, Error, SignOptions, Value};

use crate::server::Faults;
use crate::table::{self, Case, Expect, Places, same, without_proxies};

const THREADS: usize = 24;
const KEY_ID: &str = "e9db990a82666dd571c77f944a5c5c8d";

/// The part of the table that a process runs, by its proxy: the environment that names one is that of a process.
const PART: &str = "STREAMTOKEN_FAULTS_PART";
const PARTS: [&str; 3] = [DIRECT, "down", "drips"];
const DIRECT: &str = "direct";

#[test]
fn every_fault_has_its_error_and_its_number_of_attempts() {
    let cases = table::cases(&xtask::root());
    match env::var(PART) {
        Ok(part) => run_part(&part, &cases),
        Err(_) => run_parts(),
    }
}

/// Each part in a process of its own, which runs this same test.
fn run_parts() {
    let faults = Faults::start();
    let places = &faults.places;
    let processes = PARTS.map(|part| {
        let mut command = Command::new(env::current_exe().expect("a test has a file"));
        command
            .args([
                "--exact",
                "faults::every_fault_has_its_error_and_its_number_of_attempts",
            ])
            .env(PART, part)
            .env("STREAMTOKEN_FAULTS", &faults.line)
            .env("SSL_CERT_FILE", &places.ca);
        without_proxies(&mut command);
        if part != DIRECT {
            command.env("HTTPS_PROXY", &places.proxies[part]);
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the test starts itself")
    });
    for process in processes {
        let ended = process.wait_with_output().expect("a process ends");
        let output = String::from_utf8_lossy(&ended.stdout);
        let is_passed = ended.status.success() && output.contains("1 passed");
        assert!(
            is_passed,
            "{output}{}",
            String::from_utf8_lossy(&ended.stderr)
        );
    }
}

fn run_part(part: &str, cases: &[Case]) {
    let faults = Faults::start();
    let places = &faults.places;
    for case in cases {
        assert!(PARTS.contains(&part_of(case)), "{}: the proxy", case.id);
    }
    let mine = cases.iter().filter(|case| part_of(case) == part);
    table::run(mine, THREADS, |case| ask(case, places));
}

fn part_of(case: &Case) -> &str {
    case.proxy.as_deref().unwrap_or(DIRECT)
}

fn ask(case: &Case, places: &Places) -> Result<(), String> {
    let (name, base_url) = case.place(places, "rust")?;
    let options = Value::parse(Json::from(case.options.clone()).to_string().as_bytes());
    let options = options.and_then(|options| ClientOptions::from_value(&options));
    let options = options.map_err(|error| error.to_string())?;
    let options = options
        .api_token("a-token-of-the-test")
        .account_id("023e105f4ecef8ad9ca31a8372d0c353")
        .base_url(base_url);
    let attempts = std::sync::Arc::new(AtomicU32::new(0));
    let seen = std::sync::Arc::clone(&attempts);
    let client = Client::with_observer(options, move |attempt| {
        seen.store(attempt.attempt(), Ordering::Relaxed);
    });
    let outcome = call(case, &client.map_err(|error| error.to_string())?)?;
    judge(case, &outcome, attempts.load(Ordering::Relaxed))?;
    case.judge_requests(places, &name)
}

fn call(case: &Case, client: &Client) -> Result<Result<(), Error>, String> {
    let stream = client.stream();
    let (keys, none) = (stream.keys(), CallOptions::new());
    Ok(match case.call.as_str() {
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

fn judge(case: &Case, outcome: &Result<(), Error>, seen: u32) -> Result<(), String> {
    let Expect { attempts, .. } = case.expect;
    if let Some(attempts) = attempts {
        same("attempts that were observed", &u64::from(seen), &attempts)?;
    }
    match outcome {
        Ok(()) if case.expect.done => Ok(()),
        Ok(()) => Err("it was done".to_owned()),
        Err(error) if case.expect.done => Err(format!("it failed: {error:?}")),
        Err(error) => judge_error(case, error).map_err(|what| format!("{what} in {error:?}")),
    }
}

fn judge_error(case: &Case, error: &Error) -> Result<(), String> {
    let api = error.api().ok_or("no facts about the API")?;
    same(
        "code",
        &Some(error.code().slug()),
        &case.expect.code.as_deref(),
    )?;
    same(
        "number",
        &Some(i64::from(error.code().number())),
        &case.expect.number,
    )?;
    same("status", &api.status().map(u64::from), &case.expect.status)?;
    same("field", &error.field(), &case.expect.field.as_deref())?;
    same(
        "attempts",
        &Some(u64::from(api.attempts())),
        &case.expect.attempts,
    )?;
    // Nothing arrived where the server saw no request; and some statuses say that nothing was done.
    let is_clear = api
        .status()
        .is_some_and(|status| (300..500).contains(&status));
    let may_be_done = case.call == "keys.create" && case.expect.requests > 0 && !is_clear;
    let says_so = error.message().contains("look before you ask again");
    same("advice to look", &says_so, &may_be_done)
}
