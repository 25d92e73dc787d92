//! C: build, lints, tests.

mod library;
mod program;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::cases::Cases;
use crate::command;
use crate::dist::{self, Example};
use crate::header;
use crate::languages::services::Services;
use crate::languages::{Script, tools};
use crate::project;
use crate::step::note;
use crate::test::Tally;
use crate::vectors::Count;
use program::{Program, Way};

pub(crate) use library::Library;

/// The header, then every C source with all warnings, as C11 and C17, by every compiler there is.
pub(crate) fn check(write: bool) -> Result<()> {
    header::run(&header::Options { check: !write })?;
    let compilers = tools::found(&["cc", "clang"]);
    for compiler in &compilers {
        for standard in ["c11", "c17"] {
            let mut lint = Command::new(compiler);
            lint.arg(format!("-std={standard}"))
                .arg("-fsyntax-only")
                .args(program::WARNINGS)
                .args(program::sources(Program::ALL)?)
                .arg(bench_source())
                .arg("-I")
                .arg(include());
            command::run(lint)?;
        }
    }
    note(&format!("C11 and C17 by {}", compilers.join(" and ")));
    Ok(())
}

/// Every test of the surface: each program as it is, under valgrind, and with sanitizers. The golden
/// vectors are among them: their counts are returned too.
pub(crate) fn test(tally: &mut Tally) -> Result<Vec<Count>> {
    // The library of the provoked panics first: what Cargo leaves behind is the one without.
    let provoking = Library::provoking()?;
    let library = Library::build()?;
    let services = Services::start("c")?;
    let mut cases = Cases::new(tally);
    let mut counts = Vec::new();
    for way in Way::ALL {
        let mut counted = Vec::new();
        // Two at a time: under valgrind a program has one core at most, however many threads it has.
        let programs: Vec<_> = Program::ALL.iter().filter(|it| it.runs(way)).collect();
        for some in programs.chunks(2) {
            let prepare = |program: &&Program| {
                let library = if program.provokes() {
                    &provoking
                } else {
                    &library
                };
                program.prepare(library, &services, way)
            };
            let ended = command::capture_all(some.iter().map(prepare).collect());
            for (program, ended) in some.iter().zip(ended) {
                let name = format!("{} {}", program.name(), way.words());
                let more = cases.get(&name, |tally| program.count(way, &ended?, tally));
                counted.extend(more.into_iter().flatten());
            }
        }
        note(&format!("{} programs {}", programs.len(), way.words()));
        if counts.is_empty() {
            counts = counted;
        } else {
            let name = format!("the number of vectors {}", way.words());
            cases.get(&name, |_| {
                ensure!(counts == counted, "{counted:?}, and not {counts:?}");
                Ok(())
            });
        }
    }
    cases.end()?;
    Ok(counts)
}

/// How a block of C in the documentation runs.
pub(crate) fn script() -> Result<Script> {
    let library = Library::build()?;
    Ok(Script {
        fence: "c",
        extension: "c",
        command: Box::new(move |source| {
            let program = source.with_extension("out");
            let mut compiler = Command::new("gcc");
            compiler
                .arg("-std=c11")
                .args(program::WARNINGS)
                .arg(source)
                .arg("-I")
                .arg(include())
                .arg("-o")
                .arg(&program)
                .args(library.link());
            command::run(compiler)?;
            let mut command = Command::new(program);
            // Cargo puts its own folder there, which would come before the one that was linked.
            command.env_remove("LD_LIBRARY_PATH");
            Ok(command)
        }),
    })
}

/// The process that times blocks for the benchmark, on the library as it is installed.
pub(crate) fn bench_server() -> Result<Command> {
    let folder = project::target().join("c");
    let prefix = dist::c::prefix("release", &folder.join("bench"))?;
    let program = folder.join("bench-server");
    let mut compiler = Command::new("gcc");
    compiler
        .args(["-std=c11", "-O2"])
        .args(program::WARNINGS)
        .arg(bench_source())
        .arg("-I")
        .arg(prefix.join("include"))
        .arg("-o")
        .arg(&program)
        .arg(format!("-L{0}/lib", prefix.display()))
        .arg(format!("-Wl,-rpath,{0}/lib", prefix.display()))
        .arg("-lstreamtoken");
    command::run(compiler)?;
    let mut command = Command::new(program);
    command.env_remove("LD_LIBRARY_PATH");
    Example::read()?.give_key(&mut command);
    Ok(command)
}

fn bench_source() -> PathBuf {
    project::root().join("bindings/c/benches/bench.c")
}

/// The folder of the headers.
pub(crate) fn include() -> PathBuf {
    project::root().join("include")
}
