//! Why a token is refused.

use pyo3::exceptions::PyBaseException;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use streamtoken::{ErrorCode, ExplainContext, MAX_EXPLAIN, host};

use crate::convert::{data, options, to_python, wrong_type};
use crate::error::raise;
use crate::guard::{guarded, provoke_panic_at};
use crate::key::{PublicKey, SigningKey};
use crate::key_set::KeySet;
use crate::text;

/// Everything that `explain` found.
///
/// `str` gives it as text, the findings first; `to_dict` as JSON has it, the same on every surface. Neither
/// they nor `repr` repeat what was pasted by mistake.
#[pyclass(frozen, eq, module = "streamtoken")]
#[derive(PartialEq)]
pub(crate) struct Report(streamtoken::Report);

#[pymethods]
impl Report {
    /// What `verify` makes of the token, with the keys and facts that were given.
    ///
    /// `accepts`, `refuses` or `unknown`.
    #[getter]
    fn verify(&self) -> &'static str {
        self.0.verify().as_str()
    }

    /// What the platform makes of it, as far as that is publicly known.
    ///
    /// `accepts`, `refuses` or `unknown`. It alone knows whether the key still stands in the account, and
    /// the video in Stream.
    #[getter]
    fn platform(&self) -> &'static str {
        self.0.platform().as_str()
    }

    /// The error with which `verify` refuses.
    ///
    /// An exception that was not raised; None where it does not refuse.
    #[getter]
    fn error<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBaseException>> {
        let error = self.0.error()?;
        Some(raise(error).into_value(py).into_bound(py))
    }

    /// What was given: `token`, `url`, `uid`, `private_key` and others.
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.kind()
    }

    /// How many bytes the text has.
    #[getter]
    fn bytes(&self) -> usize {
        self.0.bytes()
    }

    /// How many bytes of the text were looked at.
    #[getter]
    fn read(&self) -> usize {
        self.0.bytes_read()
    }

    /// All checks, each `CheckId` once.
    ///
    /// In the order of `streamtoken.types.CheckId`.
    #[getter]
    fn checks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        guarded(|| tuple(py, self.0.checks().iter()))
    }

    /// Failures first, then warnings: what to read first.
    #[getter]
    fn findings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        guarded(|| tuple(py, self.0.findings()))
    }

    /// The check with this id on the wire.
    ///
    /// None when there is no check with this id.
    fn check(&self, id: &Bound<'_, PyAny>) -> PyResult<Option<Check>> {
        guarded(|| Ok(self.0.check(&text::text(id, "id")?).cloned().map(Check)))
    }

    /// The report as JSON has it: a new dict of `verify`, `platform`, `error`, `kind`, `bytes`, `read` and
    /// `checks`.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded(|| data(py, &self.0))
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        let (kind, verify, platform) = (self.kind(), self.verify(), self.platform());
        format!("Report(kind={kind:?}, verify={verify:?}, platform={platform:?})")
    }
}

fn tuple<'py, 'c>(
    py: Python<'py>,
    checks: impl Iterator<Item = &'c streamtoken::Check>,
) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, checks.cloned().map(Check).collect::<Vec<_>>())
}

/// One check of a report.
#[pyclass(frozen, eq, module = "streamtoken")]
#[derive(PartialEq)]
pub(crate) struct Check(streamtoken::Check);

#[pymethods]
impl Check {
    /// Which check it is.
    ///
    /// One of `streamtoken.types.CheckId`, which never change their meaning.
    #[getter]
    fn id(&self) -> &'static str {
        self.0.id().as_str()
    }

    /// How it ended.
    ///
    /// `pass`, `fail`, `warn` or `unknown`.
    #[getter]
    fn status(&self) -> &'static str {
        self.0.status().as_str()
    }

    /// What `verify` makes of this alone.
    ///
    /// `accepts`, `refuses` or `unknown`.
    #[getter]
    fn verify(&self) -> &'static str {
        self.0.verify().as_str()
    }

    /// What the platform makes of this alone, as far as that is publicly known.
    ///
    /// `accepts`, `refuses` or `unknown`.
    #[getter]
    fn platform(&self) -> &'static str {
        self.0.platform().as_str()
    }

    /// The code with which `verify` refuses because of this.
    ///
    /// As an exception's `code`; None where it does not.
    #[getter]
    fn code(&self) -> Option<&'static str> {
        self.0.code().map(ErrorCode::slug)
    }

    /// What was seen, as an object by name.
    ///
    /// A new dict each time.
    #[getter]
    fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded(|| to_python(py, &self.0.values()))
    }

    /// What is so, in one sentence without a closing dot.
    #[getter]
    fn cause(&self) -> &str {
        self.0.cause()
    }

    /// What to do, in one sentence without a closing dot; None where nothing is to be done.
    #[getter]
    fn remedy(&self) -> Option<&str> {
        self.0.remedy()
    }

    fn __repr__(&self) -> String {
        format!("Check(id={:?}, status={:?})", self.id(), self.status())
    }
}

/// Tells everything about `text`: a token, a playback URL, or whatever else was taken for one.
///
/// Each check is there once in the report, as pass, fail, warn or unknown, with what was seen, one sentence
/// of cause and one of what to do. What was not given is unknown and not an error: without `keys` (a
/// `KeySet`, `SigningKey` or `PublicKey`) the signature, without the viewer what access rules make of them.
///
/// Options, all of which may be None or left out but `identifier`, for which None is refused:
///
/// - `identifier`: the video that is asked for.
/// - `now`: the time to take for now instead of the machine's clock.
/// - `ip`, `country`: the viewer, for the token's access rules.
/// - `leeway`: seconds that the clocks may differ, 0 (the default) to 300.
/// - `download`: whether the token is to be used for a download. A URL of a download asks for one.
/// - `duration`: how long the video plays, in seconds or as a `timedelta`, rounded up to whole seconds.
///
/// `text` is `str`, `bytes`, `bytearray` or a `Token`, and may hold anything: at most 65,536 bytes of it are
/// read. What was pasted by mistake is not repeated. Nothing is sent anywhere.
///
/// Raises `InputError` for the options, as `verify` does, and never for the text.
#[pyfunction]
#[pyo3(signature = (text, keys=None, **options))]
pub(crate) fn explain(
    py: Python<'_>,
    text: &Bound<'_, PyAny>,
    keys: Option<&Bound<'_, PyAny>>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<Report> {
    guarded(|| {
        let keys = keys.map(key_set).transpose()?;
        let (text, length) = text::beginning(text, "text", MAX_EXPLAIN)?;
        let context = context(options)?;
        let report = py.detach(|| {
            provoke_panic_at(&text);
            host::explain_beginning(&text, length, keys.as_ref(), &context)
        });
        report.map(Report).map_err(|error| raise(&error))
    })
}

fn context(given: Option<&Bound<'_, PyDict>>) -> PyResult<ExplainContext> {
    let given = options(ExplainContext::NAMES, given)?;
    ExplainContext::from_value(&given).map_err(|error| raise(&error))
}

/// Who asks why has one key at hand as often as a set.
fn key_set(object: &Bound<'_, PyAny>) -> PyResult<streamtoken::KeySet> {
    if let Ok(keys) = object.cast::<KeySet>() {
        return Ok(keys.get().core().clone());
    }
    if let Ok(key) = object.cast::<SigningKey>() {
        return Ok(key.get().core().into());
    }
    if let Ok(key) = object.cast::<PublicKey>() {
        return Ok(key.get().core().clone().into());
    }
    let wanted = "a KeySet, SigningKey or PublicKey";
    Err(wrong_type(object, wanted, "keys"))
}
