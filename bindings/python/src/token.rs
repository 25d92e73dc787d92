//! A minted token.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::lint::{Finding, findings};

/// A signed URL token that was minted, by a Signer or by Cloudflare's API.
///
/// Its text takes the place of the video UID in the path of a playback URL. Whoever has it can watch, so
/// its `repr` does not show it; `str` and `token` give the compact form. Hashable, comparable, picklable.
/// Tokens are compared by what they are, never by `warnings`.
#[pyclass(frozen, eq, module = "streamtoken")]
pub(crate) struct Token {
    /// The compact form: three parts of base64url, at most 16,384 characters in all.
    #[pyo3(get)]
    token: String,
    /// The video UID or live-input UID that the token is for.
    #[pyo3(get)]
    identifier: String,
    /// The id of the key that signed it.
    #[pyo3(get)]
    key_id: String,
    /// The token is not accepted from this time on, in epoch seconds.
    #[pyo3(get)]
    exp: u64,
    /// The token is not accepted before this time, in epoch seconds.
    #[pyo3(get)]
    nbf: u64,
    /// When to mint the next one, in epoch seconds: after four fifths of the time from now to `exp`, or
    /// when the next window of `SignOptions.reuse_window` begins.
    #[pyo3(get)]
    renew_at: u64,
    warnings: Vec<Finding>,
}

impl Token {
    pub(crate) fn text(&self) -> &str {
        &self.token
    }

    pub(crate) fn exp(&self) -> u64 {
        self.exp
    }

    pub(crate) fn renew_at(&self) -> u64 {
        self.renew_at
    }

    /// All that tells one token from another.
    fn parts(&self) -> (&str, &str, &str, u64, u64, u64) {
        let (exp, nbf, renew_at) = (self.exp, self.nbf, self.renew_at);
        (
            &self.token,
            &self.identifier,
            &self.key_id,
            exp,
            nbf,
            renew_at,
        )
    }
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl From<streamtoken::Token> for Token {
    fn from(token: streamtoken::Token) -> Self {
        Self {
            identifier: token.identifier().to_owned(),
            key_id: token.key_id().to_owned(),
            exp: token.exp(),
            nbf: token.nbf(),
            renew_at: token.renew_at(),
            warnings: findings(token.warnings()),
            token: token.into_string(),
        }
    }
}

#[pymethods]
impl Token {
    /// What its rules and options probably do not mean.
    ///
    /// A tuple of `Finding`, empty for a signer with `lint='off'`. A token of the API has the warnings about
    /// the options that were sent, as with `lint='warn'`.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.warnings.clone())
    }

    fn __str__(&self) -> &str {
        &self.token
    }

    fn __repr__(&self) -> String {
        let Self {
            identifier,
            key_id,
            exp,
            nbf,
            renew_at,
            ..
        } = self;
        format!(
            "Token(identifier={identifier:?}, key_id={key_id:?}, exp={exp}, nbf={nbf}, renew_at={renew_at})"
        )
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.token.hash(&mut hasher);
        hasher.finish()
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let restore = py
            .import("streamtoken._native")?
            .getattr("_restore_token")?;
        let members = (
            &self.token,
            &self.identifier,
            &self.key_id,
            self.exp,
            self.nbf,
            self.renew_at,
            self.warnings.clone(),
        );
        Ok((restore, members.into_pyobject(py)?))
    }
}

/// A token out of a pickle. One that was written before tokens had warnings has none.
#[pyfunction(name = "_restore_token")]
#[pyo3(signature = (token, identifier, key_id, exp, nbf, renew_at, warnings=Vec::new()))]
pub(crate) fn restore_token(
    token: String,
    identifier: String,
    key_id: String,
    exp: u64,
    nbf: u64,
    renew_at: u64,
    warnings: Vec<PyRef<'_, Finding>>,
) -> Token {
    Token {
        token,
        identifier,
        key_id,
        exp,
        nbf,
        renew_at,
        warnings: warnings
            .into_iter()
            .map(|finding| (*finding).clone())
            .collect(),
    }
}
