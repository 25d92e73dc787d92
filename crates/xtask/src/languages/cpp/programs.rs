//! The test programs in C++: alone, under valgrind, and with the sanitizers in them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::cases::Cases;
use crate::command;
use crate::faults;
use crate::languages::services::Services;
use crate::languages::tools::{self, tool};
use crate::project;
use crate::vectors::{Count, read_counts};

/// Runs all of them. Returns how many vectors passed.
pub(super) fn test(prefix: &Path, services: &Services, cases: &mut Cases<'_>) -> Vec<Count> {
    for run in RUNS {
        cases.run_counting(run.name, || {
            let mut command = run.command(prefix, "wrapper")?;
            services.introduce(&mut command);
            tests(command)
        });
    }
    cases.run_counting("faults", || tests(RUNS[0].command(prefix, "faults")?));
    for run in RUNS.iter().filter(|run| run.thorough) {
        cases.run_counting(&format!("faults, {}", run.name), || {
            let mut command = run.command(prefix, "faults")?;
            if matches!(run.how, How::Valgrind) {
                // All threads share a core there: two dozen handshakes at a time would pass the default limit.
                command.arg("3");
            }
            tests(command)
        });
        cases.run(&format!("vectors, {}", run.name), || {
            vectors(run.command(prefix, "vectors")?).map(drop)
        });
    }
    let counts = cases.get("vectors", |_| vectors(RUNS[0].command(prefix, "vectors")?));
    counts.unwrap_or_default()
}

/// One way to build and run a test program.
struct Run {
    name: &'static str,
    /// The folder of the build.
    folder: &'static str,
    standard: &'static str,
    flags: &'static str,
    how: How,
    /// The faults and the vectors run too. (They do in the first one in any case, which gives the count.)
    thorough: bool,
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
    thorough: false,
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
        thorough: true,
        ..PLAIN
    },
    Run {
        name: "with sanitizers",
        folder: "sanitized",
        flags: "-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer",
        how: How::Sanitized,
        thorough: true,
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
                command.args(tools::VALGRIND).arg(&program);
                command
            }
        };
        if matches!(self.how, How::Sanitized) {
            tools::prove_sanitized(&program)?;
            command
                .env(
                    "ASAN_OPTIONS",
                    "detect_leaks=1:detect_stack_use_after_return=1",
                )
                .env("UBSAN_OPTIONS", "print_stacktrace=1");
        }
        faults::tell(&mut command)?;
        command.env("STREAMTOKEN_VECTORS", project::vectors());
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
