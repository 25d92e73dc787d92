//! The token service as an emulator, for tests by programs of others.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command::{self, cargo_line};
use crate::project;

/// The command line, built in the profile of the tests.
pub(crate) fn program() -> Result<PathBuf> {
    command::run(cargo_line("build -p streamtoken-cli"))?;
    Ok(project::target().join("debug/streamtoken"))
}

/// An emulator, which ends when this is dropped, or with this process.
pub(crate) struct Emulator {
    child: Child,
    /// What it says of itself once it listens.
    pub(crate) introduction: Value,
}

impl Emulator {
    /// Starts it on a free port.
    pub(crate) fn start(program: &Path) -> Result<Self> {
        let child = Command::new(program)
            .args(["serve", "--dev", "--listen", "127.0.0.1:0"])
            .args(["--json", "--exit-on-stdin-close", "--log-level", "off"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the emulator cannot be started")?;
        let mut emulator = Self {
            child,
            introduction: Value::Null,
        };
        let mut line = String::new();
        let output = emulator.child.stdout.take();
        BufReader::new(output.context("the emulator has no output")?).read_line(&mut line)?;
        emulator.introduction =
            serde_json::from_str(&line).context("the emulator does not introduce itself")?;
        Ok(emulator)
    }

    /// A text of its introduction.
    pub(crate) fn told(&self, name: &str) -> Result<&str> {
        let text = self.introduction.get(name).and_then(Value::as_str);
        text.with_context(|| format!("the emulator does not tell its {name}"))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
