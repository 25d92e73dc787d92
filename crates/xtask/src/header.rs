//! `cargo xtask header`: the C header, made from `bindings/c/src`.

use anyhow::Result;

use crate::command::{self, cargo_line};

/// Options of `cargo xtask header`.
#[derive(clap::Args, Default)]
#[non_exhaustive]
pub struct Options {
    /// Compare the header with its sources instead of writing it
    #[arg(long)]
    pub check: bool,
}

/// The environment variable with which the test target `header` writes the header.
pub const WRITE: &str = "STREAMTOKEN_WRITE_HEADER";

/// Writes `include/streamtoken.h`, or compares it. The generator is a test target: this program itself
/// compiles in seconds, without cbindgen.
///
/// # Errors
/// When the header is out of date or breaks a rule of its own; the output says which.
pub fn run(options: &Options) -> Result<()> {
    let mut command = cargo_line("test --quiet --workspace --test header");
    if !options.check {
        command.env(WRITE, "1");
    }
    command::run(command)?;
    Ok(())
}
