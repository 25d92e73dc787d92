//! Keys, one by one.

use std::env;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use streamtoken::host;

use crate::error::raise;
use crate::guard::guarded;
use crate::text;

/// A private RSA key with its id, ready to sign.
///
/// Made by `SigningKey.load`, `SigningKey.from_env` and `SigningKey.generate`. Parsed once, shared
/// between threads as it is. Its `repr` shows id and size alone; it cannot be pickled, and copying gives
/// the same object.
#[pyclass(frozen, module = "streamtoken")]
pub(crate) struct SigningKey(streamtoken::SigningKey);

impl SigningKey {
    pub(crate) fn core(&self) -> &streamtoken::SigningKey {
        &self.0
    }
}

impl From<streamtoken::SigningKey> for SigningKey {
    fn from(key: streamtoken::SigningKey) -> Self {
        Self(key)
    }
}

#[pymethods]
impl SigningKey {
    /// Reads a private key in whatever form it is at hand, and checks all of it.
    ///
    /// Takes `str`, `bytes` or `bytearray`: a PEM (PKCS#1 or PKCS#8), a JWK, base64 of either, DER, or
    /// the JSON of Cloudflare's `stream/keys` response. `id` is needed where the key has none of its own.
    /// Python's own strings cannot be wiped from memory, nor the `bytes` that Python makes of a `str` on the
    /// way here; what this package copies is. Give a `bytearray` to be able to wipe all.
    ///
    /// Raises `SigningKeyError`, naming what was found and what to do, and `InputError` for `id`.
    #[staticmethod]
    #[pyo3(signature = (text, id=None, **unknown), text_signature = "(text, id=None)")]
    fn load(
        text: &Bound<'_, PyAny>,
        id: Option<&Bound<'_, PyAny>>,
        unknown: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        guarded(|| {
            text::read_key(text, id, unknown, |text, id| {
                streamtoken::SigningKey::load(text, id)
            })
            .map(Self)
        })
    }

    /// Reads the key that the environment names.
    ///
    /// `CLOUDFLARE_STREAM_KEY` holds it in any form of `SigningKey.load`, or `CLOUDFLARE_STREAM_KEY_FILE`
    /// names a file that does; `CLOUDFLARE_STREAM_KEY_ID` gives the id where the key has none.
    ///
    /// Raises `SigningKeyError`.
    #[staticmethod]
    fn from_env(py: Python<'_>) -> PyResult<Self> {
        // Variables are read with the GIL: another thread's `os.environ[…] = …` would change them
        // meanwhile. The file is not: it may be a pipe.
        let variable = |name: &str| Python::attach(|_| env::var_os(name));
        guarded(|| {
            let key = py.detach(|| host::signing_key_from_env(variable));
            key.map(Self).map_err(|error| raise(&error))
        })
    }

    /// Makes a key of 2048 bits with exponent 65537 and an id of 32 random lower-case hexadecimal
    /// digits, the kind that Cloudflare makes.
    ///
    /// Takes up to some seconds.
    #[staticmethod]
    fn generate(py: Python<'_>) -> PyResult<Self> {
        guarded(|| {
            let key = py.detach(streamtoken::SigningKey::generate);
            key.map(Self).map_err(|error| raise(&error))
        })
    }

    /// The key id, which goes into each token as `kid`.
    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    /// Size of the modulus in bits, from 2048 to 4096.
    #[getter]
    fn bits(&self) -> u32 {
        self.0.bits()
    }

    /// The public half, under the same id.
    #[getter]
    fn public_key(&self) -> PublicKey {
        PublicKey(self.0.public_key().clone())
    }

    /// The key as a PKCS#1 PEM (`BEGIN RSA PRIVATE KEY`): 64 columns, LF, a closing newline.
    fn to_pkcs1_pem<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        guarded(|| Ok(PyString::new(py, &self.0.to_pkcs1_pem())))
    }

    /// The key as a PKCS#8 PEM (`BEGIN PRIVATE KEY`): 64 columns, LF, a closing newline.
    fn to_pkcs8_pem<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        guarded(|| Ok(PyString::new(py, &self.0.to_pkcs8_pem())))
    }

    /// The key as a JWK: compact JSON with the members and the order of Cloudflare's.
    fn to_jwk<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        guarded(|| Ok(PyString::new(py, &self.0.to_jwk())))
    }

    /// The `pem` of Cloudflare's `stream/keys` response: padded base64 of the PKCS#1 PEM.
    fn to_pem_base64<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        guarded(|| Ok(PyString::new(py, &self.0.to_pem_base64())))
    }

    /// The `jwk` of Cloudflare's `stream/keys` response: padded base64 of the JWK.
    fn to_jwk_base64<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        guarded(|| Ok(PyString::new(py, &self.0.to_jwk_base64())))
    }

    fn __repr__(&self) -> String {
        format!("SigningKey(id={:?}, bits={})", self.id(), self.bits())
    }

    fn __copy__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: PyRef<'py, Self>, _memo: &Bound<'py, PyAny>) -> PyRef<'py, Self> {
        slf
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(not_pickled())
    }
}

