//! C: build, lints, tests.

mod library;
mod program;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::command;
use crate::dist::{self, Example};
use crate::header;
use crate::languages::Script;
use crate::languages::services::Services;
use crate::project;
use crate::step::note;
use crate::test::Tally;
use crate::vectors::Count;
use program::{Program, Way};

pub(crate) use library::Library;

/// The header, then every C source with all warnings, as C11 and C17, by every compiler there is.
pub(crate) fn check(write: bool) -> Result<()> {
    header::run(&header::Options { check: !write })?;
    let compilers: Vec<_> = ["cc", "clang"].into_iter().filter(is_there).collect();
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

fn is_there(compiler: &&str) -> bool {
    let mut version = Command::new(compiler);
    version.arg("--version");
    command::capture(version).is_ok_and(|ended| ended.status.success())
}

/// Every test of the surface: each program as it is, under valgrind, and with sanitizers. The golden
/// vectors are among them: their counts are returned too.
pub(crate) fn test(tally: &mut Tally) -> Result<Vec<Count>> {
    // The library of the provoked panics first: what Cargo leaves behind is the one without.
    let provoking = Library::provoking()?;
    let library = Library::build()?;
    let services = Services::start("c")?;
    let mut broken = BTreeSet::new();
    let mut counts = Vec::new();
    for way in Way::ALL {
        let mut counted = Vec::new();
        for program in Program::ALL {
            let library = if program.provokes() {
                &provoking
            } else {
                &library
            };
            match program.test(library, &services, way, tally) {
                Ok(more) => counted.extend(more),
                Err(error) => {
                    eprintln!("{error:#}");
                    tally.failed += 1;
                    broken.insert(format!("{} {}", program.name(), way.words()));
                }
            }
        }
        note(&format!("{} programs {}", Program::ALL.len(), way.words()));
        if counts.is_empty() {
            counts = counted;
        } else if counts != counted {
            broken.insert(format!("the number of vectors {}", way.words()));
        }
    }
    ensure!(broken.is_empty(), "broken: {broken:?}");
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
    let example = Example::read()?;
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
    command
        .env_remove("LD_LIBRARY_PATH")
        .env("CLOUDFLARE_STREAM_KEY_FILE", Example::key_file())
        .env("CLOUDFLARE_STREAM_KEY_ID", example.key_id);
    Ok(command)
}

fn bench_source() -> PathBuf {
    project::root().join("bindings/c/benches/bench.c")
}

/// The folder of the headers.
pub(crate) fn include() -> PathBuf {
    project::root().join("include")
}
