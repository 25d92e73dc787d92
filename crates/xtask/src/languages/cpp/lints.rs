//! What can be known of C++ and Go without running it.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::command;
use crate::languages::tools::{self, tool};
use crate::project;

/// The layout of the wrapper, its tests and the examples, by `.clang-format`.
pub(super) fn format(write: bool) -> Result<()> {
    let mut format = tool("clang-format");
    format.args(if write {
        &["-i"][..]
    } else {
        &["--dry-run", "-Werror"]
    });
    format.args(sources()?);
    command::run(format)?;
    Ok(())
}

fn sources() -> Result<Vec<PathBuf>> {
    let mut files = vec![project::root().join("include/streamtoken.hpp")];
    for folder in FOLDERS {
        for entry in fs::read_dir(project::root().join(folder))? {
            let path = entry?.path();
            let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
            if ["c", "h", "cpp", "hpp"].contains(&extension) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Where the files are that people write.
const FOLDERS: [&str; 7] = [
    "include/streamtoken",
    "bindings/c/examples",
    "bindings/c/tests",
    "bindings/c/tests/client",
    "bindings/c/tests/vectors",
    "bindings/c/tests/cpp",
    "bindings/c/tests/install",
];

/// The wrapper compiles alone and without a warning: in both standards, in every compiler there is, and
/// without run-time type information.
pub(super) fn wrapper() -> Result<()> {
    for compiler in tools::found(&["g++", "clang++"]) {
        for standard in ["-std=c++17", "-std=c++20"] {
            for more in ["-O1", "-fno-rtti"] {
                command::run(compile(compiler, standard, more))?;
            }
        }
    }
    Ok(())
}

fn compile(compiler: &str, standard: &str, more: &str) -> Command {
    let include = project::root().join("include");
    let mut command = tool(compiler);
    command
        .args([
            standard,
            more,
            "-Wall",
            "-Wextra",
            "-Wpedantic",
            "-Wconversion",
        ])
        .args([
            "-Wsign-conversion",
            "-Wshadow",
            "-Wold-style-cast",
            "-Wnon-virtual-dtor",
        ])
        .args(["-Werror", "-fsyntax-only", "-x", "c++"])
        .arg("-I")
        .arg(&include)
        .arg(project::root().join("bindings/c/tests/cpp/include_alone.cpp"));
    command
}
