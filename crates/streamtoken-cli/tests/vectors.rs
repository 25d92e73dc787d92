//! The command line's runner over the golden vectors: each case is a process of its own.

#[expect(dead_code, reason = "the core's runner needs more of it")]
#[path = "../../streamtoken/tests/vectors/format.rs"]
mod format;

#[path = "vectors/keys.rs"]
mod keys;
#[path = "vectors/process.rs"]
mod process;
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

/// Runs a case; gives its whole result, or why the command line cannot run it.
fn run(case: &Case) -> Result<Json, &'static str> {
    for reason in ["value-level", LIBRARY_LEVEL] {
        if case.flags.iter().any(|flag| flag == reason) {
            return Err(reason);
        }
    }
    match case.operation.as_str() {
        "prepare" | "rules_allow_only" | "rules_block" => Err(LIBRARY_LEVEL),
        "sign" | "batch_line" | "verify" | "inspect" | "rules_parse" | "rules_evaluate" => {
            Ok(tokens::run(case))
        }
        "playback_urls" | "embed" | "rewrite" | "customer_code" => urls::run(case),
        "key_load" | "key_describe" | "public_key_load" | "key_set" | "key_export" => {
            keys::run(case)
        }
        unknown => panic!("{}: no operation {unknown}", case.id),
    }
}

/// Why cases may be left out, and how many at most; more means that somebody should look.
const REASONS: [(&str, usize); 4] = [
    ("value-level", usize::MAX),
    // `prepare` is for programs that talk to a KMS; the conditions that `allow_only` and `block` take
    // cannot all be said with flags. Neither has a command.
    (LIBRARY_LEVEL, usize::MAX),
    ("no argument holds NUL", 2),
    // Every form of key is taken there, so one JWK is none too few, and what is no JSON object is answered
    // as a key is.
    ("--keys takes more than sets", 4),
];

const LIBRARY_LEVEL: &str = "library-level";

#[test]
fn every_vector_gives_its_golden_result() {
    let cases: Vec<Case> = files()
        .into_iter()
        .flat_map(|(_, file)| file.cases)
        .collect();
    let results = on_all_cores(&cases, |case| run(case).map(|found| case.judge(Ok(found))));
    let mut left_out: BTreeMap<&str, usize> = BTreeMap::new();
    let mut failures = Vec::new();
    let mut passed = 0;
    for result in results {
        match result {
            Ok(Ok(())) => passed += 1,
            Ok(Err(failure)) => failures.push(failure),
            Err(reason) => *left_out.entry(reason).or_default() += 1,
        }
    }
    assert!(
        failures.is_empty(),
        "{}\n{} vectors failed",
        failures.join("\n"),
        failures.len()
    );
    for (reason, count) in &left_out {
        let known = REASONS
            .iter()
            .find(|(known, _)| known == reason)
            .expect("a known reason");
        assert!(*count <= known.1, "{count} cases left out: {reason}");
    }
    assert_eq!(passed + left_out.values().sum::<usize>(), cases.len());
    assert!(passed >= 200, "only {passed} cases ran");
    let left_out: Vec<_> = left_out
        .iter()
        .map(|(reason, count)| format!("{count} {reason}"))
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
