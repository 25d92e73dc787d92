//! A fork waits for the signatures, handshakes and lookups of names of other threads, and for threads that end.

use std::ffi::c_int;
use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::exceptions::PyMemoryError;
use pyo3::prelude::*;
use streamtoken::host;

// `aws-lc-rs` has no names for these. With another version of AWS-LC the module does not load.
#[expect(unsafe_code, reason = "functions of C")]
unsafe extern "C" {
    /// Makes what AWS-LC keeps of the errors of this thread, which nobody reads.
    #[link_name = "aws_lc_0_47_0_ERR_clear_error"]
    safe fn make();
    /// Frees what AWS-LC keeps for this thread. Where it is used once more, that is made anew.
    #[link_name = "aws_lc_0_47_0_AWSLC_thread_local_clear"]
    safe fn clear() -> c_int;
}

/// Makes forks safe from now on. Not by `os.register_at_fork`: between handlers in Python other threads run, who
/// may fork too, or wait for what a handler has locked.
pub(crate) fn watch() -> PyResult<()> {
    type Handler = unsafe extern "C" fn();
    static IS_WATCHED: AtomicBool = AtomicBool::new(false);
    if IS_WATCHED.load(Ordering::Relaxed) {
        return Ok(());
    }
    host::watch_threads(|| make(), || _ = clear());
    let (before, after): (Handler, Handler) = (host::before_fork, host::after_fork);
    #[expect(unsafe_code, reason = "a function of C")]
    // SAFETY: the functions live as long as the module, and touch nothing but locks.
    let status = unsafe { libc::pthread_atfork(Some(before), Some(after), Some(after)) };
    if status != 0 {
        return Err(PyMemoryError::new_err(
            "handlers of forks cannot be registered",
        ));
    }
    IS_WATCHED.store(true, Ordering::Relaxed);
    Ok(())
}
