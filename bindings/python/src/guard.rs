//! What stands around the body of every function: panics become errors, signals are heard.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;
use streamtoken::{Error, ErrorCode, Value};

use crate::error::raise;

/// Runs `body`; a panic inside becomes an `InternalError`. PyO3's own `PanicException` would be a
/// `BaseException`, which `except Exception` does not catch.
pub(crate) fn guarded<T>(body: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| Err(raise(&ErrorCode::Internal.into())))
}

/// Runs `work` on a thread of its own while the calling one waits without the GIL and looks for
/// signals: Ctrl-C sets the flag that `work` is given, and its exception is raised once `work` has
/// ended.
pub(crate) fn interruptible<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&AtomicBool) -> T + Send,
) -> PyResult<T> {
    let stop = AtomicBool::new(false);
    py.detach(|| {
        let (done, ended) = mpsc::channel::<()>();
        thread::scope(|scope| {
            let stop = &stop;
            let worker = thread::Builder::new().spawn_scoped(scope, move || {
                let _done = done;
                work(stop)
            });
            let worker = worker.map_err(|_| no_thread())?;
            let interrupted = wait(&ended, stop);
            let result = worker.join().unwrap_or_else(|panic| resume_unwind(panic));
            interrupted.map_or(Ok(result), Err)
        })
    })
}

/// Waits until the other end of `ended` is gone; gives the exception of a signal that came meanwhile.
fn wait(ended: &mpsc::Receiver<()>, stop: &AtomicBool) -> Option<PyErr> {
    let mut interrupted = None;
    while ended.recv_timeout(SIGNALS) == Err(RecvTimeoutError::Timeout) {
        if let Err(exception) = check_signals() {
            stop.store(true, Ordering::Relaxed);
            interrupted = Some(exception);
        }
    }
    interrupted
}

/// Runs the handlers of signals that came, on a thread that does not hold the GIL; gives the exception of one.
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method alone is for one lifetime, the closure for every"
)]
pub(crate) fn check_signals() -> PyResult<()> {
    Python::attach(|py| py.check_signals())
}

pub(crate) fn no_thread() -> PyErr {
    let message = "the operating system gives no thread to work on";
    raise(&Error::new(ErrorCode::Internal, message))
}

/// How often signals are looked for: soon for a person, seldom for the GIL.
pub(crate) const SIGNALS: Duration = Duration::from_millis(50);

/// Panics for the identifier `provoke-panic`, in the builds that test what becomes of it.
pub(crate) fn provoke_panic(identifier: &Value) {
    provoke_panic_at(identifier.as_str().unwrap_or_default().as_bytes());
}

/// As [`provoke_panic`], for a text.
pub(crate) fn provoke_panic_at(text: &[u8]) {
    let provoked = cfg!(feature = "provoke-panic") && text == b"provoke-panic";
    assert!(!provoked, "provoked by a test");
}
