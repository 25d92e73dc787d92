//! What the tests of C and C++ share.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::command;
use crate::dist::Example;
use crate::project;

/// A compiler or another tool, started at the top of the tree, without the variables of whoever runs us
/// that could change what it does.
pub(super) fn tool(name: &str) -> Command {
    let mut command = Command::new(name);
    command.current_dir(project::root()).env("LC_ALL", "C");
    for variable in FOREIGN {
        command.env_remove(variable);
    }
    command::without_settings(&mut command);
    command
}

const FOREIGN: [&str; 5] = [
    "CFLAGS",
    "CXXFLAGS",
    "CPPFLAGS",
    "LDFLAGS",
    "LD_LIBRARY_PATH",
];

/// Those of `programs` that this machine has. The first is needed, the others are tried when they are
/// there.
pub(super) fn found<'a>(programs: &[&'a str]) -> Vec<&'a str> {
    let (first, others) = programs.split_at(1);
    let has = |program: &&&str| {
        let mut version = tool(program);
        version.arg("--version");
        command::capture(version).is_ok_and(|ended| ended.status.success())
    };
    let others = others.iter().filter(has);
    first.iter().chain(others).copied().collect()
}

/// A folder below the build's own for what these tests make.
pub(super) fn folder(name: &str) -> Result<PathBuf> {
    let folder = project::target().join("c").join(name);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// What `pkg-config` says of the library in `prefix`, word by word.
pub(super) fn pkg_config(prefix: &Path, options: &str) -> Result<Vec<String>> {
    let mut pkg_config = tool("pkg-config");
    pkg_config
        .env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig"))
        .args(options.split_whitespace())
        .arg("streamtoken");
    let words = command::run(pkg_config)?;
    Ok(words.split_whitespace().map(str::to_owned).collect())
}

/// A sanitizer that was asked for and is not in the program would find nothing.
pub(super) fn prove_sanitized(program: &Path) -> Result<()> {
    let mut nm = tool("nm");
    nm.arg(program);
    let symbols = command::run(nm)?;
    for symbol in ["__asan_init", "__ubsan_handle_"] {
        ensure!(
            symbols.contains(symbol),
            "{} was compiled without its sanitizer: no {symbol}",
            program.display()
        );
    }
    Ok(())
}

/// Any memory that is lost at the end fails, as does any invalid access.
pub(super) const VALGRIND: [&str; 4] = [
    "--quiet",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite,indirect,possible",
    "--error-exitcode=99",
];

/// Runs a program that must print the published token.
pub(super) fn mints_the_published_token(mut program: Command) -> Result<()> {
    let example = Example::read()?;
    example.give_key(&mut program);
    let output = command::run(program)?;
    ensure!(output.trim_end() == example.token, "it printed {output}");
    Ok(())
}
