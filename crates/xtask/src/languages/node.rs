//! Node.js: build, lints, tests.

mod install;
mod suites;

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::command;
use crate::languages::Examples;
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

/// The command without what `cargo run` says of xtask: a build script that looks at it would run again.
pub(crate) fn undescribed(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

fn at_root(mut command: Command) -> Command {
    command.current_dir(project::root());
    command
}
