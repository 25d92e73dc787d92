//! What the tests load and start, compiled by one command. (The installed C library, which tests of C++ and Go
//! link, is compiled by itself, as it is published.)

use anyhow::Result;

use crate::command::{self, cargo_line};

/// Compiles every library, program and example of the workspace in the profile of tests, with further features
/// (`package/feature`) if any.
///
/// All of them, also for a test that needs one: Cargo unifies the features of what it compiles at a time, so that
/// each package by itself (`-p`) would bring most of the crates below it once more, a little different. What is
/// published has fewer features, SQLite above all: `cargo xtask dist` compiles it by itself, and runs the vectors
/// on it.
pub(crate) fn workspace(features: &[&str]) -> Result<()> {
    let mut cargo = cargo_line(LINE);
    for feature in features {
        cargo.args(["--features", feature]);
    }
    command::run(cargo)?;
    Ok(())
}

/// The command, behind `cargo`. Examples bring the features of `cargo test`, whose dependencies these are.
pub(crate) const LINE: &str = "build --quiet --workspace --lib --bins --examples";
