//! `cargo xtask bench`: builds what is measured, at `--release`, and runs the benchmark
//! (`benches/tokens`). It prints times and never judges a test by one.

use anyhow::Result;

use crate::command::{self, cargo_line};
use crate::oracle::{self, Backend};
use crate::step::step;

/// Options of `cargo xtask bench`.
#[derive(clap::Args)]
#[non_exhaustive]
pub struct Options {
    /// A few short blocks and a small batch: shows that every row runs, and nothing about speed
    #[arg(long)]
    pub quick: bool,
}

/// Runs the benchmark and prints its table.
pub fn run(options: &Options) -> Result<()> {
    step("build", || {
        for backend in Backend::ALL {
            oracle::build_released(backend)?;
        }
        command::run(cargo_line("build --release -p streamtoken-cli"))?;
        command::run(cargo_line("bench --no-run -p xtask --bench tokens"))?;
        Ok(())
    })?;
    let mut command = cargo_line("bench --quiet -p xtask --bench tokens --");
    if options.quick {
        command.arg("--quick");
    }
    command::run_visibly(command)
}
