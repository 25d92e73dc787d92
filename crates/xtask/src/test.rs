//! `cargo xtask test`: the checks, then every test there is.

use std::fmt;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};

use crate::cases::Cases;
use crate::check;
use crate::command::{self, Ended, cargo_line};
use crate::dist;
use crate::faults;
use crate::languages::{c, cpp, node, python};
use crate::matrix;
use crate::official;
use crate::oracle::{self, Backend};
use crate::service;
use crate::snippets;
use crate::step::{note, step, timed};
use crate::vectors;

/// Runs everything and says whether all of it passed. The last line on standard output is
/// `N passed, N failed`; a failing step without a failing test of its own (a lint, a compile error)
/// counts as one failure.
pub fn run() -> ExitCode {
    let mut tally = Tally::default();
    let outcome = all(&mut tally);
    if let Err(error) = &outcome {
        tally.failed = tally.failed.max(1);
        eprintln!("error: {error:#}");
    }
    if tally.ignored > 0 {
        println!(
            "{} tests are marked as ignored and did not run",
            tally.ignored
        );
    }
    println!("{tally}");
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn all(tally: &mut Tally) -> Result<()> {
    check::run(&check::Options::default())?;
    step("oracles", || {
        Backend::ALL
            .into_iter()
            .try_for_each(|backend| oracle::build(backend).map(drop))
    })?;
    let mut cases = Cases::new(tally);
    for (name, selection) in SELECTIONS {
        cases.get(name, |tally| timed(name, || tests(selection, tally)));
    }
    let mut counts = Vec::new();
    for (name, test) in LANGUAGES {
        let found = cases.get(name, |tally| timed(name, || test(tally)));
        counts.extend(found.into_iter().flatten());
    }
    for (name, test) in ACROSS {
        cases.get(name, |tally| timed(name, || test(tally)));
    }
    cases.end()?;
    step("golden vectors", || {
        let mut all = vectors::count()?;
        all.append(&mut counts);
        vectors::report(&all)
    })
}

/// All targets and doctests of a selection.
fn tests(selection: &str, tally: &mut Tally) -> Result<()> {
    let line = format!("test --no-fail-fast {selection}");
    let mut cargo = cargo_line(&line);
    faults::tell(&mut cargo)?;
    let ended = command::capture(cargo)?;
    let found = Tally::read(&ended.output).context("a result of tests is not understood")?;
    note(&found.to_string());
    tally.judge_but_ignored(&format!("`cargo {line}`"), &ended, &found)
}

/// What the lines `test result: …` add up to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
}

impl Tally {
    /// Sums all results in the output of `cargo test`; `None` when one is not understood.
    fn read(output: &str) -> Option<Self> {
        let mut sum = Self::default();
        for line in output.lines() {
            if let Some(result) = line.strip_prefix("test result: ") {
                sum.add(&Self::read_line(result)?);
            }
        }
        Some(sum)
    }

    /// `ok. 3 passed; 0 failed; 1 ignored; …`
    fn read_line(result: &str) -> Option<Self> {
        let (_, counts) = result.split_once(". ")?;
        let count = |name: &str| {
            counts
                .split("; ")
                .find_map(|part| part.strip_suffix(name)?.trim().parse().ok())
        };
        Some(Self {
            passed: count("passed")?,
            failed: count("failed")?,
            ignored: count("ignored")?,
        })
    }

    /// Adds what a suite found, and refuses one that failed, skipped a test, or ran nothing.
    pub(crate) fn judge(&mut self, suite: &str, ended: &Ended, found: &Self) -> Result<()> {
        self.judge_but_ignored(suite, ended, found)?;
        ensure!(
            found.ignored == 0,
            "{suite} skipped {} tests",
            found.ignored
        );
        Ok(())
    }

