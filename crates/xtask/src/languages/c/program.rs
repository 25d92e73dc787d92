//! The test programs in C, and the ways in which each is run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, anyhow, bail, ensure};

use super::{Library, include};
use crate::command::{self, Ended};
use crate::dist::Example;
use crate::faults;
use crate::languages::services::Services;
use crate::languages::tools;
use crate::markdown;
use crate::project;
use crate::test::Tally;
use crate::vectors::{self, Count};

/// A program under `bindings/c/tests`, or in the binding's README.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Program {
    /// Every golden vector.
    Vectors,
    /// NULL, lengths, encodings, order of freeing.
    Boundary,
    /// Reports, findings and simulations of what nobody should have given.
    Refused,
    /// Many threads, one handle.
    Threads,
    /// Forks beside threads.
    Forks,
    /// The client of Cloudflare's API, against services.
    Client,
    /// A panic inside every function.
    Panics,
    /// The program of the binding's README: it mints the published token.
    Usage,
    /// The library comes and goes while a thread lives.
    Unload,
    /// Frees nothing: whoever looks for leaks has to find them.
    Leak,
}

/// How a program is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    AsItIs,
    Valgrind,
    /// gcc's AddressSanitizer (with its search for leaks) and UndefinedBehaviorSanitizer.
    Sanitizers,
}

impl Way {
    pub(super) const ALL: [Self; 3] = [Self::AsItIs, Self::Valgrind, Self::Sanitizers];

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::AsItIs => "as it is",
            Self::Valgrind => "under valgrind",
            Self::Sanitizers => "with sanitizers",
        }
    }

    fn flags(self) -> &'static [&'static str] {
        match self {
            Self::AsItIs | Self::Valgrind => &["-g"],
            Self::Sanitizers => &[
                "-g",
                "-fsanitize=address,undefined",
                "-fno-sanitize-recover=all",
            ],
        }
    }

    fn command(self, program: &Path) -> Command {
        // A program that hangs fails.
        let mut command = Command::new("timeout");
        command.arg("600");
        if self == Self::Valgrind {
            // Threads take turns, or those of a busy machine wait for minutes.
            command.args(["valgrind", "--fair-sched=yes"]);
            command.args(tools::VALGRIND);
        }
        command.arg(program);
        command
    }
}

impl Program {
    /// The longest ones first, and side by side.
    pub(super) const ALL: &'static [Self] = &[
        Self::Vectors,
        Self::Client,
        Self::Threads,
        Self::Forks,
        Self::Boundary,
        Self::Refused,
        Self::Panics,
        Self::Usage,
        Self::Unload,
        Self::Leak,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Vectors => "vectors",
            Self::Boundary => "boundary",
            Self::Refused => "refused",
            Self::Threads => "threads",
            Self::Forks => "forks",
            Self::Client => "client",
            Self::Panics => "panics",
            Self::Usage => "usage",
            Self::Unload => "unload",
            Self::Leak => "leak",
        }
    }

    /// Whether it needs the library whose functions panic on demand.
    pub(super) fn provokes(self) -> bool {
        self == Self::Panics
    }

    /// Whether it can be run so. AddressSanitizer's own allocator has locks, which a fork copies as another thread
    /// holds them: beside threads a child hangs in its `malloc`. The C library's does not.
    pub(super) fn runs(self, way: Way) -> bool {
        self != Self::Forks || way != Way::Sanitizers
    }

    /// Compiles the program, and says how it is run.
    pub(super) fn prepare(
        self,
        library: &Library,
        services: &Services,
        way: Way,
    ) -> Result<Command> {
        let program = self.compile(library, way)?;
        let mut command = self.command(library, way, &program)?;
        if self == Self::Client {
            services.introduce(&mut command);
        }
        Ok(command)
    }

    /// Adds its tests to the tally, and gives how many vectors were among them.
    pub(super) fn count(self, way: Way, ended: &Ended, tally: &mut Tally) -> Result<Vec<Count>> {
        let (passed, counts) = self
            .judge(way, ended)
            .map_err(|error| anyhow!("{error:#}\n{}", ended.output.trim_end()))?;
        tally.passed += passed;
        Ok(counts)
    }

    fn compile(self, library: &Library, way: Way) -> Result<PathBuf> {
        let folder = folder()?;
        let suffix = if way == Way::Sanitizers {
            "-sanitized"
        } else {
            ""
        };
        let program = folder.join(format!("{}{suffix}", self.name()));
        let mut compiler = Command::new("gcc");
        compiler
            .arg("-std=c11")
            .args(WARNINGS)
            .args(way.flags())
            .args(sources(&[self])?)
            .arg("-I")
            .arg(include())
            .arg("-o")
            .arg(&program)
            // A program that names no function of the library does not load it by itself.
            .arg("-Wl,--as-needed")
            .args(library.link())
            .args(["-ljansson", "-lpthread"]);
        command::run(compiler)?;
        if way == Way::Sanitizers {
            tools::prove_sanitized(&program)?;
        }
        Ok(program)
    }

    fn command(self, library: &Library, way: Way, program: &Path) -> Result<Command> {
        let mut command = way.command(program);
        command
            .env("RUST_BACKTRACE", "0")
            // Cargo puts its own folder there, which would come before the one that was linked.
            .env_remove("LD_LIBRARY_PATH");
        command::without_settings(&mut command);
        faults::tell(&mut command)?;
        match self {
            Self::Vectors => command.arg(project::vectors()),
            Self::Usage => Example::read()?.give_key(&mut command),
            Self::Unload => command.arg(Example::key_file()).arg(library.file()),
            _ => command.arg(Example::key_file()),
        };
        Ok(command)
    }

    /// How many tests passed, and the vectors among them.
    fn judge(self, way: Way, ended: &Ended) -> Result<(u64, Vec<Count>)> {
        if self == Self::Leak && way != Way::AsItIs {
            ensure!(
                !ended.status.success()
                    && LEAK_REPORTS
                        .iter()
                        .any(|found| ended.output.contains(found)),
                "the leak was not found"
            );
            return Ok((1, Vec::new()));
        }
        ensure!(ended.status.success(), "failed ({})", ended.status);
        match self {
            Self::Vectors => {
                let counts = vectors::read_counts(&ended.output, "");
                ensure!(counts.len() == 1, "it does not say how many passed");
                Ok((1, counts))
            }
            Self::Usage => {
                let wanted = Example::read()?.token;
                ensure!(ended.output.trim_end() == wanted, "it minted another token");
                Ok((1, Vec::new()))
            }
            Self::Leak => Ok((1, Vec::new())),
            _ => Ok((passed(&ended.output)?, Vec::new())),
        }
    }
}