/// A pickle is a file or a message between processes, where nobody expects a private key.
pub(crate) fn not_pickled() -> PyErr {
    PyTypeError::new_err(
        "a signing key is not pickled, since a pickle would carry the private key; \
         load the key where it is needed",
    )
}

/// A public RSA key with its id, ready to verify.
///
/// Made by `PublicKey.load` and `SigningKey.public_key`. Two are equal when id, modulus and exponent are.
#[pyclass(frozen, eq, module = "streamtoken")]
#[derive(PartialEq)]
pub(crate) struct PublicKey(streamtoken::PublicKey);

impl PublicKey {
    pub(crate) fn core(&self) -> &streamtoken::PublicKey {
        &self.0
    }
}

impl From<streamtoken::PublicKey> for PublicKey {
    fn from(key: streamtoken::PublicKey) -> Self {
        Self(key)
    }
}

#[pymethods]
impl PublicKey {
    /// Reads a public key: SPKI or PKCS#1 (`BEGIN PUBLIC KEY`, `BEGIN RSA PUBLIC KEY`) as PEM, DER or
    /// base64 of either, or a public JWK; and every private form of `SigningKey.load`, which is
    /// checked in full and reduced to its public half.
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
                streamtoken::PublicKey::load(text, id)
            })
            .map(Self)
        })
    }

    /// The key id.
    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    /// Size of the modulus in bits, from 2048 to 4096.
    #[getter]
    fn bits(&self) -> u32 {
        self.0.bits()
    }

    /// The RFC 7638 thumbprint: base64url of the SHA-256 over `e`, `kty` and `n`, 43 characters.
    #[getter]
    fn thumbprint(&self) -> PyResult<String> {
        guarded(|| Ok(self.0.thumbprint()))
    }

    /// The key as a public JWK with `use`, `alg` and `kid`: compact JSON.
    fn to_jwk(&self) -> PyResult<String> {
        guarded(|| Ok(self.0.to_jwk()))
    }

    /// The key as an SPKI PEM (`BEGIN PUBLIC KEY`): 64 columns, LF, a closing newline.
    fn to_pem(&self) -> PyResult<String> {
        guarded(|| Ok(self.0.to_pem()))
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.0.id().hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> PyResult<String> {
        let (id, bits, thumbprint) = (self.id(), self.bits(), self.thumbprint()?);
        Ok(format!(
            "PublicKey(id={id:?}, bits={bits}, thumbprint={thumbprint:?})"
        ))
    }
}

/// What can be told about a key without giving it away.
#[pyclass(frozen, eq, get_all, module = "streamtoken")]
#[derive(PartialEq)]
pub(crate) struct KeyInfo {
    /// The form in which the key came, in words: `base64 of a PKCS#1 PEM`.
    form: String,
    /// Whether it is a private key, which can sign.
    private: bool,
    /// The id, from the key or the caller; None when neither has one.
    id: Option<String>,
    /// Size of the modulus in bits, from 2048 to 4096.
    bits: u32,
    /// The public exponent, 65537 or larger.
    exponent: u32,
    /// The RFC 7638 thumbprint, 43 characters of base64url: the same for both halves of a key.
    thumbprint: String,
}

impl From<streamtoken::KeyInfo> for KeyInfo {
    fn from(info: streamtoken::KeyInfo) -> Self {
        Self {
            form: info.form,
            private: info.private,
            id: info.id,
            bits: info.bits,
            exponent: info.exponent,
            thumbprint: info.thumbprint,
        }
    }
}

#[pymethods]
impl KeyInfo {
    fn __repr__(&self) -> String {
        let id = self.id.as_ref();
        let id = id.map_or_else(|| "None".to_owned(), |id| format!("{id:?}"));
        format!(
            "KeyInfo(form={:?}, id={id}, bits={}, thumbprint={:?})",
            self.form, self.bits, self.thumbprint
        )
    }
}

/// Runs every check of `SigningKey.load` or `PublicKey.load`, whichever the text holds, and tells what
/// was found.
///
/// A missing id is fine here. Raises `SigningKeyError`, and `InputError` for `id`.
#[pyfunction]
#[pyo3(signature = (text, id=None, **unknown), text_signature = "(text, id=None)")]
pub(crate) fn describe_key(
    text: &Bound<'_, PyAny>,
    id: Option<&Bound<'_, PyAny>>,
    unknown: Option<&Bound<'_, PyDict>>,
) -> PyResult<KeyInfo> {
    guarded(|| {
        let read = |text: &[u8], id: Option<&str>| streamtoken::describe_key(text, id);
        text::read_key(text, id, unknown, read).map(KeyInfo::from)
    })
}
