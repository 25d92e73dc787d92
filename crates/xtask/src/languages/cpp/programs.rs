//! The test programs in C++: alone, under valgrind, and with the sanitizers in them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::cases::Cases;
use super::tools::{self, tool};
use crate::command;
use crate::faults;
use crate::project;
use crate::vectors::{Count, read_counts};

/// Runs all of them. Returns how many vectors passed.
pub(super) fn test(prefix: &Path, cases: &mut Cases) -> Result<Vec<Count>> {
    for run in RUNS {
        cases.run_counting(run.name, || tests(run.command(prefix, "wrapper")?));
    }
    for run in RUNS.iter().filter(|run| run.with_vectors) {
        cases.run(&format!("vectors, {}", run.name), || {
            vectors(run.command(prefix, "vectors")?).map(drop)
        });
    }
    vectors(RUNS[0].command(prefix, "vectors")?)
}

/// One way to build and run a test program.
struct Run {
    name: &'static str,
    /// The folder of the build.
    folder: &'static str,
    standard: &'static str,
    flags: &'static str,
    how: How,
    /// The vectors run too. (They do in the first one in any case, which gives the count.)
    with_vectors: bool,
}

enum How {
    Alone,
    Valgrind,
    Sanitized,
}

const PLAIN: Run = Run {
    name: "C++17",
    folder: "cpp17",
    standard: "17",
    flags: "",
    how: How::Alone,
    with_vectors: false,
};
const RUNS: [Run; 4] = [
    PLAIN,
    Run {
        name: "C++20",
        folder: "cpp20",
        standard: "20",
        ..PLAIN
    },
    Run {
        name: "under valgrind",
        how: How::Valgrind,
        with_vectors: true,
        ..PLAIN
    },
    Run {
        name: "with sanitizers",
        folder: "sanitized",
        flags: "-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer",
        how: How::Sanitized,
        with_vectors: true,
        ..PLAIN
    },
];

impl Run {
    /// Builds a program, and says how to run it.
    fn command(&self, prefix: &Path, program: &str) -> Result<Command> {
        let program = self.build(prefix, program)?;
        let mut command = match self.how {
            How::Alone | How::Sanitized => tool(&program.to_string_lossy()),
            How::Valgrind => {
                let mut command = tool("valgrind");
                command.args(VALGRIND).arg(&program);
                command
            }
        };
        if matches!(self.how, How::Sanitized) {
            sanitizers_are_linked(&program)?;
            command
                .env(
                    "ASAN_OPTIONS",
                    "detect_leaks=1:detect_stack_use_after_return=1",
                )
                .env("UBSAN_OPTIONS", "print_stacktrace=1");
        }
        faults::tell(&mut command)?;
        command.env(
            "STREAMTOKEN_VECTORS",
            project::root().join("crates/streamtoken/vectors"),
        );
        Ok(command)
    }

    fn build(&self, prefix: &Path, program: &str) -> Result<PathBuf> {
        let folder = tools::folder(self.folder)?;
        let mut configure = tool("cmake");
        configure
            .arg("-S")
            .arg(project::root().join("bindings/c/tests/cpp"))
            .arg("-B")
            .arg(&folder)
            .arg(format!("-DCMAKE_PREFIX_PATH={}", prefix.display()))
            .arg(format!("-DCMAKE_CXX_STANDARD={}", self.standard))
            .arg(format!("-DCMAKE_CXX_FLAGS={}", self.flags));
        command::run(configure)?;
        let mut build = tool("cmake");
        build.arg("--build").arg(&folder);
        build.args(["--parallel", "2", "--target", program]);
        command::run(build)?;
        Ok(folder.join(program))
    }
}

/// A program that counts its tests itself; returns how many passed.
fn tests(command: Command) -> Result<u64> {
    passed(&command::run(command)?).context("it ran no test, or did not say so")
}

/// `tests: 12 passed, 0 failed`
fn passed(output: &str) -> Option<u64> {
    let all = output.lines().find_map(|line| {
        let counts = line.strip_prefix("tests: ")?;
        counts.strip_suffix(" passed, 0 failed")?.parse().ok()
    });
    all.filter(|count| *count > 0)
}

fn vectors(command: Command) -> Result<Vec<Count>> {
    let counts = read_counts(&command::run(command)?, "");
    ensure!(
        counts.len() == 1,
        "the runner printed {} counts",
        counts.len()
    );
    Ok(counts)
}

/// A sanitizer that is not in the program finds nothing.
fn sanitizers_are_linked(program: &Path) -> Result<()> {
    let mut nm = tool("nm");
    nm.arg("--dynamic").arg(program);
    let symbols = command::run(nm)?;
    for wanted in ["__asan_init", "__ubsan_handle"] {
        ensure!(
            symbols.contains(wanted),
            "{} has no {wanted}",
            program.display()
        );
    }
    Ok(())
}

/// Any leak that is not still reachable at the end fails, as does any invalid access.
const VALGRIND: [&str; 4] = [
    "--quiet",
    "--error-exitcode=99",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite,indirect,possible",
];

#[cfg(test)]
mod tests {
    use super::passed;

    #[test]
    fn only_a_count_without_a_failure_is_a_pass() {
        assert_eq!(passed("noise\ntests: 12 passed, 0 failed\n"), Some(12));
        for bad in [
            "",
            "tests: 0 passed, 0 failed",
            "tests: 3 passed, 1 failed",
            "tests: x",
        ] {
            assert_eq!(passed(bad), None, "{bad}");
        }
    }
}
