//! The interpreters of this machine.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

/// One CPython that can make virtual environments.
#[derive(Debug, Clone)]
pub(crate) struct Interpreter {
    pub(crate) program: PathBuf,
    /// `3.13.0`
    pub(crate) version: String,
}

/// One interpreter for each minor version that the package supports, the newest first.
pub(crate) fn all() -> Result<Vec<Interpreter>> {
    let mut found = BTreeMap::new();
    for program in candidates() {
        if let Some((minor, version)) = ask(&program) {
            found
                .entry(minor)
                .or_insert(Interpreter { program, version });
        }
    }
    if found.is_empty() {
        bail!("no Python from 3.{OLDEST} to 3.{NEWEST} with venv is on the PATH or under pyenv");
    }
    Ok(found.into_values().rev().collect())
}

fn candidates() -> Vec<PathBuf> {
    let names = || (OLDEST..=NEWEST).map(|minor| format!("python3.{minor}"));
    let on_path = names().chain(["python3".to_owned()]).map(PathBuf::from);
    let versions = pyenv().and_then(|root| root.join("versions").read_dir().ok());
    let mut installed: Vec<_> = versions.into_iter().flatten().flatten().collect();
    installed.sort_by_key(std::fs::DirEntry::file_name);
    let under_pyenv = installed
        .iter()
        .rev()
        .flat_map(|version| names().map(|name| version.path().join("bin").join(name)));
    on_path
        .chain(under_pyenv.filter(|program| program.exists()))
        .collect()
}

fn pyenv() -> Option<PathBuf> {
    let root = env::var_os("PYENV_ROOT").map(PathBuf::from);
    root.or_else(|| Some(Path::new(&env::var_os("HOME")?).join(".pyenv")))
}

/// The minor and the whole version, when the program is a CPython of ours that works: a shim of pyenv may
/// stand for a version that is not chosen, and Debian's Python may lack ensurepip.
fn ask(program: &Path) -> Option<(u32, String)> {
    const QUESTION: &str = "import ensurepip, platform, sys, venv; \
        print(platform.python_implementation(), sys.version_info[0], platform.python_version())";
    let output = Command::new(program)
        .args(["-c", QUESTION])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let answer = String::from_utf8(output.stdout).ok()?;
    let version = answer.trim().strip_prefix("CPython 3 ")?;
    let minor = version.split('.').nth(1)?.parse().ok()?;
    (OLDEST..=NEWEST)
        .contains(&minor)
        .then(|| (minor, version.to_owned()))
}

const OLDEST: u32 = 9;
const NEWEST: u32 = 15;
