//! The command line of streamtoken: signed URL tokens for Cloudflare Stream.
//!
//! A library, so that `python -m streamtoken` and `npx streamtoken` are this command line too. It owns
//! its process: it reads standard input, prints, and a panic ends the process.
#![forbid(unsafe_code)]

mod cli;
mod commands;
mod finding;
mod input;
mod key_source;
mod lines;
mod master_keys;
mod output;
mod panics;
mod secrets;
#[cfg(unix)]
mod signals;
mod table;
mod time_arg;
mod words;

use std::ffi::OsString;

use output::{Exit, Outcome, Stop, Ui};

/// Runs the command that `args` says, the program's name first, and gives the exit status.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    let args: Vec<_> = args.into_iter().collect();
    let ui = Ui::from_args(&args);
    panics::install(ui);
    let exit = match run_with(&args, ui) {
        Ok(exit) => exit,
        Err(Stop::Refused(error)) => ui.refuse(&error),
        Err(Stop::ReaderGone) => Exit(output::READER_GONE),
    };
    exit.0
}

fn run_with(args: &[OsString], ui: Ui) -> Outcome {
    secrets::refuse_keys_in(args)?;
    match cli::parse(args, ui) {
        Ok(cli) => cli.command.run(Ui::new(cli.json, cli.color)),
        Err(error) => ui.usage(error),
    }
}
