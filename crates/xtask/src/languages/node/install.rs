//! What the tests need: npm packages, versions of Node.js, and the addon.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::{at_root, folder, workshop};
use crate::{built, command, dist, project};

/// The package's development dependencies.
pub(super) fn packages() -> Result<()> {
    npm_ci(&project::root(), "packages")
}

/// Node.js in three versions, Bun, and what the benchmark compares with.
pub(super) fn tools() -> Result<()> {
    let manifests = project::root().join("crates/xtask/src/languages/node/tools");
    let tools = workshop().join("tools");
    fs::create_dir_all(&tools)?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(manifests.join(name), tools.join(name)).context(name)?;
    }
    npm_ci(&tools, "tools")
}

/// Installs what the lock file says, unless that was done.
fn npm_ci(at: &Path, name: &str) -> Result<()> {
    let lock = fs::read_to_string(at.join("package-lock.json"))?;
    let stamp = workshop().join(format!("{name}.installed"));
    let is_done = fs::read_to_string(&stamp).is_ok_and(|done| done == lock);
    if is_done && at.join("node_modules").is_dir() {
        return Ok(());
    }
    let mut command = Command::new("npm");
    command
        .args(["ci", "--no-fund", "--no-audit", "--loglevel=error"])
        .current_dir(at);
    command::run(command)?;
    fs::create_dir_all(workshop())?;
    fs::write(stamp, lock)?;
    Ok(())
}

/// The addon of the dev profile, where the package looks for it.
pub(super) fn addon() -> Result<()> {
    build_for_tests(&[])
}

/// The addon as it is released.
pub(super) fn released_addon() -> Result<()> {
    let mut build = builder();
    dist::small(&mut build);
    command::run(build)?;
    Ok(())
}

/// A copy of the package, under `panics`, whose addon panics for the identifier `provoke-panic`.
pub(super) fn addon_that_panics() -> Result<()> {
    build_for_tests(&["--features", "streamtoken-node/provoke-panic"])?;
    copy(&folder(), &workshop().join("panics"))
}

/// As everything else that tests load.
fn build_for_tests(features: &[&str]) -> Result<()> {
    let words = built::LINE
        .split_whitespace()
        .skip_while(|word| *word != "--workspace");
    let words: Vec<_> = words.chain(features.iter().copied()).collect();
    let mut build = builder();
    build.args(words);
    command::run(build)?;
    Ok(())
}

fn builder() -> Command {
    let mut command = Command::new("node");
    command.arg(folder().join("build.js"));
    command::without_description(&mut command);
    at_root(command)
}

/// Copies what a user has of the package.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (source, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let is_package = ["js", "mjs", "node"]
            .iter()
            .any(|end| source.extension().is_some_and(|found| found == *end));
        if source.is_file() && is_package {
            fs::copy(&source, to.join(&name))?;
        }
        if name == "lib" {
            copy(&source, &to.join(&name))?;
        }
    }
    Ok(())
}
