//! The command line of streamtoken: signed URL tokens for Cloudflare Stream.
#![forbid(unsafe_code)]

mod cli;
mod commands;
mod input;
mod key_source;
mod lines;
mod output;
mod panics;
mod secrets;
mod table;
mod time_arg;
mod words;

use std::ffi::OsString;
use std::process::ExitCode;

use output::{Outcome, Stop, Ui};

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    let ui = Ui::from_args(&args);
    panics::install(ui);
    match run(&args, ui) {
        Ok(code) => code,
        Err(Stop::Refused(error)) => ui.refuse(&error),
        Err(Stop::ReaderGone) => ExitCode::from(output::READER_GONE),
    }
}

fn run(args: &[OsString], ui: Ui) -> Outcome {
    secrets::refuse_keys_in(args)?;
    match cli::parse(args, ui) {
        Ok(cli) => cli.command.run(Ui::new(cli.json, cli.color)),
        Err(error) => ui.usage(error),
    }
}
