//! The token service under the requests that schemathesis makes from its description.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command::{self, cargo_line};
use crate::languages::python::Venv;
use crate::project;
use crate::step::note;
use crate::test::Tally;

/// Runs schemathesis against an emulator: one test for the routes of the service, and one for the
/// emulator's own, whose faults would be in the way of the others.
pub(crate) fn test(tally: &mut Tally) -> Result<()> {
    let venv = venv()?;
    command::run(cargo_line("build -p streamtoken-cli"))?;
    for selection in ["--exclude-path-regex", "--include-path-regex"] {
        // Keys made by one run are not in the way of the next.
        let emulator = Emulator::start()?;
        let mut run = venv.tool("schemathesis", ["--config-file"]);
        // It leaves folders where it runs.
        run.current_dir(project::target().join("service"))
            .arg(folder().join("schemathesis.toml"))
            .args(["run", "--no-color", &emulator.url("/openapi.json")])
            .args([selection, "^/_dev"])
            .env("STREAMTOKEN_API_TOKEN", &emulator.api_token);
        let output = command::run(run)?;
        let cases = output
            .lines()
            .find(|line| line.contains(" generated, "))
            .context("schemathesis does not say how many cases it generated")?;
        note(cases.trim());
        tally.passed += 1;
    }
    Ok(())
}

/// With schemathesis, which needs so much that it is kept from the other tools.
fn venv() -> Result<Venv> {
    let requirements = folder().join("requirements.txt");
    Venv::with(&project::target().join("service/venv"), &requirements)
}

fn folder() -> PathBuf {
    project::root().join("crates/streamtoken-server/tests/schemathesis")
}

/// An emulator, which ends when this is dropped, or with this process.
struct Emulator {
    child: Child,
    address: String,
    api_token: String,
}

impl Emulator {
    fn start() -> Result<Self> {
        let mut child = Command::new(project::target().join("debug/streamtoken"))
            .args(["serve", "--dev", "--listen", "127.0.0.1:0"])
            .args(["--json", "--exit-on-stdin-close", "--log-level", "off"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the emulator cannot be started")?;
        let mut line = String::new();
        let stdout = child.stdout.take().context("the emulator has no output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let told: Value =
            serde_json::from_str(&line).context("the emulator does not introduce itself")?;
        let member = |name: &str| {
            let text = told.get(name).and_then(Value::as_str);
            text.map(str::to_owned)
                .with_context(|| format!("the emulator does not tell its {name}"))
        };
        Ok(Self {
            address: member("dev_url")?.replace("/_dev", ""),
            api_token: member("api_token")?,
            child,
        })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
