//! Tokens whose signature is made elsewhere.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use streamtoken::host;

use crate::convert::wrong_type;
use crate::error::raise;
use crate::guard::guarded;
use crate::key::PublicKey;
use crate::lint::{self, findings};
use crate::signer::request;
use crate::text;
use crate::token::Token;

/// A token that lacks its signature.
///
/// Made by `prepare`.
#[pyclass(frozen, module = "streamtoken")]
pub(crate) struct Prepared(streamtoken::Prepared);

/// Prepares a token for `identifier` that the private half of `key` is to sign.
///
/// For keys that live in a KMS, an HSM or another process. `key` is a `PublicKey`; the options are those
/// of `Signer.sign`, and `lint` is that of `Signer`. Raises `InputError`, all before anything is signed.
#[pyfunction]
#[pyo3(signature = (key, identifier, *, lint=None, **options))]
pub(crate) fn prepare(
    key: &Bound<'_, PyAny>,
    identifier: &Bound<'_, PyAny>,
    lint: Option<&Bound<'_, PyAny>>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<Prepared> {
    guarded(|| {
        let Ok(key) = key.cast::<PublicKey>() else {
            return Err(wrong_type(key, "a PublicKey", "key"));
        };
        let level = lint::level(lint)?;
        let (identifier, options) = request(identifier, options)?;
        let prepared = host::identifier(&identifier).and_then(|identifier| {
            streamtoken::prepare_linted(key.get().core(), identifier, &options, level)
        });
        prepared.map(Prepared).map_err(|error| raise(&error))
    })
}

#[pymethods]
impl Prepared {
    /// What is to be signed with RSASSA-PKCS1-v1_5 and SHA-256: ASCII, to be hashed as it is.
    #[getter]
    fn signing_input(&self) -> &str {
        self.0.signing_input()
    }

    /// What the rules and options probably do not mean, as the token will tell it.
    ///
    /// A tuple of `Finding`.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, findings(self.0.warnings()))
    }

    /// Checks the signature with the public key and completes the token.
    ///
    /// `signature` is `bytes` or `bytearray`. Raises `SigningKeyError` when it is not the key's over
    /// `signing_input`, and `InputError` for another type: base64 is to be decoded first.
    fn finish(&self, py: Python<'_>, signature: &Bound<'_, PyAny>) -> PyResult<Token> {
        guarded(|| {
            let signature = text::binary(signature, "signature")?;
            let token = py.detach(|| self.0.finish(&signature));
            token.map(Token::from).map_err(|error| raise(&error))
        })
    }

    fn __repr__(&self) -> &'static str {
        "Prepared(…)"
    }
}
