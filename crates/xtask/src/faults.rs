//! `cargo xtask faults`: the server whose answers are faults (`examples/faults`), for the tests of clients.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::command::{self, cargo_line};
use crate::project;

/// Builds the server and becomes it.
pub fn run() -> Result<()> {
    let error = server()?.exec();
    Err(error).context("the server of faults cannot be started")
}

/// The server, built. It is no part of this program, which compiles in seconds without cryptography.
pub(crate) fn server() -> Result<Command> {
    command::run(cargo_line("build -p xtask --example faults"))?;
    let program = project::target().join("debug/examples/faults");
    Ok(Command::new(program))
}
