//! Cloudflare's own client for Go against the service, started as an emulator. (Those for Python and Node.js
//! are asked by the suites of these languages.)

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::command;
use crate::emulator;
use crate::go;
use crate::project;
use crate::step::note;
use crate::test::Tally;

/// Runs the tests in Go.
pub(crate) fn test(tally: &mut Tally) -> Result<()> {
    let program = emulator::program()?;
    let emulator = emulator::start(&program)?;
    let mut tests = go(["test", "-v", "-count=1", "-timeout=10m"]);
    tests
        // The analysis of what the client is made of takes longer than its compilation.
        .args(["-vet=off", "."])
        .env("STREAMTOKEN", &program)
        .env("STREAMTOKEN_EMULATOR", emulator.said.to_string());
    let ended = command::capture(tests)?;
    drop(emulator);
    let found = count(&ended.output);
    note(&found.to_string());
    tally.judge("`go test`", &ended, &found)
}

/// The version of Go, and the format of the tests in it.
pub(crate) fn check(write: bool) -> Result<()> {
    go::check_version(&folder())?;
    go::format(&folder(), write)
}

/// `go` in the tests' module, with what that needs kept below the target folder.
fn go<const N: usize>(arguments: [&str; N]) -> Command {
    let mut go = Command::new("go");
    go.args(arguments)
        .current_dir(folder())
        .env("GOMODCACHE", project::target().join("official/go"))
        .env("GOFLAGS", "-buildvcs=false -modcacherw -mod=readonly")
        .env("GOTOOLCHAIN", "local");
    command::without_settings(&mut go);
    go
}

fn folder() -> PathBuf {
    project::root().join("crates/xtask/official")
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
