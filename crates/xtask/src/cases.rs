//! Checks of which every one runs, so that one look shows all that is broken.

use anyhow::{Result, bail};

use crate::test::Tally;

/// What goes into one tally, and what those that failed have to say. It is said at once; at the end stands a line
/// of each.
pub(crate) struct Cases<'t> {
    tally: &'t mut Tally,
    failures: Vec<String>,
}

impl<'t> Cases<'t> {
    pub(crate) fn new(tally: &'t mut Tally) -> Self {
        Self {
            tally,
            failures: Vec::new(),
        }
    }

    /// Runs one check, which counts as one test.
    pub(crate) fn run(&mut self, name: &str, work: impl FnOnce() -> Result<()>) {
        self.run_counting(name, || work().map(|()| 1));
    }

    /// Runs a program that counts its tests itself and returns how many there were.
    pub(crate) fn run_counting(&mut self, name: &str, work: impl FnOnce() -> Result<u64>) {
        self.get(name, |tally| {
            tally.passed += work()?;
            Ok(())
        });
    }

    /// Runs what adds its tests to the tally itself, or is none, and gives what comes of it. One that fails without
    /// a failed test counts as one.
    pub(crate) fn get<T>(
        &mut self,
        name: &str,
        work: impl FnOnce(&mut Tally) -> Result<T>,
    ) -> Option<T> {
        let failed = self.tally.failed;
        match work(self.tally) {
            Ok(found) => Some(found),
            Err(error) => {
                self.tally.failed = self.tally.failed.max(failed + 1);
                let said = format!("{name}: {error:#}");
                eprintln!("{}", said.trim_end());
                let first = said.lines().next().unwrap_or_default();
                self.failures.push(first.to_owned());
                None
            }
        }
    }

    /// Ends with a line of each that failed.
    ///
    /// # Errors
    /// When one did.
    pub(crate) fn end(self) -> Result<()> {
        if !self.failures.is_empty() {
            bail!("{}", self.failures.join("; "));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::Cases;
    use crate::test::Tally;

    #[test]
    fn every_case_runs_and_every_failure_counts() {
        let mut tally = Tally::default();
        let mut cases = Cases::new(&mut tally);
        cases.run("one", || bail!("it is broken\nfor a reason"));
        cases.run("two", || Ok(()));
        cases.run_counting("three", || Ok(5));
        cases.run_counting("four", || bail!("no"));
        assert_eq!(cases.get("five", |_| Ok("found")), Some("found"));
        let counted = cases.get::<()>("six", |tally| {
            tally.passed += 3;
            tally.failed += 2;
            bail!("two of five")
        });
        assert_eq!(counted, None);
        assert_eq!(cases.get::<()>("seven", |_| bail!("no compiler")), None);
        let said = cases.end().unwrap_err().to_string();
        let expected = "one: it is broken; four: no; six: two of five; seven: no compiler";
        assert_eq!(said, expected);
        assert_eq!((tally.passed, tally.failed), (9, 5));
    }

    #[test]
    fn nothing_is_wrong_where_nothing_failed() {
        let mut tally = Tally::default();
        let mut cases = Cases::new(&mut tally);
        cases.run("one", || Ok(()));
        assert!(cases.end().is_ok());
        assert_eq!((tally.passed, tally.failed), (1, 0));
    }
}
