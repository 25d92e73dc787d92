//! The limit of the threads that wait for an event loop.

use pyo3::prelude::*;
use streamtoken::{Error, ErrorCode};

use crate::convert::wrong_type;
use crate::error::raise;
use crate::guard::guarded;

/// How many calls of an `AsyncClient` are under way at the same time, when it does not say.
const DEFAULT_WORKERS: u32 = 32;
const MAX_WORKERS: u32 = 1000;

/// The number of workers for the option `max_workers`.
#[pyfunction(name = "_worker_limit")]
pub(crate) fn worker_limit(max_workers: &Bound<'_, PyAny>) -> PyResult<u32> {
    guarded(|| match crate::convert::value(max_workers)? {
        streamtoken::Value::Null => Ok(DEFAULT_WORKERS),
        streamtoken::Value::Integer(number) => u32::try_from(number)
            .ok()
            .filter(|number| (1..=MAX_WORKERS).contains(number))
            .ok_or_else(|| {
                let message = format!("max_workers is a whole number from 1 to {MAX_WORKERS}");
                raise(&Error::new(ErrorCode::OptionValue, message).at("/max_workers"))
            }),
        _ => Err(wrong_type(max_workers, "a whole number", "max_workers")),
    })
}
