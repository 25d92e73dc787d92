//! Public keys by id.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::convert::wrong_type;
use crate::error::raise;
use crate::guard::guarded;
use crate::key::{PublicKey, SigningKey};
use crate::text;

/// Public keys by id, for verification.
///
/// `KeySet(key, …)` takes signing keys and public keys. There is always at least one key, and at most
/// 1,000: as many as Cloudflare lets an account have.
///
/// Raises `SigningKeyError`, and `InputError` for what is no key.
#[pyclass(frozen, module = "streamtoken")]
pub(crate) struct KeySet(streamtoken::KeySet);

impl KeySet {
    pub(crate) fn core(&self) -> &streamtoken::KeySet {
        &self.0
    }
}

#[pymethods]
impl KeySet {
    #[new]
    #[pyo3(signature = (*keys))]
    fn new(keys: &Bound<'_, PyTuple>) -> PyResult<Self> {
        guarded(|| {
            let keys: Vec<_> = keys
                .iter()
                .map(|key| public(&key))
                .collect::<PyResult<_>>()?;
            Self::wrap(streamtoken::KeySet::new(keys))
        })
    }

    /// Reads what a user has to verify with: a JWK set, or one key in any form of `PublicKey.load`, whose
    /// id comes from the key or is `id`.
    ///
    /// Raises `SigningKeyError`, and `InputError` for `id`.
    #[staticmethod]
    #[pyo3(signature = (text, id=None, **unknown), text_signature = "(text, id=None)")]
    fn load(
        text: &Bound<'_, PyAny>,
        id: Option<&Bound<'_, PyAny>>,
        unknown: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        guarded(|| {
            text::read_key(text, id, unknown, |text, id| {
                streamtoken::KeySet::load(text, id)
            })
            .map(Self)
        })
    }

    /// Reads a JWK set (RFC 7517) of at most 1,048,576 bytes (our choice).
    ///
    /// Private JWKs are reduced to their public half, keys for other purposes are left out, and one
    /// malformed RSA key refuses the set. Raises `SigningKeyError`.
    #[staticmethod]
    fn from_jwks(py: Python<'_>, text: &Bound<'_, PyAny>) -> PyResult<Self> {
        guarded(|| {
            let text = text::bytes(text, "text")?;
            Self::wrap(py.detach(|| streamtoken::KeySet::from_jwks(&*text)))
        })
    }

    /// The key called `id`, compared byte for byte.
    fn get(&self, id: &Bound<'_, PyAny>) -> PyResult<Option<PublicKey>> {
        guarded(|| Ok(self.0.get(&text::text(id, "id")?).cloned().map(Into::into)))
    }

    /// The set as a JWK set of public keys: compact JSON, in the order in which they came.
    fn to_jwks(&self) -> PyResult<String> {
        guarded(|| Ok(self.0.to_jwks()))
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let keys: Vec<_> = self.0.iter().cloned().map(PublicKey::from).collect();
        Ok(keys.into_pyobject(py)?.try_iter()?.into_any())
    }

    fn __repr__(&self) -> String {
        let ids: Vec<_> = self.0.iter().map(streamtoken::PublicKey::id).collect();
        format!("KeySet({ids:?})")
    }
}

impl KeySet {
    fn wrap(set: streamtoken::Result<streamtoken::KeySet>) -> PyResult<Self> {
        set.map(Self).map_err(|error| raise(&error))
    }
}

/// The public key in an argument, or the core's refusal of another type.
fn public(object: &Bound<'_, PyAny>) -> PyResult<streamtoken::PublicKey> {
    if let Ok(key) = object.cast::<SigningKey>() {
        return Ok(key.get().core().into());
    }
    if let Ok(key) = object.cast::<PublicKey>() {
        return Ok(key.get().core().clone());
    }
    Err(wrong_type(object, "a SigningKey or PublicKey", "keys"))
}
