//! Minting one token.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use streamtoken::{SignOptions, Value, host};
use zeroize::Zeroizing;

use crate::batch;
use crate::convert::{self, value, wrong_type};
use crate::error::raise;
use crate::guard::{guarded, provoke_panic};
use crate::key::{SigningKey, not_pickled};
use crate::token::Token;

/// Mints tokens with one key.
///
/// `Signer(key)` takes a `SigningKey`. `lint` says what to do with warnings about rules and options: `'warn'`,
/// the default, puts them into `Token.warnings`, `'deny'` refuses to mint, `'off'` looks for none. Shared
/// between threads as it is; it cannot be pickled, since it holds the key. Raises `InputError` for anything
/// but a `SigningKey`, and for `lint`.
#[pyclass(frozen, module = "streamtoken")]
pub(crate) struct Signer(streamtoken::Signer);

impl Signer {
    pub(crate) fn core(&self) -> &streamtoken::Signer {
        &self.0
    }
}

#[pymethods]
impl Signer {
    #[new]
    #[pyo3(signature = (key, **options), text_signature = "(key, *, lint=None)")]
    fn new(key: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        guarded(|| {
            let Ok(key) = key.cast::<SigningKey>() else {
                return Err(wrong_type(key, "a SigningKey", "key"));
            };
            let level = host::signer_options(&convert::options(&[], options)?);
            let level = level.map_err(|error| raise(&error))?;
            let signer = streamtoken::Signer::new(key.get().core().clone());
            Ok(Self(signer.lint(level)))
        })
    }

    /// The key that signs.
    #[getter]
    fn key(&self) -> SigningKey {
        self.0.key().clone().into()
    }

    /// What to do when the rules or options are probably not meant.
    ///
    /// `off`, `warn` or `deny`.
    #[getter]
    fn lint(&self) -> &'static str {
        self.0.lint_level().as_str()
    }

    /// Mints a token for `identifier`, a video UID or live-input UID of 1 to 32 characters of
    /// `[A-Za-z0-9_-]`.
    ///
    /// Options, all of which may be None or left out but `access_rules`, for which `[]` says none:
    ///
    /// - `exp`: the token is not accepted from this time on; at most 86,400 s after now.
    /// - `expires_in`: the lifetime from now on instead; seconds, a `timedelta` or a text like `'90m'`.
    /// - `nbf`: the token is not accepted before this time; an hour before now by default.
    /// - `now`: the time to take for now instead of the machine's clock.
    /// - `downloadable`: whether the token reaches the MP4 download links.
    /// - `access_rules`: `AccessRules` or a list of at most 5 dicts; no match means allowed. An iterator,
    ///   which would be empty the next time, is refused.
    /// - `flags`: a dict, `{'original': True}`.
    /// - `time_format`: `'number'` (the default) or `'string'`.
    /// - `reuse_window`: seconds within which all callers get the same bytes.
    ///
    /// Times are whole seconds since the epoch, or a `datetime` with a time zone, floored to the second.
    ///
    /// What the rules and options probably do not mean is in the token's `warnings`.
    ///
    /// Raises `InputError`.
    #[pyo3(signature = (identifier, **options))]
    fn sign(
        &self,
        py: Python<'_>,
        identifier: &Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Token> {
        guarded(|| {
            let (identifier, options) = request(identifier, options)?;
            let token = py.detach(|| {
                provoke_panic(&identifier);
                let identifier = host::identifier(&identifier)?;
                self.0.sign(identifier, &options)
            });
            token.map(Token::from).map_err(|error| raise(&error))
        })
    }

    /// Mints one token for each of `requests`, on all cores, and answers each, in order.
    ///
    /// A request is a dict of `identifier` and the options of `sign`, or a pair of identifier and such a
    /// dict; `defaults` are the options that requests do not give. The answer holds a `Token` for each
    /// request, or the `StreamTokenError` that `sign` would have raised: an error of one never loses the
    /// others. Requests without `now` share one reading of the clock. Ctrl-C ends the work.
    ///
    /// Raises `InputError` for `defaults`.
    #[pyo3(signature = (requests, **defaults))]
    fn sign_many<'py>(
        &self,
        py: Python<'py>,
        requests: &Bound<'py, PyAny>,
        defaults: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        guarded(|| batch::sign_many(py, &self.0, requests, &sign_options(defaults)?))
    }

    /// Mints one token a line, on all cores, and answers each line, in order.
    ///
    /// `lines` is an iterable of `str` or `bytes`, or one of these with line ends in it. A line is a JSON
    /// object of `identifier` and options in wire names (`accessRules`); `defaults` are the options that
    /// lines do not give. The answers are lines as well: `{"line": n, "token": …}`, with `warnings` where
    /// there are some, or `{"line": n, "error": {…}}`, counted from 1. Ctrl-C ends the work.
    ///
    /// Raises `InputError` for `defaults`, and for a line that is neither `str` nor `bytes`.
    #[pyo3(signature = (lines, **defaults))]
    fn sign_lines(
        &self,
        py: Python<'_>,
        lines: &Bound<'_, PyAny>,
        defaults: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Vec<String>> {
        guarded(|| batch::sign_lines(py, &self.0, lines, &sign_options(defaults)?))
    }

    fn __repr__(&self) -> String {
        let key = self.0.key();
        format!("Signer(SigningKey(id={:?}, bits={}))", key.id(), key.bits())
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

/// What is to be signed: an identifier, which the core still has to look at, and options.
pub(crate) fn request(
    identifier: &Bound<'_, PyAny>,
    given: Option<&Bound<'_, PyDict>>,
) -> PyResult<(Zeroizing<Value>, SignOptions)> {
    // Wiped, since a key that is passed for another argument is refused but was copied.
    let identifier = Zeroizing::new(value(identifier)?);
    Ok((identifier, sign_options(given)?))
}

pub(crate) fn sign_options(given: Option<&Bound<'_, PyDict>>) -> PyResult<SignOptions> {
    // Wiped, as the identifier is.
    let given = Zeroizing::new(convert::options(SignOptions::NAMES, given)?);
    SignOptions::from_value(&given).map_err(|error| raise(&error))
}
