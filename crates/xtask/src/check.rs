//! `cargo xtask check`: what can be known without running a test.

mod changelog;
mod deny;
mod tree;
pub(crate) mod vector_files;

use std::time::Instant;

use anyhow::{Result, ensure};

use crate::command::{self, cargo_line};
use crate::languages::{c, cpp, node, python};
use crate::official;
use crate::oracle;
use crate::step::step;

/// Options of `cargo xtask check`.
#[derive(clap::Args, Default)]
#[non_exhaustive]
pub struct Options {
    /// Rewrite the format and the generated files instead of comparing them
    #[arg(long)]
    pub write: bool,
}

/// Runs every check; the first that fails ends the run and shows its output.
pub fn run(options: &Options) -> Result<()> {
    let start = Instant::now();
    let steps: [(&str, &dyn Fn() -> Result<()>); 14] = [
        ("format", &|| format(options.write)),
        ("generated files", &|| generated(options.write)),
        ("lints", &lints),
        ("a core without a back end", &without_back_end),
        ("documentation", &documentation),
        ("C", &|| c::check(options.write)),
        ("C++ and Go", &|| cpp::check(options.write)),
        ("Go, with Cloudflare's client", &|| {
            official::check(options.write)
        }),
        ("Python", &|| python::check(options.write)),
        ("Node.js", &|| node::check(options.write)),
        ("dependencies", &deny::run),
        ("size of the dependency tree", &tree::run),
        ("vector files", &vector_files::run),
        ("version and changelog", &changelog::run),
    ];
    let count = steps.len();
    for (name, work) in steps {
        step(name, work)?;
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("check: all {count} steps passed in {seconds:.0} s");
    Ok(())
}

fn format(write: bool) -> Result<()> {
    let check: &[&str] = if write { &[] } else { &["--check"] };
    let mut ours = cargo_line("fmt --all");
    let mut oracles = cargo_line("fmt --manifest-path");
    oracles.arg(oracle::manifest());
    ours.arg("--").args(check);
    oracles.arg("--").args(check);
    command::run(ours)?;
    command::run(oracles)?;
    Ok(())
}

/// The generator is a test, since it asks the core for the table and xtask itself does not link it.
fn generated(write: bool) -> Result<()> {
    let mut command = cargo_line("test --quiet --workspace --test generated");
    if write {
        command.env("STREAMTOKEN_WRITE_GENERATED", "1");
    }
    command::run(command)?;
    Ok(())
}

/// All targets in the default set of features, then the core in the others.
fn lints() -> Result<()> {
    for selection in [
        "--workspace",
        "-p streamtoken --features rust-crypto",
        "-p streamtoken --no-default-features --features rust-crypto",
        "-p streamtoken --no-default-features --features rust-crypto,http",
    ] {
        command::run(cargo_line(&format!(
            "clippy --all-targets {selection} -- -D warnings"
        )))?;
    }
    Ok(())
}

/// Neither feature on must not compile, and the error must say what to do.
fn without_back_end() -> Result<()> {
    let ended = command::capture(cargo_line("check -p streamtoken --no-default-features"))?;
    let advice = "streamtoken needs a back end for RSA: turn on feature `aws-lc`";
    ensure!(!ended.status.success(), "it compiles");
    ensure!(
        ended.output.contains(advice),
        "the error does not say what to do:\n{}",
        ended.output
    );
    Ok(())
}

fn documentation() -> Result<()> {
    let mut command = cargo_line("doc --workspace --no-deps");
    command.env("RUSTDOCFLAGS", "-D warnings");
    command::run(command)?;
    Ok(())
}
