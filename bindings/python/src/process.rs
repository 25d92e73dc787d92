//! The process: its forks, and the command line for `python -m streamtoken`.

use std::ffi::OsString;

use pyo3::prelude::*;
use pyo3::types::IntoPyDict as _;
use streamtoken::host;

/// Runs the command line with `arguments`, the program's name first, and gives the exit status.
#[pyfunction(name = "_run")]
pub(crate) fn run(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| streamtoken_cli::run(arguments))
}

/// Lets `os.fork` wait for the signatures of other threads, and for threads that end: see
/// [`host::before_fork`]. They do not hold the interpreter, so they come to their end meanwhile.
pub(crate) fn watch_forks(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    let after = wrap_pyfunction!(after_fork, module)?;
    let hooks = [
        ("before", wrap_pyfunction!(before_fork, module)?),
        ("after_in_parent", after.clone()),
        ("after_in_child", after),
    ];
    // Windows has no forks.
    if let Some(register) = py.import("os")?.getattr_opt("register_at_fork")? {
        host::watch_threads(make, clear);
        register.call((), Some(&hooks.into_py_dict(py)?))?;
    }
    Ok(())
}

#[expect(unsafe_code, reason = "a function of C")]
fn make() {
    // SAFETY: it touches nothing but the errors of this thread, which nobody reads.
    unsafe { host::ERR_clear_error() }
}

#[expect(unsafe_code, reason = "a function of C")]
fn clear() {
    // SAFETY: what it frees is of this thread alone, and made anew where AWS-LC is used once more.
    unsafe { host::AWSLC_thread_local_clear() };
}

#[pyfunction]
fn before_fork() {
    host::before_fork();
}

#[pyfunction]
fn after_fork() {
    host::after_fork();
}
