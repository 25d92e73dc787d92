//! Cloudflare's own client for Go against the service, started as an emulator. (Those for Python and Node.js
//! are asked by the suites of these languages.)

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::command::{self, cargo_line};
use crate::go;
use crate::project;
use crate::step::note;
use crate::test::Tally;

/// Runs the tests in Go.
pub(crate) fn test(tally: &mut Tally) -> Result<()> {
    command::run(cargo_line("build -p streamtoken-cli"))?;
    let program = project::target().join("debug/streamtoken");
    let (emulator, introduction) = Emulator::start(&program)?;
    let mut tests = go(["test", "-v", "-count=1", "-timeout=10m"]);
    tests
        // The analysis of what the client is made of takes longer than its compilation.
        .args(["-vet=off", "."])
        .env("STREAMTOKEN", &program)
        .env("STREAMTOKEN_EMULATOR", introduction);
    let ended = command::capture(tests)?;
    drop(emulator);
    let found = count(&ended.output);
    note(&format!("{} passed, {} failed", found.passed, found.failed));
    tally.add(&found);
    if !ended.status.success() {
        eprintln!("{}", ended.output.trim_end());
        tally.failed += u64::from(found.failed == 0);
        bail!("the tests in Go failed ({})", ended.status);
    }
    ensure!(found.passed > 0, "no test in Go ran");
    ensure!(
        found.ignored == 0,
        "{} tests in Go were skipped",
        found.ignored
    );
    Ok(())
}

/// The version of Go, and the format of the tests in it.
pub(crate) fn check(write: bool) -> Result<()> {
    go::check_version(&folder())?;
    let mut gofmt = Command::new("gofmt");
    gofmt.arg(if write { "-w" } else { "-l" }).arg(folder());
    let changed = command::run(gofmt)?;
    ensure!(changed.is_empty(), "gofmt would change {changed}");
    Ok(())
}

/// `go` in the tests' module, with what that needs kept below the target folder.
fn go<const N: usize>(arguments: [&str; N]) -> Command {
    let mut go = Command::new("go");
    go.args(arguments)
        .current_dir(folder())
        .env("GOMODCACHE", project::target().join("official/go"))
        .env("GOFLAGS", "-buildvcs=false -modcacherw -mod=readonly")
        .env("GOTOOLCHAIN", "local");
    // What this machine says to Cloudflare's client is not for these tests.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CLOUDFLARE_") {
            go.env_remove(name);
        }
    }
    go
}

fn folder() -> PathBuf {
    project::root().join("crates/xtask/official")
}

/// A running emulator; it ends with this value.
struct Emulator(Child);

impl Emulator {
    /// Starts it, and gives what it says of itself once it listens.
    fn start(program: &PathBuf) -> Result<(Self, String)> {
        let mut child = Command::new(program)
            .args(["serve", "--dev", "--listen", "127.0.0.1:0"])
            .args(["--json", "--exit-on-stdin-close"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the emulator cannot be started")?;
        let output = child.stdout.take().context("it has an output")?;
        let emulator = Self(child);
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        ensure!(line.starts_with("{\"base_url\""), "it says {line:?}");
        Ok((emulator, line))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It ends with its standard input; there is nobody left to tell a failure.
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// Adds up the lines of `go test -v`.
fn count(output: &str) -> Tally {
    let lines = |start: &str| {
        let found = output.lines().filter(|line| line.starts_with(start));
        found.count() as u64
    };
    Tally {
        passed: lines("--- PASS: "),
        failed: lines("--- FAIL: "),
        ignored: lines("--- SKIP: "),
    }
}

#[cfg(test)]
mod tests {
    use super::count;
    use crate::test::Tally;

    #[test]
    fn the_tests_of_go_are_counted() {
        let output = "=== RUN   TestA\n--- PASS: TestA (0.01s)\n    a_test.go:1: --- FAIL: no\n\
            --- FAIL: TestB (0.00s)\n--- SKIP: TestC (0.00s)\n--- PASS: TestD (1.00s)\nFAIL\n";
        let expected = Tally {
            passed: 2,
            failed: 1,
            ignored: 1,
        };
        assert_eq!(count(output), expected);
    }
}
