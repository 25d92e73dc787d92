//! Errors of the core as exceptions, and the table of codes as data.

use pyo3::PyTypeInfo as _;
use pyo3::prelude::*;
use pyo3::{PyErr, import_exception};
use streamtoken::host;

use crate::convert::to_python;
use crate::guard::guarded;

import_exception!(streamtoken.errors, ApiError);
import_exception!(streamtoken.errors, InputError);
import_exception!(streamtoken.errors, InternalError);
import_exception!(streamtoken.errors, ServiceError);
import_exception!(streamtoken.errors, SigningKeyError);
import_exception!(streamtoken.errors, TokenError);

/// Finds the classes of the exceptions while there is an `import` that can: PyO3 ends the process where it
/// fails, as it does at the end of the interpreter, when objects of the caller's own are finalised.
pub(crate) fn load_classes(py: Python<'_>) -> PyResult<()> {
    py.import("streamtoken.errors")?;
    ApiError::type_object(py);
    InputError::type_object(py);
    InternalError::type_object(py);
    ServiceError::type_object(py);
    SigningKeyError::type_object(py);
    TokenError::type_object(py);
    Ok(())
}

/// The exception for an error of the core: its class is the group of its code.
pub(crate) fn raise(error: &streamtoken::Error) -> PyErr {
    let code = error.code();
    let field = error.field().map(str::to_owned);
    let arguments = (
        error.message().to_owned(),
        code.slug(),
        code.number(),
        field,
    );
    match code.group() {
        "input" => InputError::new_err(arguments),
        "key" => SigningKeyError::new_err(arguments),
        "token" => TokenError::new_err(arguments),
        "api" => ApiError::new_err(arguments),
        "service" => ServiceError::new_err(arguments),
        _ => InternalError::new_err(arguments),
    }
}

/// Every reason for a refusal, as a number and a slug that never change their meaning.
///
/// A list of dicts with `number`, `code`, `text`, `group`, `http_status`, `exit_code` and `retryable`,
/// in the order of the numbers.
#[pyfunction]
pub(crate) fn error_codes(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    guarded(|| match host::surface().get("errors") {
        Some(errors) => to_python(py, errors),
        None => to_python(py, &streamtoken::Value::Null),
    })
}

/// The names, defaults, limits and error codes that every surface has, in wire names.
///
/// For the checks that compare this package with the core.
#[pyfunction]
pub(crate) fn surface(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    guarded(|| to_python(py, &host::surface()))
}
