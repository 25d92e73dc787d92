//! `cargo xtask`: every chore of this repository, identical on a laptop and in CI.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{bench, check, dist, faults, header, test, vectors};

/// The chores of this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Format, lints, documentation, dependencies, generated files
    Check(check::Options),
    /// `check`, then every test; ends with `N passed, N failed`
    Test,
    /// The golden vectors on every surface, with a table of counts
    Vectors(vectors::Options),
    /// The C header, made from bindings/c/src
    Header(header::Options),
    /// Everything that is published, in one folder: wheel, sdist, npm and C tarballs, command line, crates
    Dist(dist::Options),
    /// The server whose answers are faults, for tests of clients: one line of JSON says where it is, and it
    /// ends when its standard input does
    Faults,
    /// The benchmark of the README's numbers, in one table
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().chore {
        Chore::Check(options) => check::run(&options),
        Chore::Test => return test::run(),
        Chore::Vectors(options) => vectors::run(&options),
        Chore::Header(options) => header::run(&options),
        Chore::Dist(options) => dist::run(&options),
        Chore::Faults => faults::run(),
        Chore::Bench(options) => bench::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
