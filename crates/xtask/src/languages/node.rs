//! Node.js: build, lints, tests.

mod install;
mod suites;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::command;
use crate::languages::{Examples, Script};
use crate::project;
use crate::test::Tally;
use crate::vectors::Count;

/// Format, lints, types and generated files.
pub(crate) fn check(write: bool) -> Result<()> {
    install::packages()?;
    biome(write)?;
    install::addon()?;
    types()
}

/// Every test of the surface. The golden vectors are among them: their counts are returned too.
pub(crate) fn test(tally: &mut Tally) -> Result<Vec<Count>> {
    install::packages()?;
    install::tools()?;
    install::addon_that_panics()?;
    install::addon()?;
    suites::run(tally)
}

/// The golden vectors, on the addon that is there and the Node.js of the machine.
pub(crate) fn vectors() -> Command {
    let mut command = Command::new("node");
    command
        .arg("--test")
        .arg(folder().join("tests/vectors.test.js"));
    at_root(command)
}

/// The example programs, built: in JavaScript as they are, and in TypeScript compiled.
pub(crate) fn examples() -> Result<Vec<Examples>> {
    install::packages()?;
    install::addon()?;
    let sources = folder().join("examples");
    let mut tsc = binary("tsc");
    tsc.arg("--project").arg(&sources);
    command::run(tsc)?;
    // Below the package, since that is how the programs find it by its name.
    let compiled = project::root().join("target/node/examples");
    let program = |folder: PathBuf, end: &'static str| {
        move |name: &str| {
            let mut command = Command::new("node");
            command.arg(folder.join(format!("{name}.{end}")));
            command
        }
    };
    Ok(vec![
        Examples::new("JavaScript", program(sources, "mjs")),
        Examples::new("TypeScript", program(compiled, "js")),
    ])
}

/// How a block of JavaScript in the documentation runs: where the package finds itself by its name, and
/// the libraries that it is compared with are found by theirs.
pub(crate) fn script() -> Result<Script> {
    install::packages()?;
    install::tools()?;
    install::addon()?;
    let folder = workshop().join("snippets");
    let modules = folder.join("node_modules");
    std::fs::create_dir_all(&modules)?;
    link(&project::root(), &modules.join("streamtoken"))?;
    for library in ["jose", "jsonwebtoken"] {
        let installed = workshop().join("tools/node_modules").join(library);
        link(&installed, &modules.join(library))?;
    }
    Ok(Script {
        fence: "js",
        extension: "mjs",
        command: Box::new(move |file| {
            let program = folder.join("snippet.mjs");
            std::fs::copy(file, &program)?;
            let mut command = Command::new("node");
            command.arg(program);
            Ok(at_root(command))
        }),
    })
}

fn link(from: &Path, to: &Path) -> Result<()> {
    if to.symlink_metadata().is_ok() {
        std::fs::remove_file(to)?;
    }
    Ok(std::os::unix::fs::symlink(from, to)?)
}

/// The process that times blocks for the benchmark, with the addon as it is released.
pub(crate) fn bench_server() -> Result<Command> {
    bench(&["--serve"])
}

/// What the benchmark says of itself: time to require, installed size.
pub(crate) fn bench_report(quick: bool) -> Result<Command> {
    bench(if quick { &["--quick"] } else { &[] })
}

fn bench(arguments: &[&str]) -> Result<Command> {
    install::packages()?;
    install::tools()?;
    install::released_addon()?;
    let mut command = Command::new("node");
    command
        .arg(folder().join("benches/bench.mjs"))
        .args(arguments)
        .env("STREAMTOKEN_TOOLS", workshop().join("tools"));
    Ok(at_root(command))
}

fn biome(write: bool) -> Result<()> {
    let mut command = binary("biome");
    match write {
        true => command.args(["check", "--write"]),
        false => command.args(["ci"]),
    };
    command.arg("--error-on-warnings");
    command::run(command)?;
    Ok(())
}

/// The package itself, programs that use it under each way of finding modules, and the types beside what
/// the package really has.
fn types() -> Result<()> {
    for project in [
        "tsconfig.json",
        "tests/types/node16.json",
        "tests/types/nodenext.json",
        "tests/types/bundler.json",
    ] {
        let mut command = binary("tsc");
        command.arg("--project").arg(folder().join(project));
        command::run(command)?;
    }
    let mut drift = Command::new("node");
    drift.arg(folder().join("tests/types/drift.js"));
    command::run(at_root(drift))?;
    Ok(())
}

/// The folder of the binding.
fn folder() -> PathBuf {
    project::root().join("bindings/node")
}

/// The folder for what the tests of this surface make and download.
fn workshop() -> PathBuf {
    project::target().join("node")
}

/// A program of a development dependency.
fn binary(name: &str) -> Command {
    at_root(Command::new(
        project::root().join("node_modules/.bin").join(name),
    ))
}

fn at_root(mut command: Command) -> Command {
    command.current_dir(project::root());
    command
}
