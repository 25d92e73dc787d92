//! The npm package as a tarball, with the addon for this platform.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{Example, MOST_INSTALLED, MOST_PACKED, empty_folder, licences};
use crate::command;
use crate::languages::node;
use crate::project;
use crate::step::note;

/// Builds the package as its README says, and packs it.
pub(crate) fn build(out: &Path) -> Result<Vec<PathBuf>> {
    let mut build = Command::new("npm");
    build.args(["run", "--silent", "build"]);
    build.current_dir(project::root());
    command::without_description(super::small(&mut build));
    command::run(build)?;
    // The addon stands where the tests look for it.
    command::run(node::vectors())?;
    tarball(out).map(|file| vec![file])
}

/// Packs the package with the addon that is there, and the licences of what is linked into that.
fn tarball(destination: &Path) -> Result<PathBuf> {
    licences::write("streamtoken-node", &project::root().join(THIRD_PARTY))?;
    let mut pack = Command::new("npm");
    pack.args(["pack", "--silent", "--json", "--pack-destination"])
        .arg(destination)
        .current_dir(project::root());
    let packed: Value = serde_json::from_str(&command::run(pack)?)?;
    // A list of packages, or since npm 12 an object by their names.
    let package = packed.get(0).or_else(|| packed.get("streamtoken"));
    let package = package.context("npm packed nothing")?;
    check_files(package)?;
    let name = package.get("filename").and_then(Value::as_str);
    Ok(destination.join(name.context("npm names no file")?))
}

/// The addon, and nothing that only developers need.
fn check_files(package: &Value) -> Result<()> {
    let number = |name: &str| {
        package
            .get(name)
            .and_then(Value::as_u64)
            .unwrap_or(u64::MAX)
    };
    let (packed, installed) = (number("size"), number("unpackedSize"));
    note(&format!(
        "{} KiB packed, {} KiB installed",
        packed.div_ceil(1024),
        installed.div_ceil(1024)
    ));
    ensure!(packed < MOST_PACKED, "the tarball has {packed} bytes");
    ensure!(
        installed < MOST_INSTALLED,
        "installed it has {installed} bytes"
    );
    let files = package.get("files").and_then(Value::as_array);
    let paths: Vec<_> = files
        .into_iter()
        .flatten()
        .filter_map(|file| file.get("path")?.as_str())
        .collect();
    for wanted in [
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        THIRD_PARTY,
        "package.json",
    ] {
        ensure!(paths.contains(&wanted), "{wanted} is not in the tarball");
    }
    let addons = paths.iter().filter(|path| path.ends_with(".node")).count();
    ensure!(addons == 1, "{addons} addons are in the tarball");
    let surplus = paths
        .iter()
        .find(|path| path.contains("tests") || path.ends_with(".rs") || path.ends_with(".toml"));
    ensure!(surplus.is_none(), "{surplus:?} is in the tarball");
    Ok(())
}

/// Installs the tarball into a new project, compiles a program in TypeScript against it, and mints the
/// published token with `require`, `import` and the command line.
pub(crate) fn mint(files: &[PathBuf]) -> Result<String> {
    let archive = files.first().context("one archive")?;
    let folder = empty_folder("node")?;
    fs::write(folder.join("package.json"), "{ \"private\": true }\n")?;
    let mut install = Command::new("npm");
    install
        .args(["install", "--offline", "--no-fund", "--no-audit"])
        .arg(archive)
        .current_dir(&folder);
    command::run(install)?;
    compile(&folder)?;
    let imported = run(
        &folder,
        "mint.mjs",
        "import { Signer, SigningKey } from 'streamtoken';",
    )?;
    let required = run(
        &folder,
        "mint.cjs",
        "const { Signer, SigningKey } = require('streamtoken');",
    )?;
    ensure!(imported == required, "import and require mint differently");
    let cli = super::cli::sign(&folder.join("node_modules/.bin/streamtoken"), &folder)?;
    ensure!(imported == cli, "npx streamtoken mints differently");
    start_service(&folder)?;
    Ok(imported)
}

fn run(folder: &Path, name: &str, import: &str) -> Result<String> {
    let example = Example::read()?;
    let now: u64 = example.now.parse()?;
    let program = format!(
        "{import}\n\
         const signer = new Signer(SigningKey.fromEnv());\n\
         const times = {{ now: {now}, exp: {}, nbf: {}, timeFormat: 'string' }};\n\
         console.log(signer.sign('{}', times).token);\n",
        now + 3600,
        now - 3600,
        example.identifier
    );
    fs::write(folder.join(name), program)?;
    let mut node = Command::new("node");
    node.arg(name).current_dir(folder);
    example.give_key(&mut node);
    command::run(node)
}

/// The service for tests starts and ends.
fn start_service(folder: &Path) -> Result<()> {
    let program = "import { startStreamServer } from 'streamtoken/testing';\n\
         const server = await startStreamServer();\n\
         console.log((await server.keys()).size);\n\
         await server.close();\n";
    fs::write(folder.join("service.mjs"), program)?;
    let mut node = Command::new("node");
    node.arg("service.mjs").current_dir(folder);
    let keys = command::run(node)?;
    ensure!(keys.trim() == "1", "the service has {keys} keys");
    Ok(())
}

/// Strictly, and without the types of Node.js: a program for Bun or Deno has others.
fn compile(folder: &Path) -> Result<()> {
    let program = "import { Signer, SigningKey, type Token } from 'streamtoken';\n\
                   export const token: Token = new Signer(SigningKey.fromEnv()).sign('video', { expiresIn: '1h' });\n";
    fs::write(folder.join("program.mts"), program)?;
    let mut tsc = Command::new(project::root().join("node_modules/.bin/tsc"));
    tsc.args([
        "--strict",
        "--noEmit",
        "--module",
        "nodenext",
        "program.mts",
    ])
    .current_dir(folder);
    command::run(tsc).map(drop)
}

/// Written when the package is packed; the name is also in `package.json` and `.gitignore`.
const THIRD_PARTY: &str = "bindings/node/THIRD-PARTY.txt";
