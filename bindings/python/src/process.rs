//! The command line, for `python -m streamtoken`.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs the command line with `arguments`, the program's name first, and gives the exit status.
#[pyfunction(name = "_run")]
pub(crate) fn run(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| streamtoken_cli::run(arguments))
}
