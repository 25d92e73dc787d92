//! The command line as a tarball: the binary, its completions, the licences.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::{Example, LICENCES, empty_folder, licences, pack, triple, unpack};
use crate::command::{self, cargo_line};
use crate::project;

pub(super) fn build(out: &Path) -> Result<Vec<PathBuf>> {
    command::run(cargo_line("build --release --locked -p streamtoken-cli"))?;
    let binary = project::target().join("release/streamtoken");
    let name = format!("streamtoken-{}-{}", env!("CARGO_PKG_VERSION"), triple()?);
    let folder = empty_folder("pack-cli")?.join(&name);
    fs::create_dir_all(folder.join("bin"))?;
    fs::create_dir_all(folder.join("completions"))?;
    fs::copy(&binary, folder.join("bin/streamtoken"))?;
    for shell in ["bash", "fish", "zsh"] {
        let mut completions = Command::new(&binary);
        completions.args(["completions", shell]);
        fs::write(
            folder.join("completions").join(shell),
            command::run(completions)?,
        )?;
    }
    for licence in LICENCES {
        fs::copy(project::root().join(licence), folder.join(licence))?;
    }
    licences::write("streamtoken-cli", &folder.join("THIRD-PARTY.txt"))?;
    let archive = out.join(format!("{name}.tar.gz"));
    pack(&folder, &archive)?;
    Ok(vec![archive])
}

pub(super) fn mint(files: &[PathBuf]) -> Result<String> {
    let archive = files.first().context("one archive")?;
    let folder = empty_folder("cli")?;
    unpack(archive, &folder)?;
    let unpacked = fs::read_dir(&folder)?.next().context("one folder")??.path();
    sign(&unpacked.join("bin/streamtoken"), &folder)
}

/// Mints the published token with the command line at `binary`.
pub(super) fn sign(binary: &Path, folder: &Path) -> Result<String> {
    let example = Example::read()?;
    let mut sign = Command::new(binary);
    sign.current_dir(folder)
        .args(["sign", &example.identifier, "--key"])
        .arg(Example::key_file())
        .args(["--key-id", &example.key_id, "--now", &example.now])
        .args(["--time-format", "string"]);
    command::run(sign)
}
