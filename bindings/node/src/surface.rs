//! The surface as data, refusals of arguments, and the command line.

use std::ffi::OsString;

use napi_derive::napi;
use streamtoken::host;

use crate::outcome::Outcome;
use crate::value;

/// Names, defaults, limits and error codes, as JSON text.
#[napi]
pub(crate) fn surface() -> Outcome<String> {
    Outcome::of(|| Ok(host::surface().to_string()))
}

/// Refuses the argument called `name`, which is `found` instead of `wanted`.
#[napi]
pub(crate) fn refuse_argument(wanted: String, found: String, name: String) -> Outcome<()> {
    Outcome::of(|| {
        let found = value::read(&found, &[]).map_err(|error| error.at(format!("/{name}")))?;
        Err(host::wrong_argument(&wanted, &found, &name))
    })
}

/// Runs the command line and gives its exit status. It reads standard input, prints, and a panic ends
/// the process.
#[napi]
pub(crate) fn run(arguments: Vec<String>) -> Outcome<u32> {
    let program = OsString::from("streamtoken");
    let arguments = arguments.into_iter().map(OsString::from);
    Outcome::of(|| Ok(streamtoken_cli::run([program].into_iter().chain(arguments)).into()))
}
