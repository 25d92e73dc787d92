//! Python: build, lints, tests.

mod interpreters;
mod module;
mod venv;

use std::ffi::OsStr;
use std::iter;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::cases::Cases;
use crate::command::{self, Ended};
use crate::faults;
use crate::languages::services::Services;
use crate::languages::{Examples, Script};
use crate::project;
use crate::step::note;
use crate::test::Tally;
use crate::vectors::{self, Count};

pub(crate) use venv::Venv;

/// Format, lints, types and generated files.
pub(crate) fn check(write: bool) -> Result<()> {
    let venv = Venv::of_newest()?;
    let package = module::stage("package", &[])?;
    let format: &[&str] = if write { &[] } else { &["--check"] };
    command::run(venv.tool("ruff", ["format", "--quiet"].iter().chain(format)))?;
    command::run(venv.tool("ruff", ["check", "--quiet"]))?;
    command::run(venv.module("mypy", ["--no-error-summary"]))?;
    let mut stubtest = venv.module("mypy.stubtest", ["streamtoken", "--allowlist"]);
    stubtest.arg(folder().join(".stubtest-allowlist"));
    stubtest.args(["--mypy-config-file", "/dev/null"]);
    command::run(with_package(stubtest, &package))?;
    Ok(())
}

/// Every test of the surface. The golden vectors are among them: their counts are returned too.
pub(crate) fn test(tally: &mut Tally) -> Result<Vec<Count>> {
    let panicking = module::stage("panicking", &["streamtoken-python/provoke-panic"])?;
    let package = module::stage("package", &[])?;
    // A test looks for its own requests in the log of a service: who runs beside it asks another.
    let services = [
        Services::start("python")?,
        Services::start("python-beside")?,
    ];
    let pytest = |venv: &Venv, services: &Services, ignored: &[&str]| -> Result<Command> {
        let mut command = venv.module("pytest", ["-q"]);
        command.args(
            ignored
                .iter()
                .map(|file| format!("--ignore={}", folder().join(file).display())),
        );
        command.env("STREAMTOKEN_PANIC_BUILD", &panicking);
        faults::tell(&mut command)?;
        services.introduce(&mut command);
        Ok(with_package(command, &package))
    };
    let newest = Venv::of_newest()?;
    let others = Venv::of_others()?;
    let mut cases = Cases::new(tally);
    let mut judge = |venv: &Venv, ended: Result<Ended>, wanted: Option<&Vec<Count>>| {
        cases.get(&format!("Python {}", venv.version()), |tally| {
            let counts = counts(&ended?, tally)?;
            let is_same = wanted.is_none_or(|wanted| *wanted == counts);
            ensure!(is_same, "it ran other vectors than the newest");
            Ok(counts)
        })
    };
    // First, and alone: it has the benchmark among its tests, and the others are compared with it.
    let ended = pytest(&newest, &services[0], &[]).and_then(command::capture);
    let counts = judge(&newest, ended, None);
    for some in others.chunks(services.len()) {
        let commands = some.iter().zip(&services);
        let commands = commands.map(|(venv, services)| pytest(venv, services, PEERS));
        let ended = command::capture_all(commands.collect());
        for (venv, ended) in some.iter().zip(ended) {
            judge(venv, ended, counts.as_ref());
        }
    }
    cases.end()?;
    let all = iter::once(&newest).chain(&others);
    let versions: Vec<_> = all.map(Venv::version).collect();
    note(&format!("on Python {}", versions.join(", ")));
    Ok(counts.unwrap_or_default())
}

/// The golden vectors, on the package in this folder.
pub(crate) fn vectors(package: &Path) -> Result<Command> {
    let mut command = Venv::of_newest()?.module("pytest", ["-q"]);
    command.arg(folder().join("tests/test_vectors.py"));
    Ok(with_package(command, package))
}

/// The example programs, built.
pub(crate) fn examples() -> Result<Vec<Examples>> {
    let package = module::stage("package", &[])?;
    let venv = Venv::of_newest()?;
    Ok(vec![Examples::new("Python", move |name| {
        let program = folder().join(format!("examples/{name}.py"));
        with_package(venv.tool("python", [program]), &package)
    })])
}

/// How a block of Python in the documentation runs.
pub(crate) fn script() -> Result<Script> {
    let package = module::stage("package", &[])?;
    let venv = Venv::of_newest()?;
    Ok(Script {
        fence: "python",
        extension: "py",
        command: Box::new(move |file| Ok(with_package(venv.tool("python", [file]), &package))),
    })
}

/// The process that times blocks for the benchmark, with the module as it is released.
pub(crate) fn bench_server() -> Result<Command> {
    let package = module::stage_release("release")?;
    let bench = folder().join("benches/bench.py");
    let server = Venv::of_newest()?.tool("python", [bench.as_os_str(), OsStr::new("--serve")]);
    Ok(with_package(server, &package))
}

/// What the benchmark says of itself: import time, installed size.
pub(crate) fn bench_report(quick: bool) -> Result<Command> {
    let package = module::stage_release("release")?;
    let mut report = Venv::of_newest()?.tool("python", [folder().join("benches/bench.py")]);
    report.args(quick.then_some("--quick"));
    Ok(with_package(report, &package))
}

/// Tests that need more than pytest; they run on the newest interpreter alone.
const PEERS: &[&str] = &[
    "tests/test_bench.py",
    "tests/test_official_client.py",
    "tests/test_peers.py",
];

/// The binding's folder.
pub(crate) fn folder() -> PathBuf {
    project::root().join("bindings/python")
}

/// The command with our package importable, and nothing written beside the sources.
fn with_package(mut command: Command, package: &Path) -> Command {
    command
        .env("PYTHONPATH", package)
        .env("MYPYPATH", package)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// Adds up the results of pytest, and gives the counts of vectors that it printed.
fn counts(ended: &Ended, tally: &mut Tally) -> Result<Vec<Count>> {
    let found = summary(&ended.output).unwrap_or_default();
    tally.judge("pytest", ended, &found)?;
    Ok(vectors::read_counts(&ended.output, ""))
}

/// pytest's last line: `1 failed, 391 passed, 2 skipped in 8.48s`.
fn summary(output: &str) -> Option<Tally> {
    let line = output.lines().rev().find(|line| line.contains(" in "))?;
    let (counts, _) = line.trim_matches(['=', ' ']).rsplit_once(" in ")?;
    let mut tally = Tally::default();
    for count in counts.split(", ") {
        let (number, what) = count.split_once(' ')?;
        let number: u64 = number.parse().ok()?;
        match what {
            "passed" => tally.passed += number,
            "failed" | "error" | "errors" => tally.failed += number,
            _ => tally.ignored += number,
        }
    }
    Some(tally)
}

#[cfg(test)]
mod tests {
    use super::summary;
    use crate::test::Tally;

    #[test]
    fn the_last_line_of_pytest_is_understood() {
        let tally = |passed, failed, ignored| Tally {
            passed,
            failed,
            ignored,
        };
        for (line, expected) in [
            ("337 passed in 2.79s", tally(337, 0, 0)),
            ("1 failed, 391 passed in 8.48s", tally(391, 1, 0)),
            (
                "== 2 passed, 1 skipped, 1 error in 0.10s ==",
                tally(2, 1, 1),
            ),
        ] {
            assert_eq!(
                summary(&format!("noise in tests\n{line}\n")),
                Some(expected)
            );
        }
        assert_eq!(summary("error: file or directory not found"), None);
        assert_eq!(summary("lots passed in 1s"), None);
    }
}
