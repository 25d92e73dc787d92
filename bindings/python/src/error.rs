//! Errors of the core as exceptions, and the table of codes as data.

use pyo3::PyTypeInfo as _;
use pyo3::exceptions::PyBaseException;
use pyo3::prelude::*;
use pyo3::{PyErr, import_exception};
use streamtoken::{Error, ErrorCode, host};

use crate::convert::{data, to_python};
use crate::guard::guarded;

/// The classes of `streamtoken.errors`, which are found while there is an `import` that can: PyO3 ends the
/// process where it fails, as it does at the end of the interpreter, when objects of the caller's own are
/// finalised.
macro_rules! classes {
    ($($class:ident)*) => {
        $(import_exception!(streamtoken.errors, $class);)*

        pub(crate) fn load_classes(py: Python<'_>) -> PyResult<()> {
            py.import("streamtoken.errors")?;
            $($class::type_object(py);)*
            Ok(())
        }
    };
}

classes! {
    APIConnectionError
    APIError
    APIResponseValidationError
    APIStatusError
    APITimeoutError
    AuthenticationError
    BadRequestError
    ConflictError
    InputError
    InternalError
    InternalServerError
    NotFoundError
    PermissionDeniedError
    RateLimitError
    ServiceError
    SigningKeyError
    TokenError
    UnprocessableEntityError
}

/// The exception for an error of the core: its class is the group of its code.
pub(crate) fn raise(error: &Error) -> PyErr {
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
        "api" => Python::attach(|py| raise_api(py, error)).unwrap_or_else(|exception| exception),
        "service" => ServiceError::new_err(arguments),
        _ => InternalError::new_err(arguments),
    }
}

/// The exception for an error that came of a request, in the class that the official client has for it.
fn raise_api(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let code = error.code();
    let class = match code {
        ErrorCode::ApiBadRequest => BadRequestError::type_object(py),
        ErrorCode::ApiUnauthorized => AuthenticationError::type_object(py),
        ErrorCode::ApiForbidden => PermissionDeniedError::type_object(py),
        ErrorCode::ApiNotFound => NotFoundError::type_object(py),
        ErrorCode::ApiConflict => ConflictError::type_object(py),
        ErrorCode::ApiUnprocessable => UnprocessableEntityError::type_object(py),
        ErrorCode::ApiRateLimited => RateLimitError::type_object(py),
        ErrorCode::ApiServerError => InternalServerError::type_object(py),
        ErrorCode::ApiStatusUnexpected | ErrorCode::ApiRedirect | ErrorCode::ApiUnsuccessful => {
            APIStatusError::type_object(py)
        }
        ErrorCode::ApiConnection | ErrorCode::ApiTls => APIConnectionError::type_object(py),
        ErrorCode::ApiTimeout => APITimeoutError::type_object(py),
        ErrorCode::ApiResponseInvalid | ErrorCode::ApiResponseTooLarge => {
            APIResponseValidationError::type_object(py)
        }
        _ => APIError::type_object(py),
    };
    let facts = error.api().map(|api| data(py, api)).transpose()?;
    let arguments = (
        error.message(),
        code.slug(),
        code.number(),
        error.field(),
        facts,
    );
    Ok(PyErr::from_value(class.call1(arguments)?))
}

/// The exception for a refusal that came as text, from the emulator; None for a code that there is not.
#[pyfunction(name = "_refusal")]
pub(crate) fn refusal<'py>(
    py: Python<'py>,
    code: &str,
    message: &str,
    field: Option<&str>,
) -> PyResult<Option<Bound<'py, PyBaseException>>> {
    guarded(|| {
        let Some(code) = ErrorCode::ALL.iter().find(|known| known.slug() == code) else {
            return Ok(None);
        };
        let error = Error::new(*code, message);
        let error = match field {
            Some(field) => error.at(field),
            None => error,
        };
        Ok(Some(raise(&error).into_value(py).into_bound(py)))
    })
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