/// `N passed, 0 failed`, on a line of its own.
fn passed(output: &str) -> Result<u64> {
    let mut lines = output.lines().rev();
    let count = lines.find_map(|line| line.strip_suffix(" passed, 0 failed"));
    match count.and_then(|count| count.parse().ok()) {
        Some(count) if count > 0 => Ok(count),
        _ => bail!("it does not say that tests passed"),
    }
}

/// The C sources of the programs, each once.
pub(super) fn sources(programs: &[Program]) -> Result<Vec<PathBuf>> {
    let tests = project::root().join("bindings/c/tests");
    let named = |names: &[&str]| -> Vec<PathBuf> {
        names
            .iter()
            .map(|name| tests.join(format!("{name}.c")))
            .collect()
    };
    let mut sources = Vec::new();
    for program in programs {
        sources.extend(match program {
            Program::Vectors => sources_in(&tests.join("vectors"))?,
            Program::Boundary => named(&["boundary", "check", "slots", "include_twice"]),
            Program::Refused => named(&["refused", "check"]),
            Program::Threads => named(&["threads", "check"]),
            Program::Forks => named(&["forks", "check", "slow_locks"]),
            Program::Client => {
                let mut sources = sources_in(&tests.join("client"))?;
                sources.extend(named(&["check"]));
                sources
            }
            Program::Panics => named(&["panics", "check", "slots"]),
            Program::Usage => vec![usage()?],
            Program::Unload => named(&["unload"]),
            Program::Leak => named(&["leak", "check"]),
        });
    }
    sources.sort();
    sources.dedup();
    Ok(sources)
}

fn sources_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "c") {
            sources.push(path);
        }
    }
    Ok(sources)
}

/// The program of the README, as a file.
fn usage() -> Result<PathBuf> {
    let path = folder()?.join("usage.c");
    fs::write(&path, markdown::first_block("bindings/c/README.md", "c")?)?;
    Ok(path)
}

fn folder() -> Result<PathBuf> {
    let folder = project::target().join("c");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// `_DEFAULT_SOURCE` is for `setenv`, which C11 alone does not have.
pub(super) const WARNINGS: [&str; 5] = [
    "-D_DEFAULT_SOURCE",
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Werror",
];

/// What valgrind and AddressSanitizer say of lost memory.
const LEAK_REPORTS: [&str; 2] = ["definitely lost", "LeakSanitizer: detected memory leaks"];

#[cfg(test)]
mod tests {
    use super::passed;

    #[test]
    fn a_program_must_say_that_tests_passed() {
        assert_eq!(
            passed("test a ... ok\n12 passed, 0 failed\n").ok(),
            Some(12)
        );
        for output in [
            "",
            "0 passed, 0 failed\n",
            "3 passed, 1 failed\n",
            "passed, 0 failed\n",
        ] {
            assert!(passed(output).is_err(), "{output}");
        }
    }
}
