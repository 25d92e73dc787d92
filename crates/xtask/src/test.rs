//! `cargo xtask test`: the checks, then every test there is.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::check;
use crate::command::{self, cargo_line};
use crate::dist;
use crate::faults;
use crate::languages::{c, cpp, node, python};
use crate::matrix;
use crate::official;
use crate::oracle::{self, Backend};
use crate::service;
use crate::snippets;
use crate::step::{note, step};
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
    println!("{} passed, {} failed", tally.passed, tally.failed);
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
    // Every selection runs, so that one look shows all that is broken.
    let mut broken = Vec::new();
    for (name, selection) in SELECTIONS {
        if let Err(error) = step(name, || tests(selection, tally)) {
            broken.push(format!("{error:#}"));
        }
    }
    let mut counts = Vec::new();
    for (name, test) in LANGUAGES {
        match step(name, || test(tally)) {
            Ok(more) => counts.extend(more),
            Err(error) => broken.push(format!("{error:#}")),
        }
    }
    for (name, test) in ACROSS {
        if let Err(error) = step(name, || test(tally)) {
            broken.push(format!("{error:#}"));
        }
    }
    if !broken.is_empty() {
        bail!("{}", broken.join("; "));
    }
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
    note(&format!("{} passed, {} failed", found.passed, found.failed));
    tally.add(&found);
    if !ended.status.success() {
        eprintln!("{}", ended.output.trim_end());
        tally.failed += u64::from(found.failed == 0);
        bail!("`cargo {line}` failed ({})", ended.status);
    }
    if found.passed == 0 {
        bail!("`cargo {line}` ran no test");
    }
    Ok(())
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

    pub(crate) fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
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
    fn what_is_not_understood_is_no_pass() {
        assert_eq!(Tally::read("test result: ok. lots passed\n"), None);
        assert_eq!(
            Tally::read("error: could not compile\n"),
            Some(Tally::default())
        );
    }
}
