//! The wheel and the sdist, each tried by `pip install` into an empty virtual environment.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{Example, empty_folder};
use crate::command;
use crate::languages::python::Venv;
use crate::project;

/// The wheel, for CPython 3.9 and all later ones.
pub(super) fn wheel(out: &Path) -> Result<Vec<PathBuf>> {
    let venv = Venv::of_newest()?;
    let mut build = venv.module("maturin", ["build", "--quiet", "--release", "--locked", "--out"]);
    build.arg(out);
    let file = built(build, out, "-abi3-manylinux", "whl").or_else(|_| newest(out, "-abi3-", "whl"))?;
    let report = command::run({
        let mut audit = venv.tool("abi3audit", ["--strict", "--verbose"]);
        audit.arg(&file);
        audit
    })?;
    ensure!(report.contains("0 ABI"), "abi3audit says: {report}");
    Ok(vec![file])
}

/// The sources, which build by themselves.
pub(super) fn sdist(out: &Path) -> Result<Vec<PathBuf>> {
    let mut build = Venv::of_newest()?.module("maturin", ["sdist", "--quiet", "--out"]);
    build.arg(out);
    Ok(vec![built(build, out, "", "tar.gz")?])
}

/// Installs the file where nothing else of the project is, and mints there.
pub(super) fn mint(files: &[PathBuf]) -> Result<String> {
    let file = files.first().context("there is a file to install")?;
    let folder = empty_folder("python")?;
    let venv = Venv::empty(&folder.join("venv"))?;
    venv.install(install(file))?;
    let example = Example::read()?;
    let mut python = venv.tool("python", ["-c", MINT, &example.identifier, &example.now]);
    python
        .current_dir(&folder)
        .env("CLOUDFLARE_STREAM_KEY_FILE", Example::key_file())
        .env("CLOUDFLARE_STREAM_KEY_ID", &example.key_id)
        .env_remove("CLOUDFLARE_STREAM_KEY");
    command::run(python)
}
