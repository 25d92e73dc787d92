//! The package as tests import it: the sources and the module that Cargo builds, in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::built;
use crate::command::{self, cargo_line};
use crate::dist;
use crate::project;

/// Builds the module in the dev profile and puts it and the Python sources into `name` below the target
/// folder; gives that folder.
pub(crate) fn stage(name: &str, features: &[&str]) -> Result<PathBuf> {
    built::workspace(features)?;
    place(name, "debug")
}

/// As `stage`, in the profile of what is released.
pub(crate) fn stage_release(name: &str) -> Result<PathBuf> {
    let mut build = cargo_line("build --release -p streamtoken-python");
    dist::small(&mut build);
    command::run(build)?;
    place(name, "release")
}

/// The module that Cargo built, with the Python sources around it.
fn place(name: &str, profile: &str) -> Result<PathBuf> {
    let folder = project::target().join("python").join(name);
    let package = folder.join("streamtoken");
    if package.exists() {
        fs::remove_dir_all(&package)?;
    }
    copy(&super::folder().join("python/streamtoken"), &package)?;
    let built = project::target().join(profile).join(BUILT);
    let module = package.join("_native.abi3.so");
    fs::copy(&built, &module).with_context(|| format!("{} cannot be copied", built.display()))?;
    Ok(folder)
}

/// Copies the files of a folder that has no folders.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in from.read_dir()? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

const BUILT: &str = if cfg!(target_os = "macos") {
    "lib_native.dylib"
} else {
    "lib_native.so"
};
