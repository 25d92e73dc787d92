//! `cargo xtask vectors`: every surface runs the golden cases and says how many.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::command::{self, cargo_line};

/// Options of `cargo xtask vectors`.
#[derive(clap::Args)]
#[non_exhaustive]
pub struct Options {
    /// First write the result into cases that have no `expect` yet; read them before committing
    #[arg(long)]
    pub fill: bool,
}

/// Runs the runners of every surface and prints the table of counts.
pub fn run(options: &Options) -> Result<()> {
    if options.fill {
        fill()?;
    }
    print_table(&count()?);
    Ok(())
}

/// How many cases passed on one surface.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) surface: String,
    pub(crate) passed: u64,
}

/// Runs the runners; what they print on standard output is their count.
pub(crate) fn count() -> Result<Vec<Count>> {
    let mut counts = read_counts(&command::run(runners("--workspace"))?, "");
    counts.extend(read_counts(
        &command::run(runners(
            "-p streamtoken --no-default-features --features rust-crypto",
        ))?,
        ", feature rust-crypto alone",
    ));
    all_ran(&counts)?;
    Ok(counts)
}

/// A surface that says nothing did not run: its runner may be gone.
fn all_ran(counts: &[Count]) -> Result<()> {
    for surface in SURFACES {
        let with_remark = format!("{surface} (");
        let ran = |count: &Count| {
            count.passed > 0
                && (count.surface == surface || count.surface.starts_with(&with_remark))
        };
        ensure!(counts.iter().any(ran), "no vector ran on {surface}");
    }
    Ok(())
}

pub(crate) fn print_table(counts: &[Count]) {
    let width = counts.iter().map(|count| count.surface.len()).max();
    let width = width.unwrap_or_default();
    for Count { surface, passed } in counts {
        println!("   {surface:width$}  {passed:>5} vectors passed");
    }
}

/// The test targets called `vectors` of the selected packages.
fn runners(selection: &str) -> Command {
    cargo_line(&format!("test {selection} --test vectors* -- --nocapture"))
}

fn fill() -> Result<()> {
    let mut command = cargo_line(
        "test -p streamtoken --test vectors -- --exact missing_results_are_filled_on_request_only",
    );
    command.env("STREAMTOKEN_FILL_VECTORS", "1");
    let output = command::run(command)?;
    ensure!(
        output.contains("1 passed"),
        "the test that fills the vectors is gone"
    );
    Ok(())
}

/// Lines `vectors: N passed on SURFACE`, wherever in the line they begin: tests write side by side.
pub(crate) fn read_counts(output: &str, suffix: &str) -> Vec<Count> {
    output
        .lines()
        .filter_map(|line| line.split_once("vectors: "))
        .filter_map(|(_, rest)| rest.split_once(" passed on "))
        .filter_map(|(number, surface)| {
            Some(Count {
                surface: format!("{}{suffix}", surface.trim()),
                passed: number.parse().ok()?,
            })
        })
        .collect()
}

/// How the surfaces call themselves.
const SURFACES: [&str; 3] = [
    "the command line",
    "the core",
    "the core, feature rust-crypto alone",
];

#[cfg(test)]
mod tests {
    use super::{Count, SURFACES, all_ran, read_counts};

    #[test]
    fn every_surface_must_have_run() {
        let count = |surface: &&str| Count {
            surface: format!("{surface} (left out: 1)"),
            passed: 1,
        };
        let all = || SURFACES.iter().map(count).collect::<Vec<_>>();
        assert!(all_ran(&all()).is_ok());
        for index in 0..SURFACES.len() {
            let mut counts = all();
            counts[index].passed = 0;
            assert!(all_ran(&counts).is_err(), "{}", SURFACES[index]);
        }
    }

    #[test]
    fn counts_are_found_in_the_noise_of_tests() {
        let output = "running 2 tests\ntest a ... vectors: 214 passed on the core\nok\n\
                      vectors: 9 passed on the CLI \nvectors: many passed on nothing\n3 vectors: x\n";
        let expected = [("the core!", 214), ("the CLI!", 9)].map(|(surface, passed)| Count {
            surface: surface.to_owned(),
            passed,
        });
        assert_eq!(read_counts(output, "!"), expected);
    }
}
