//! A line for each attempt, to Python's `logging`.

use std::cell::RefCell;
use std::rc::Rc;

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use streamtoken::client::Attempt;

/// The logger of requests, of which somebody reads what is for debugging.
pub(crate) struct Logger(Py<PyAny>);

/// Takes a line for each attempt.
pub(crate) type Observe = Rc<dyn Fn(String)>;

thread_local! {
    /// Who is told of the attempts of this thread: a client has one observer for all its calls.
    static OBSERVER: RefCell<Option<Observe>> = const { RefCell::new(None) };
}

/// The observer of every client.
pub(crate) fn observe(attempt: &Attempt) {
    // Not borrowed any more while it is told: what reads the line may make calls of its own.
    let observer = OBSERVER.with_borrow(Clone::clone);
    if let Some(observer) = observer {
        observer(attempt.to_string());
    }
}

/// Makes a call on this thread, with an observer of its attempts.
pub(crate) fn observed<T>(observer: Option<Observe>, call: impl FnOnce() -> T) -> T {
    /// Puts the one before back, also when the call panics.
    struct Before(Option<Observe>);
    impl Drop for Before {
        fn drop(&mut self) {
            OBSERVER.set(self.0.take());
        }
    }
    let _before = Before(OBSERVER.replace(observer));
    call()
}

/// An observer that logs where it is, for a thread that has the interpreter to itself when it wants it.
pub(crate) fn directly(logger: Logger) -> Observe {
    Rc::new(move |line: String| {
        Python::attach(|py| {
            if let Err(exception) = logger.debug(py, &line) {
                exception.write_unraisable(py, None);
            }
        });
    })
}

/// The logger, if anybody wants what it says. Where `logging` was not imported nobody does.
pub(crate) fn logger(py: Python<'_>) -> Option<Logger> {
    const DEBUG: u8 = 10;
    let find = || {
        let modules = py.import("sys")?.getattr("modules")?;
        let logger = modules
            .get_item("logging")?
            .call_method1("getLogger", ("streamtoken.client",))?;
        let is_wanted = logger.call_method1("isEnabledFor", (DEBUG,))?.is_truthy()?;
        PyResult::Ok(is_wanted.then(|| Logger(logger.unbind())))
    };
    find().ok().flatten()
}

impl Logger {
    /// Logs a line. What a handler raises does the call no harm, but for an exception that is to end more
    /// than that, like Ctrl-C's.
    pub(crate) fn debug(&self, py: Python<'_>, line: &str) -> PyResult<()> {
        match self.0.call_method1(py, "debug", (line,)) {
            Err(exception) if exception.is_instance_of::<PyException>(py) => {
                exception.write_unraisable(py, None);
                Ok(())
            }
            other => other.map(|_| ()),
        }
    }
}
