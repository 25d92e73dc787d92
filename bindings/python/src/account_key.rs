//! Signing keys of an account, as Cloudflare's API shows them.

use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyString};
use streamtoken::client;

use crate::convert::to_python;
use crate::error::raise;
use crate::guard::guarded;
use crate::key::{SigningKey, not_pickled};

/// The answer to making a key: the one time its private parts are shown.
///
/// Its `repr` leaves them out, and it cannot be pickled.
#[pyclass(frozen, module = "streamtoken")]
pub(crate) struct CreatedKey(client::CreatedKey);

impl From<client::CreatedKey> for CreatedKey {
    fn from(key: client::CreatedKey) -> Self {
        Self(key)
    }
}

#[pymethods]
impl CreatedKey {
    /// The key's id.
    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    /// The private key as Cloudflare writes it: base64 of a PKCS#1 PEM.
    #[getter]
    fn pem<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, self.0.pem())
    }

    /// The private key as Cloudflare writes it: base64 of a JWK.
    #[getter]
    fn jwk<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, self.0.jwk())
    }

    /// When it was made, in RFC 3339, as far as the answer says.
    ///
    /// A `datetime` with a time zone, or None.
    #[getter]
    fn created<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        moment(py, self.0.created()?)
    }

    /// What else the answer says: the members that are not known here.
    ///
    /// A dict. It may hold the key in yet another form: as secret as `pem` and `jwk`.
    #[getter]
    fn other<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded(|| to_python(py, self.0.other()))
    }

    /// The key to sign with.
    ///
    /// Raises `SigningKeyError`.
    fn signing_key(&self, py: Python<'_>) -> PyResult<SigningKey> {
        guarded(|| {
            let key = py.detach(|| self.0.signing_key());
            key.map(SigningKey::from).map_err(|error| raise(&error))
        })
    }

    fn __repr__(&self) -> String {
        let created = self.0.created().unwrap_or_default();
        format!("CreatedKey(id={:?}, created={created:?})", self.0.id())
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(not_pickled())
    }
}

/// A key in the list of an account's keys, without its private parts.
#[pyclass(frozen, eq, module = "streamtoken")]
#[derive(PartialEq)]
pub(crate) struct ListedKey(client::ListedKey);

impl From<client::ListedKey> for ListedKey {
    fn from(key: client::ListedKey) -> Self {
        Self(key)
    }
}

#[pymethods]
impl ListedKey {
    /// The key's id.
    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    /// The key's id under the other name that the answer has for it.
    #[getter]
    fn key_id(&self) -> &str {
        self.0.key_id()
    }

    /// When it was made, in RFC 3339, as far as the answer says.
    ///
    /// A `datetime` with a time zone, or None.
    #[getter]
    fn created<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        moment(py, self.0.created()?)
    }

    /// What else the answer says: the members that are not known here.
    #[getter]
    fn other<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded(|| to_python(py, self.0.other()))
    }

    fn __repr__(&self) -> String {
        let created = self.0.created().unwrap_or_default();
        format!("ListedKey(id={:?}, created={created:?})", self.0.id())
    }
}

/// The `datetime` of a text in RFC 3339. Python 3.9 reads none with a `Z`, and of fractions only those of
/// six digits.
fn moment<'py>(py: Python<'py>, text: &str) -> Option<Bound<'py, PyAny>> {
    let text = match text.strip_suffix(['Z', 'z']) {
        Some(text) => format!("{text}+00:00"),
        None => text.to_owned(),
    };
    let at_zone = text.rfind(['+', '-'])?;
    let (time, zone) = text.split_at(at_zone);
    let (seconds, fraction) = time.split_once('.').unwrap_or((time, ""));
    let micros: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let class = py.get_type::<PyDateTime>();
    let text = format!("{seconds}.{micros}{zone}");
    let moment = class.call_method1("fromisoformat", (text,)).ok()?;
    let has_zone = !moment.getattr("tzinfo").ok()?.is_none();
    has_zone.then_some(moment)
}
