//! The libraries' insides: the static library with the header's symbols alone, and neither with
//! debugging information.
//!
//! rustc's archive holds every crate, the standard library and AWS-LC, with all their global symbols: a
//! program with a second Rust library or another AWS-LC in it would meet them twice.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::command;

/// Writes `libstreamtoken.a` into `lib`: all objects of `archive` as one, in which the symbols `keep`
/// alone are global.
pub(super) fn reduce(archive: &Path, keep: &BTreeSet<String>, lib: &Path) -> Result<()> {
    ensure!(!keep.is_empty(), "the header declares no function");
    let list = lib.join("symbols");
    let object = lib.join("streamtoken.o");
    let names: Vec<_> = keep.iter().map(String::as_str).collect();
    fs::write(&list, names.join("\n") + "\n")?;

    let mut link = Command::new("ld");
    link.args(["--relocatable", "--whole-archive"])
        .arg(archive)
        .arg("--output")
        .arg(&object);
    command::run(link)?;
    let mut localise = Command::new("objcopy");
    // The two sections hold LLVM's bitcode and command line, which name symbols that are gone.
    localise
        .args(["--remove-section=.llvmbc", "--remove-section=.llvmcmd"])
        .args(["--strip-debug", "--enable-deterministic-archives"])
        .arg(format!("--keep-global-symbols={}", list.display()))
        .arg(&object);
    command::run(localise)?;
    let mut pack = Command::new("ar");
    pack.arg("rcsD")
        .arg(lib.join("libstreamtoken.a"))
        .arg(&object);
    command::run(pack)?;
    fs::remove_file(list)?;
    fs::remove_file(object)?;
    Ok(())
}

/// Copies a library without its debugging information. The names of functions stay: a stack trace of a
/// user's program shows them.
pub(super) fn strip(from: &Path, to: &Path) -> Result<()> {
    let mut strip = Command::new("objcopy");
    strip.arg("--strip-debug").arg(from).arg(to);
    command::run(strip)?;
    Ok(())
}
