//! Licences, sources, duplicates and advisories of the dependencies, by cargo-deny and `.deny.toml`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::command::{self, cargo};
use crate::step::note;
use crate::{oracle, project};

/// Exact, so that the same rules judge everywhere.
const VERSION: &str = "0.20.2";

pub(super) fn run() -> Result<()> {
    let program = program()?;
    let deny = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        // Git must not wait for a password where nobody types.
        command
            .env("GIT_TERMINAL_PROMPT", "0")
            .current_dir(project::root())
            .args(arguments);
        command
    };
    command::run(deny(&[
        "--all-features",
        "check",
        "bans",
        "licenses",
        "sources",
    ]))?;
    let manifest = oracle::manifest();
    command::run(deny(&[
        "--all-features",
        "--manifest-path",
        &manifest.to_string_lossy(),
        "--config",
        ".deny.toml",
        "check",
        "licenses",
        "sources",
    ]))?;
    advisories(&deny)
}

/// Without a network there is no fresh database, and an old one would only reassure.
fn advisories(deny: &dyn Fn(&[&str]) -> Command) -> Result<()> {
    if !command::capture(deny(&["fetch", "db"]))?.status.success() {
        note("advisories: NOT CHECKED, the database cannot be fetched");
        return Ok(());
    }
    command::run(deny(&[
        "--all-features",
        "--offline",
        "check",
        "advisories",
    ]))?;
    note("advisories: none that .deny.toml does not answer");
    Ok(())
}

/// cargo-deny of the wanted version: ours, else the user's, else installed for us once.
fn program() -> Result<PathBuf> {
    let tools = project::target().join("tools");
    let ours = tools.join("bin/cargo-deny");
    for candidate in [ours.clone(), PathBuf::from("cargo-deny")] {
        if is_wanted(&candidate) {
            return Ok(candidate);
        }
    }
    note(&format!(
        "installing cargo-deny {VERSION} into target/tools (minutes, once)"
    ));
    // As it is released it takes longer to compile than everything of ours, and it runs for seconds.
    let mut install = cargo(["install", "cargo-deny", "--locked", "--debug"]);
    install.args(["--version", VERSION, "--root"]).arg(&tools);
    install.env("CARGO_PROFILE_DEV_DEBUG", "false");
    command::run(install)?;
    Ok(ours)
}

fn is_wanted(program: &PathBuf) -> bool {
    let mut command = Command::new(program);
    command.arg("--version");
    command::capture(command).is_ok_and(|ended| {
        ended.status.success() && ended.output.trim() == format!("cargo-deny {VERSION}")
    })
}
