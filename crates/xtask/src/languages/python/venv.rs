//! Virtual environments, kept below the target folder.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::interpreters::{self, Interpreter};
use crate::command;
use crate::project;

/// A virtual environment.
pub(crate) struct Venv {
    folder: PathBuf,
    version: String,
}

impl Venv {
    /// With the tools and the peers, of the newest interpreter.
    pub(crate) fn of_newest() -> Result<Self> {
        let newest = interpreters::all()?.remove(0);
        Self::kept(&newest, "dev")
    }

    /// With pytest alone, of each other interpreter.
    pub(crate) fn of_others() -> Result<Vec<Self>> {
        let others = interpreters::all()?;
        others[1..]
            .iter()
            .map(|other| Self::kept(other, "test"))
            .collect()
    }

    /// An empty one in `folder`, of the newest interpreter.
    pub(crate) fn empty(folder: &Path) -> Result<Self> {
        Self::make(&interpreters::all()?[0], folder)
    }

    /// In `folder`, of the newest interpreter, with what `requirements` says and no more.
    pub(crate) fn with(folder: &Path, requirements: &Path) -> Result<Self> {
        let newest = interpreters::all()?.remove(0);
        let wanted = format!("{}\n{}", newest.version, fs::read_to_string(requirements)?);
        Self::kept_in(folder.to_owned(), &newest, requirements, &wanted)
    }

    fn kept(interpreter: &Interpreter, purpose: &str) -> Result<Self> {
        let version = &interpreter.version;
        let folder = project::target().join(format!("python/venv-{purpose}-{version}"));
        let requirements = super::folder().join(format!("requirements-{purpose}.txt"));
        Self::kept_in(folder, interpreter, &requirements, &wanted(purpose)?)
    }

    /// The one that is there, unless its interpreter or its requirements have changed.
    fn kept_in(
        folder: PathBuf,
        interpreter: &Interpreter,
        requirements: &Path,
        wanted: &str,
    ) -> Result<Self> {
        let stamp = folder.join("requirements");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(Self {
                folder,
                version: interpreter.version.clone(),
            });
        }
        let venv = Self::make(interpreter, &folder)?;
        venv.install([OsStr::new("-r"), requirements.as_os_str()])?;
        fs::write(stamp, wanted)?;
        Ok(venv)
    }

    fn make(interpreter: &Interpreter, folder: &Path) -> Result<Self> {
        let mut command = Command::new(&interpreter.program);
        command.args(["-m", "venv", "--clear"]).arg(folder);
        command::run(command)?;
        Ok(Self {
            folder: folder.to_owned(),
            version: interpreter.version.clone(),
        })
    }

    /// `pip install` with these arguments.
    pub(crate) fn install<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<()> {
        let mut pip = self.module("pip", ["install", "--quiet", "--disable-pip-version-check"]);
        pip.args(arguments);
        command::run(pip).map(drop)
    }

    /// The version of its interpreter, like `3.13.0`.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// A program that is installed in it, run at the top of the tree.
    pub(crate) fn tool<A: AsRef<OsStr>>(
        &self,
        name: &str,
        arguments: impl IntoIterator<Item = A>,
    ) -> Command {
        let mut command = Command::new(self.folder.join("bin").join(name));
        command.args(arguments).current_dir(project::root());
        // `python` is the one of this environment, for the tools that start one.
        command.env("VIRTUAL_ENV", &self.folder);
        command.env_remove("PYTHONHOME").env_remove("PYTHONPATH");
        command.env("NO_COLOR", "1");
        command
    }

    /// A module that is installed in it, run as a program.
    pub(crate) fn module<A: AsRef<OsStr>>(
        &self,
        name: &str,
        arguments: impl IntoIterator<Item = A>,
    ) -> Command {
        let mut command = self.tool("python", ["-m", name]);
        command.args(arguments);
        command
    }
}

/// The requirements with the file that they include.
fn wanted(purpose: &str) -> Result<String> {
    let read = |name: &str| fs::read_to_string(super::folder().join(name));
    let own = read(&format!("requirements-{purpose}.txt"))?;
    Ok(own + &read("requirements-test.txt")?)
}
