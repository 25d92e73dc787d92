//! The token service under the requests that schemathesis makes from its description.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::cases::Cases;
use crate::command;
use crate::emulator;
use crate::languages::python::Venv;
use crate::project;
use crate::step::note;
use crate::test::Tally;

/// Runs schemathesis against an emulator: one test for the routes of the service, and one for the
/// emulator's own, whose faults would be in the way of the others.
pub(crate) fn test(tally: &mut Tally) -> Result<()> {
    let venv = venv()?;
    let program = emulator::program()?;
    let mut cases = Cases::new(tally);
    for (name, selection) in [
        ("the service", "--exclude-path-regex"),
        ("the emulator", "--include-path-regex"),
    ] {
        cases.run(name, || schemathesis(&venv, &program, selection));
    }
    cases.end()
}

fn schemathesis(venv: &Venv, program: &Path, selection: &str) -> Result<()> {
    // Keys made by one run are not in the way of the next.
    let emulator = emulator::start(program)?;
    let address = emulator.told("dev_url")?.replace("/_dev", "");
    let mut run = venv.tool("schemathesis", ["--config-file"]);
    // It leaves folders where it runs.
    run.current_dir(project::target().join("service"))
        .arg(folder().join("schemathesis.toml"))
        .args(["run", "--no-color", &format!("{address}/openapi.json")])
        .args([selection, "^/_dev"])
        .env("STREAMTOKEN_API_TOKEN", emulator.told("api_token")?);
    let output = command::run(run)?;
    let generated = output
        .lines()
        .find(|line| line.contains(" generated, "))
        .context("schemathesis does not say how many cases it generated")?;
    note(generated.trim());
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
