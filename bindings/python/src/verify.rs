//! Checking tokens, and reading them unchecked.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use streamtoken::VerifyContext;

use crate::convert::{data, options, to_python, wrong_type};
use crate::error::raise;
use crate::guard::guarded;
use crate::key_set::KeySet;
use crate::rules::AccessRules;
use crate::text;

/// What a verified token says.
///
/// Only `verify` makes one. Times are whole seconds since the epoch.
#[pyclass(frozen, eq, module = "streamtoken")]
#[derive(PartialEq)]
pub(crate) struct Claims(streamtoken::Claims);

#[pymethods]
impl Claims {
    /// The video UID or live-input UID that the token is for.
    #[getter]
    fn sub(&self) -> &str {
        self.0.sub()
    }

    /// The id of the key that signed the token.
    #[getter]
    fn kid(&self) -> &str {
        self.0.kid()
    }

    /// The token is not accepted from this time on, in epoch seconds.
    #[getter]
    fn exp(&self) -> u64 {
        self.0.exp()
    }

    /// The token is not accepted before this time, in epoch seconds; None when the token does not say.
    #[getter]
    fn nbf(&self) -> Option<u64> {
        self.0.nbf()
    }

    /// Whether the token reaches the MP4 download links.
    #[getter]
    fn downloadable(&self) -> bool {
        self.0.downloadable()
    }

    /// The access rules.
    ///
    /// They were evaluated for the viewer that `verify` was told of; Cloudflare evaluates them again
    /// during the view.
    #[getter]
    fn access_rules(&self) -> AccessRules {
        self.0.access_rules().clone().into()
    }

    /// The flags of Cloudflare's API.
    #[getter]
    fn flags<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded(|| data(py, &self.0.flags()))
    }

    /// All claims that have no meaning here (`iat` and others), as an object.
    ///
    /// A new dict each time.
    #[getter]
    fn other<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded(|| to_python(py, self.0.other()))
    }

    fn __repr__(&self) -> String {
        let (sub, kid, exp) = (self.sub(), self.kid(), self.exp());
        format!("Claims(sub={sub:?}, kid={kid:?}, exp={exp})")
    }
}

/// Checks a token and returns its claims.
///
/// The first failure in this order decides the code: size, shape, base64url, UTF-8 and JSON, header, key
/// id, key, signature, types of the claims, times, `sub`, access rules, download. There is no way to skip
/// a step and no boolean result.
///
/// Options, all of which may be None or left out but `identifier`, for which None is refused:
///
/// - `identifier`: the video that is asked for. Without it the caller must compare `claims.sub`: a token
///   for one video is a valid token.
/// - `now`: the time to take for now instead of the machine's clock.
/// - `ip`, `country`: the viewer, for the token's access rules.
/// - `leeway`: seconds that the clocks may differ, 0 (the default) to 300.
/// - `download`: whether the token is to be used for a download, which it must allow.
///
/// Raises `TokenError`, and `InputError` for the options.
#[pyfunction]
#[pyo3(signature = (token, keys, **options))]
pub(crate) fn verify(
    py: Python<'_>,
    token: &Bound<'_, PyAny>,
    keys: &Bound<'_, PyAny>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<Claims> {
    guarded(|| {
        let Ok(keys) = keys.cast::<KeySet>() else {
            return Err(wrong_type(keys, "a KeySet", "keys"));
        };
        let (token, context) = (text::bytes(token, "token")?, context(options)?);
        let keys = keys.get().core();
        let claims = py.detach(|| streamtoken::verify(&*token, keys, &context));
        claims.map(Claims).map_err(|error| raise(&error))
    })
}

fn context(given: Option<&Bound<'_, PyDict>>) -> PyResult<VerifyContext> {
    let given = options(VerifyContext::NAMES, given)?;
    VerifyContext::from_value(&given).map_err(|error| raise(&error))
}

/// What a token says of itself.
///
/// Nothing was checked: neither the signature nor the times, nor whether a claim makes sense. Whoever wrote
/// the token chose every byte of it.
#[pyclass(frozen, eq, module = "streamtoken")]
#[derive(PartialEq)]
pub(crate) struct Unverified(streamtoken::Unverified);

#[pymethods]
impl Unverified {
    /// The header, an object, as it came.
    #[getter]
    fn header<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded(|| to_python(py, self.0.header()))
    }

    /// The payload, an object, as it came.
    #[getter]
    fn payload<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded(|| to_python(py, self.0.payload()))
    }

    fn __repr__(&self) -> &'static str {
        "Unverified(…)"
    }
}

/// Takes a token apart for people and for logs of rare cases; see `Unverified`.
///
/// Raises `TokenError` for what is not three parts of base64url that hold two JSON objects.
#[pyfunction]
pub(crate) fn inspect(token: &Bound<'_, PyAny>) -> PyResult<Unverified> {
    guarded(|| {
        let unverified = streamtoken::inspect(&*text::bytes(token, "token")?);
        unverified.map(Unverified).map_err(|error| raise(&error))
    })
}
