//! The command line's runner over the golden vectors: each case is a process of its own.

#[expect(dead_code, reason = "the core's runner needs more of it")]
#[path = "../../streamtoken/tests/vectors/format.rs"]
mod format;

#[path = "vectors/explain.rs"]
mod explain;
#[path = "vectors/keys.rs"]
mod keys;
#[path = "vectors/lint.rs"]
mod lint;
#[path = "vectors/process.rs"]
mod process;
#[path = "vectors/reuse.rs"]
mod reuse;
#[path = "support/process.rs"]
mod support;
#[path = "vectors/tokens.rs"]
mod tokens;
#[path = "vectors/urls.rs"]
mod urls;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use format::{Case, files};
use serde_json::Value as Json;

/// Runs a case and gives its whole result.
fn run(case: &Case) -> Json {
    match case.operation.as_str() {
        "sign" | "batch_line" | "verify" | "inspect" | "rules_parse" | "rules_evaluate" => {
            tokens::run(case)
        }
        "explain" => explain::run(case),
        "lint" | "sign_lint" | "simulate" => lint::run(case),
        "sign_in_turn" => reuse::run(case),
        "playback_urls" | "embed" | "rewrite" | "customer_code" => urls::run(case),
        "key_load" | "key_describe" | "public_key_load" | "key_set" | "key_export" => {
            keys::run(case)
        }
        unknown => panic!("{}: no operation {unknown}", case.id),
    }
}

/// The flags of cases that cannot be said in arguments and text.
const LEFT_OUT: [&str; 2] = ["library-level", "value-level"];

#[test]
fn every_vector_gives_its_golden_result() {
    let cases: Vec<Case> = files()
        .into_iter()
        .flat_map(|(_, file)| file.cases)
        .collect();
    let results = on_all_cores(&cases, |case| {
        let flag = LEFT_OUT
            .iter()
            .find(|flag| case.flags.iter().any(|other| other == *flag));
        match flag {
            Some(flag) => Err(*flag),
            None => Ok(case.judge(Ok(run(case)))),
        }
    });
    let mut left_out: BTreeMap<&str, usize> = BTreeMap::new();
    let mut failures = Vec::new();
    let mut passed = 0;
    for result in results {
        match result {
            Ok(Ok(())) => passed += 1,
            Ok(Err(failure)) => failures.push(failure),
            Err(flag) => *left_out.entry(flag).or_default() += 1,
        }
    }
    assert!(
        failures.is_empty(),
        "{}\n{} vectors failed",
        failures.join("\n"),
        failures.len()
    );
    assert_eq!(passed + left_out.values().sum::<usize>(), cases.len());
    let left_out: Vec<_> = left_out
        .iter()
        .map(|(flag, count)| format!("{count} {flag}"))
        .collect();
    println!(
        "vectors: {passed} passed on the command line (left out: {})",
        left_out.join(", ")
    );
}

/// `f` over all cases, in order; most of the time goes into starting processes.
fn on_all_cores<R: Send>(cases: &[Case], f: impl Fn(&Case) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((index, case)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|i| Some((i, cases.get(i)?)))
        {
            done.push((index, f(case)));
        }
        done
    };
    let mut results = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let done = workers
            .into_iter()
            .map(|worker| worker.join().expect("a worker ends"));
        done.flatten().collect::<Vec<_>>()
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}
