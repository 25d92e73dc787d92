//! A build without feature `client`, which knows what it cannot do.

use std::ffi::OsString;

use streamtoken::{Error, ErrorCode};

use crate::output::{Outcome, Ui};

/// Ask Cloudflare's API (left out of this build)
#[derive(clap::Args)]
pub(crate) struct Args {
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

pub(crate) fn run(_args: &Args, _ui: Ui) -> Outcome {
    let message = "this build does not ask the API; use the program streamtoken of its own, or the client of the language \
                   that this one came with";
    Err(Error::new(ErrorCode::UsageInvalid, message).into())
}
