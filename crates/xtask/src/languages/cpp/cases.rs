//! Checks that are no test of Cargo's, counted like tests.

use anyhow::{Result, bail};

use crate::step::note;
use crate::test::Tally;

/// How many checks passed, and what those that did not have to say. Every one runs, so that one look
/// shows all that is broken.
#[derive(Default)]
pub(super) struct Cases {
    passed: u64,
    failures: Vec<String>,
}

impl Cases {
    /// Runs one check.
    pub(super) fn run(&mut self, name: &str, work: impl FnOnce() -> Result<()>) {
        let outcome = work();
        self.add(name, outcome.map(|()| 1));
    }

    /// Runs a program that counts its tests itself and returns how many there were.
    pub(super) fn run_counting(&mut self, name: &str, work: impl FnOnce() -> Result<u64>) {
        let outcome = work();
        self.add(name, outcome);
    }

    fn add(&mut self, name: &str, outcome: Result<u64>) {
        match outcome {
            Ok(passed) => self.passed += passed,
            Err(error) => self.failures.push(format!("{name}: {error:#}")),
        }
    }

    /// Adds the counts to the tally.
    ///
    /// # Errors
    /// When a check failed.
    pub(super) fn end(self, tally: &mut Tally) -> Result<()> {
        let failed = self.failures.len() as u64;
        note(&format!("{} passed, {failed} failed", self.passed));
        tally.add(&Tally {
            passed: self.passed,
            failed,
            ignored: 0,
        });
        if failed > 0 {
            bail!("{}", self.failures.join("\n"));
        }
        Ok(())
    }
}