    /// As `judge`, for tests in Rust: what is marked as ignored there is said at the end of all. A suite that fails
    /// without a failing test, as by a compile error, counts as one failure.
    fn judge_but_ignored(&mut self, suite: &str, ended: &Ended, found: &Self) -> Result<()> {
        self.add(found);
        if !ended.status.success() {
            eprintln!("{}", ended.output.trim_end());
            self.failed += u64::from(found.failed == 0);
            bail!("{suite} failed ({})", ended.status);
        }
        ensure!(found.passed > 0, "{suite} ran no test, or did not say so");
        Ok(())
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Everything in the default set of features, then the core in the two others, then the vectors with a
/// feature that any other crate of a user's build may turn on.
const SELECTIONS: [(&str, &str); 4] = [
    ("tests: workspace", "--workspace"),
    (
        "tests: core, both back ends",
        "-p streamtoken --features rust-crypto",
    ),
    (
        "tests: core, feature rust-crypto alone, requests without a client",
        "-p streamtoken --no-default-features --features rust-crypto,http",
    ),
    (
        "tests: vectors, serde_json with arbitrary precision",
        "-p streamtoken --features serde_json/arbitrary_precision --test vectors",
    ),
];

/// The surfaces whose tests are not Cargo's.
pub(crate) const LANGUAGES: [(&str, LanguageTests); 4] = [
    ("tests: C", c::test),
    (
        "tests: C++, libraries, examples in C, C++ and Go",
        cpp::test,
    ),
    ("tests: Python", python::test),
    ("tests: Node.js", node::test),
];

/// What concerns all surfaces.
const ACROSS: [(&str, AcrossTests); 5] = [
    ("service: schemathesis", service::test),
    ("service: Cloudflare's client for Go", official::test),
    ("blocks of the documentation", snippets::test),
    ("every surface mints, every other verifies", matrix::test),
    ("what is published, where nothing else is", dist::test),
];

type AcrossTests = fn(&mut Tally) -> Result<()>;

pub(crate) type LanguageTests = fn(&mut Tally) -> Result<Vec<vectors::Count>>;

#[cfg(test)]
mod tests {
    use super::Tally;
    use crate::command::Ended;

    #[test]
    fn results_add_up() {
        let output = "running 3 tests\n\
            test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            noise 5 passed; 5 failed\n\
            test result: ok. 40 passed; 0 failed; 3 ignored; 0 measured; 2 filtered out; finished in 1.20s\n";
        let expected = Tally {
            passed: 42,
            failed: 1,
            ignored: 3,
        };
        assert_eq!(Tally::read(output), Some(expected));
    }

    #[test]
    fn a_suite_that_fails_or_runs_nothing_is_refused() {
        let judged = |program: &str, passed, failed| {
            let ended = ended(program);
            let found = Tally {
                passed,
                failed,
                ignored: 0,
            };
            let mut sum = Tally::default();
            let outcome = sum.judge("it", &ended, &found).is_ok();
            (outcome, sum.passed, sum.failed)
        };
        assert_eq!(judged("true", 3, 0), (true, 3, 0));
        assert_eq!(judged("true", 0, 0), (false, 0, 0));
        assert_eq!(judged("false", 3, 2), (false, 3, 2));
        assert_eq!(judged("false", 3, 0), (false, 3, 1));
    }

    #[test]
    fn a_skipped_test_is_refused_unless_it_is_one_in_rust() {
        let found = Tally {
            passed: 3,
            failed: 0,
            ignored: 1,
        };
        let mut sum = Tally::default();
        let refused = sum.judge("it", &ended("true"), &found).unwrap_err();
        assert_eq!(refused.to_string(), "it skipped 1 tests");
        assert_eq!(sum, found);
        assert!(sum.judge_but_ignored("it", &ended("true"), &found).is_ok());
        assert_eq!(sum.ignored, 2);
    }

    fn ended(program: &str) -> Ended {
        Ended {
            status: std::process::Command::new(program).status().unwrap(),
            output: String::new(),
        }
    }

    #[test]
    fn what_is_not_understood_is_no_pass() {
        assert_eq!(Tally::read("test result: ok. lots passed\n"), None);
        assert_eq!(
            Tally::read("error: could not compile\n"),
            Some(Tally::default())
        );
    }
}
