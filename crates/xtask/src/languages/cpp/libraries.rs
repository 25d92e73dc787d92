//! The two libraries of an installed prefix: what they export, and how they link.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};

use crate::cases::Cases;
use crate::command;
use crate::dist::c::{declared_functions, header, soname};
use crate::languages::tools::{self, tool};

/// Compares both libraries with the header, and links the static one in every way.
pub(super) fn test(prefix: &Path, cases: &mut Cases<'_>) {
    let Some(scratch) = cases.get("scratch", |_| tools::folder("scratch")) else {
        return;
    };
    let shared = prefix.join("lib/libstreamtoken.so");
    let archive = prefix.join("lib/libstreamtoken.a");
    cases.run("functions of the header", || compiler_agrees(&scratch));
    cases.run("symbols of the shared library", || {
        exports(&shared, "--dynamic")
    });
    cases.run("symbols of the static library", || {
        exports(&archive, "--extern-only")
    });
    cases.run("names of the shared library", || names(&shared));
    for compiler in tools::found(&["gcc", "clang"]) {
        for flags in WAYS_TO_LINK {
            cases.run(&format!("static library, {compiler} {flags}"), || {
                links_statically(prefix, &scratch, compiler, flags)
            });
        }
    }
}

/// Our reading of the header is the compiler's, which lists every function that it saw declared.
fn compiler_agrees(scratch: &Path) -> Result<()> {
    let list = scratch.join("prototypes");
    let mut gcc = tool("gcc");
    gcc.args(["-std=c11", "-fsyntax-only", "-aux-info"])
        .arg(&list)
        .args(["-x", "c"])
        .arg(header());
    command::run(gcc)?;
    // Each line begins with a comment that says where the declaration is.
    let prototypes = fs::read_to_string(&list)?;
    let ours = prototypes
        .lines()
        .filter(|line| line.contains("streamtoken.h:"));
    same(
        &ours.flat_map(declared_functions).collect(),
        &header_functions()?,
    )
}

/// The symbols that a library defines are the header's functions: none more, none less.
fn exports(library: &Path, which: &str) -> Result<()> {
    let mut nm = tool("nm");
    nm.args(["--defined-only", "--format=posix", which])
        .arg(library);
    let listing = command::run(nm)?;
    let symbols = listing.lines().filter_map(|line| line.split_once(' '));
    let found = symbols.map(|(name, _)| name.to_owned()).collect();
    same(&found, &header_functions()?)
}

fn header_functions() -> Result<BTreeSet<String>> {
    Ok(declared_functions(&fs::read_to_string(header())?))
}

fn same(found: &BTreeSet<String>, declared: &BTreeSet<String>) -> Result<()> {
    ensure!(!declared.is_empty(), "the header declares no function");
    let more: Vec<_> = found.difference(declared).take(10).collect();
    let less: Vec<_> = declared.difference(found).collect();
    ensure!(more.is_empty(), "found, but not in the header: {more:?}");
    ensure!(less.is_empty(), "in the header, but not found: {less:?}");
    Ok(())
}

/// The SONAME carries the part of the version within which the ABI stays, and leads to the file.
fn names(shared: &Path) -> Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    let (release, _) = version.rsplit_once('.').unwrap_or((version, ""));
    let abi = match release.split_once('.') {
        Some(("0", _)) | None => release,
        Some((major, _)) => major,
    };
    let soname = soname(shared)?;
    ensure!(soname == format!("libstreamtoken.so.{abi}"), "{soname}");
    let file = fs::canonicalize(shared.with_file_name(&soname))?;
    let wanted = format!("libstreamtoken.so.{version}");
    ensure!(
        file.ends_with(&wanted),
        "{} leads to {}",
        soname,
        file.display()
    );
    ensure!(
        fs::canonicalize(shared)? == file,
        "the link name leads elsewhere"
    );
    Ok(())
}

/// A C program with the static library in it mints the published token.
fn links_statically(prefix: &Path, scratch: &Path, compiler: &str, flags: &str) -> Result<()> {
    let program = scratch.join("static");
    let mut system = tools::pkg_config(prefix, "--static --libs-only-l")?;
    system.retain(|library| library != "-lstreamtoken");
    let mut link = tool(compiler);
    link.args([
        "-std=c11",
        "-Wall",
        "-Wextra",
        "-Wpedantic",
        "-Werror",
        "-I",
    ])
    .arg(prefix.join("include"))
    .arg("bindings/c/tests/install/main.c")
    .args(flags.split_whitespace())
    .arg(prefix.join("lib/libstreamtoken.a"))
    .args(system)
    .arg("-o")
    .arg(&program);
    command::run(link)?;
    tools::mints_the_published_token(tool(&program.to_string_lossy()))
}

/// Beside the plain one: position-independent and not, with the C library in it as well, and with what
/// nobody calls left out.
const WAYS_TO_LINK: [&str; 6] = [
    "",
    "-Wl,--gc-sections",
    "-no-pie",
    "-static",
    "-static-pie",
    "-static-pie -Wl,--gc-sections",
];

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn a_symbol_too_many_or_too_few_is_a_difference() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        assert!(same(&set(&["a", "b"]), &set(&["a", "b"])).is_ok());
        let more = same(&set(&["a", "b"]), &set(&["a"])).unwrap_err();
        assert!(more.to_string().contains("not in the header: [\"b\"]"));
        let less = same(&set(&["a"]), &set(&["a", "b"])).unwrap_err();
        assert!(less.to_string().contains("not found: [\"b\"]"));
        assert!(same(&set(&[]), &set(&[])).is_err());
    }
}
