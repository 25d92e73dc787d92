//! The wheel and the sdist, each tried by `pip install` into an empty virtual environment.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{Example, MOST_INSTALLED, MOST_PACKED, empty_folder, licences};
use crate::command;
use crate::languages::python::{self, Venv};
use crate::project;
use crate::step::note;

/// The wheel, for CPython 3.9 and all later ones, which keeps to what its name promises.
pub(super) fn wheel(out: &Path) -> Result<Vec<PathBuf>> {
    let venv = Venv::of_newest()?;
    let mut build = venv.module("maturin", ["build", "--release", "--locked", "--out"]);
    super::small(&mut build);
    let file = built(build, out)?;
    let mut audit = venv.tool("abi3audit", ["--strict"]);
    audit.arg(&file);
    command::run(audit)?;
    let packed = file.metadata()?.len();
    note(&format!("{} KiB packed", packed.div_ceil(1024)));
    ensure!(packed < MOST_PACKED, "the wheel has {packed} bytes");
    Ok(vec![file])
}

/// The sources, which build by themselves.
pub(super) fn sdist(out: &Path) -> Result<Vec<PathBuf>> {
    let build = Venv::of_newest()?.module("maturin", ["sdist", "--out"]);
    Ok(vec![built(build, out)?])
}

/// As `mint`, and the golden vectors: what is installed is not what the tests load, which has more features.
pub(super) fn mint_and_try(files: &[PathBuf]) -> Result<String> {
    let (venv, token) = install_and_mint(files)?;
    let place = "import sysconfig; print(sysconfig.get_path('platlib'))";
    let folder = command::run(venv.tool("python", ["-c", place]))?;
    command::run(python::vectors(Path::new(folder.trim_end()))?)?;
    Ok(token)
}

/// Installs the file where nothing else of the project is, and mints there.
pub(super) fn mint(files: &[PathBuf]) -> Result<String> {
    install_and_mint(files).map(|(_, token)| token)
}

fn install_and_mint(files: &[PathBuf]) -> Result<(Venv, String)> {
    let file = files.first().context("there is a file to install")?;
    let folder = empty_folder("python")?;
    let venv = Venv::empty(&folder.join("venv"))?;
    install(&venv, file)?;
    let example = Example::read()?;
    let mut mint = venv.tool("python", ["-c", MINT, &example.identifier, &example.now]);
    mint.arg(MOST_INSTALLED.to_string()).current_dir(&folder);
    example.give_key(&mut mint);
    let token = command::run(mint)?;
    Ok((venv, token))
}

/// `pip install`. Cargo takes what it compiled for the wheel wherever an sdist has the same sources.
fn install(venv: &Venv, file: &Path) -> Result<()> {
    let mut pip = venv.module("pip", ["install", "--quiet", "--disable-pip-version-check"]);
    pip.arg(file).env("CARGO_TARGET_DIR", project::target());
    command::run(pip).map(drop)
}

/// Runs maturin, whose last line of all names the file, with the licences of what is linked into the module.
/// The sources carry them too, with the lock file that they follow from: whoever installs those has them.
fn built(mut build: Command, out: &Path) -> Result<PathBuf> {
    build.arg(out);
    let third_party = project::root().join("bindings/python/THIRD-PARTY.txt");
    licences::write("streamtoken-python", &third_party)?;
    let output = command::run(build)?;
    let name = output
        .lines()
        .rev()
        .filter(|line| line.contains("Built "))
        .find_map(|line| Path::new(line.split_whitespace().last()?).file_name())
        .with_context(|| format!("maturin names no file:\n{output}"))?;
    let file = out.join(name);
    ensure!(file.exists(), "{} was not built", file.display());
    Ok(file)
}

/// Mints the published token, with the installed package and with its command; starts the service for
/// tests, and looks for pytest's way to it, for the licences, and at what is installed.
const MINT: &str = r#"
import subprocess, sys
from importlib.metadata import distribution
import streamtoken
from streamtoken.testing import StreamServer

identifier, now, most_installed = sys.argv[1:]
signer = streamtoken.Signer(streamtoken.SigningKey.from_env())
token = str(signer.sign(identifier, now=int(now), time_format="string"))
sign = ["sign", identifier, "--now", now, "--time-format", "string"]
for command in [[sys.executable, "-m", "streamtoken"], [sys.exec_prefix + "/bin/streamtoken"]]:
    printed = subprocess.run(command + sign, check=True, stdout=subprocess.PIPE, text=True).stdout
    assert printed.strip() == token, printed
package = distribution("streamtoken")
assert any(entry.group == "pytest11" for entry in package.entry_points)
licences = {file.name: file.read_text() for file in package.files if "licenses" in file.parts}
assert licences.keys() == {"LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY.txt"}, licences.keys()
assert "\naws-lc-rs " in licences["THIRD-PARTY.txt"]
installed = sum(file.locate().stat().st_size for file in package.files if file.suffix != ".pyc")
assert 1_000_000 < installed < int(most_installed), f"installed it has {installed} bytes"
store = ["serve", "--store", "tokens.db", "--master-key-file", "master.key"]
serve = subprocess.run([sys.executable, "-m", "streamtoken", *store], stderr=subprocess.PIPE, text=True)
assert serve.returncode != 0 and "keeps its store in memory alone" in serve.stderr, serve.stderr
with StreamServer.start() as server:
    assert len(server.keys) == 1
print(token)
"#;
