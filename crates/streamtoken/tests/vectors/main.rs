//! The core's runner over the golden vectors: every case, on the public API alone.
//!
//! `STREAMTOKEN_FILL_VECTORS=1` writes the result into cases that have no `expect` yet. It never
//! changes one that is there: read what was filled before it is committed.

mod explain;
mod format;
mod keys;
mod lint;
mod reuse;
mod rules;
mod sign;
mod simulate;
mod urls;
mod verify;

use std::collections::BTreeSet;
use std::fs;

use format::{Case, files};
use serde_json::{Value as Json, json};
use streamtoken::Error;

fn run(case: &Case) -> Result<Json, Error> {
    match case.operation.as_str() {
        operation if keys::OPERATIONS.contains(&operation) => keys::run(case),
        "sign" | "batch_line" | "prepare" => sign::run(case),
        "explain" => explain::run(case),
        "lint" | "sign_lint" => lint::run(case),
        "simulate" => simulate::run(case),
        "sign_in_turn" => reuse::run(case),
        "verify" | "inspect" => verify::run(case),
        "rules_parse" | "rules_evaluate" | "rules_allow_only" | "rules_block" => rules::run(case),
        "playback_urls" | "embed" | "customer_code" | "rewrite" => urls::run(case),
        unknown => panic!("{}: no operation {unknown}", case.id),
    }
}

#[test]
fn every_vector_gives_its_golden_result() {
    let mut ids = BTreeSet::new();
    let mut failures = Vec::new();
    for (path, file) in files() {
        for case in &file.cases {
            assert!(
                ids.insert(case.id.clone()),
                "two cases are called {}",
                case.id
            );
            for flag in &case.flags {
                assert!(
                    file.flags.contains_key(flag),
                    "{}: no note on flag {flag}",
                    case.id
                );
            }
            if let Err(failure) = case.judge(run(case)) {
                failures.push(format!("{}: {failure}", path.display()));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{}\n{} vectors failed",
        failures.join("\n"),
        failures.len()
    );
    println!("vectors: {} passed on the core", ids.len());
}

#[test]
fn missing_results_are_filled_on_request_only() {
    let fill = std::env::var_os("STREAMTOKEN_FILL_VECTORS").is_some();
    for (path, mut file) in files() {
        let mut changed = false;
        for case in file.cases.iter_mut().filter(|case| case.expect.is_null()) {
            assert!(fill, "{}: {} has no expect", path.display(), case.id);
            case.expect = run(case).unwrap_or_else(|error| json!({ "error": error }));
            changed = true;
        }
        if changed {
            let text = serde_json::to_string_pretty(&file).expect("JSON") + "\n";
            fs::write(&path, text).expect("a writable file");
        }
    }
}
