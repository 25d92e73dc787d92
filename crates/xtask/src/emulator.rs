//! The token service as an emulator, for tests by programs of others.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::built;
use crate::project;
use crate::running::Running;

/// The command line, built in the profile of the tests.
pub(crate) fn program() -> Result<PathBuf> {
    built::workspace(&[])?;
    Ok(project::target().join("debug/streamtoken"))
}

/// Starts an emulator on a free port.
pub(crate) fn start(program: &Path) -> Result<Running> {
    let mut serve = Command::new(program);
    serve
        .args(["serve", "--dev", "--listen", "127.0.0.1:0"])
        .args(["--json", "--exit-on-stdin-close", "--log-level", "off"]);
    Running::start(serve)
}
