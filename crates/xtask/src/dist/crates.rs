//! The crates as Cargo packages them. The core is tried as a dependency of a new project, the command
//! line by `cargo install`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{Example, cli, empty_folder, unpack};
use crate::command::{self, cargo, cargo_line};
use crate::project;

/// The crates that are published, each after those it depends on.
const CRATES: [&str; 3] = ["streamtoken", "streamtoken-server", "streamtoken-cli"];

pub(super) fn build(out: &Path) -> Result<Vec<PathBuf>> {
    // What is packaged is compiled by `mint`, from the packages alone.
    let mut package = cargo_line("package --quiet --locked --no-verify --allow-dirty");
    for name in CRATES {
        package.args(["-p", name]);
    }
    command::run(package)?;
    let packages = project::target().join("package");
    CRATES
        .iter()
        .map(|name| {
            let file = format!("{name}-{}.crate", env!("CARGO_PKG_VERSION"));
            let to = out.join(&file);
            fs::copy(packages.join(&file), &to).with_context(|| file.clone())?;
            Ok(to)
        })
        .collect()
}

pub(super) fn mint(files: &[PathBuf]) -> Result<String> {
    let folder = empty_folder("crates")?;
    for file in files {
        unpack(file, &folder)?;
    }
    let version = env!("CARGO_PKG_VERSION");
    let core = folder.join(format!("streamtoken-{version}"));
    let token = mint_in_project(&folder.join("project"), &core)?;
    let installed = install(&folder, version)?;
    let again = cli::sign(&installed, &folder)?;
    ensure!(
        token.trim_end() == again.trim_end(),
        "the installed command line minted another token"
    );
    Ok(token)
}

/// A new Cargo project that depends on the unpacked core and on nothing else.
fn mint_in_project(project: &Path, core: &Path) -> Result<String> {
    let example = Example::read()?;
    fs::create_dir_all(project.join("src"))?;
    let core_text = core.to_string_lossy();
    fs::write(
        project.join("Cargo.toml"),
        format!(
            "[package]\nname = \"new-project\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\nstreamtoken = {{ path = {core_text:?} }}\n\n[workspace]\n"
        ),
    )?;
    // The versions that the core was tested with.
    fs::copy(core.join("Cargo.lock"), project.join("Cargo.lock"))?;
    fs::write(project.join("src/main.rs"), MINT)?;
    let mut run = as_here(["run", "--quiet"]);
    run.current_dir(project)
        .args(["--", &example.identifier, &example.now]);
    example.give_key(&mut run);
    command::run(run)
}

/// `cargo install` of the unpacked command line, on what else was unpacked.
fn install(folder: &Path, version: &str) -> Result<PathBuf> {
    let unpacked = |name: &str| folder.join(format!("{name}-{version}"));
    let (program, libraries) = CRATES.split_last().context("no crates")?;
    let mut install = as_here(["install", "--quiet", "--debug"]);
    for library in libraries {
        let patch = unpacked(library);
        install.arg("--config").arg(format!(
            "patch.crates-io.{library}.path={:?}",
            patch.to_string_lossy()
        ));
    }
    install
        .arg("--path")
        .arg(unpacked(program))
        .arg("--root")
        .arg(folder.join("installed"));
    command::run(install)?;
    Ok(folder.join("installed/bin/streamtoken"))
}

/// `cargo` elsewhere, into our target folder and with our profile of dependencies: those that the tests
/// compiled are not compiled again.
fn as_here<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = cargo(arguments);
    command
        .arg("--config")
        .arg(project::root().join(".cargo/config.toml"))
        .env("CARGO_TARGET_DIR", project::target());
    command
}

const MINT: &str = r##"use streamtoken::{Signer, SigningKey, SignOptions, Value};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let options = format!(r#"{{"now": {}, "time_format": "string"}}"#, arguments[2]);
    let options = SignOptions::from_value(&Value::parse(options)?)?;
    println!("{}", Signer::new(SigningKey::from_env()?).sign(&arguments[1], &options)?);
    Ok(())
}
"##;
