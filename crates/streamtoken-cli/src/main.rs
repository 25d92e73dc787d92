//! The binary `streamtoken`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(streamtoken_cli::run(std::env::args_os()))
}
