//! What rules and options probably do not mean.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use streamtoken::{LintLevel, SignOptions, host};
use zeroize::Zeroizing;

use crate::convert::{option_set, options, value};
use crate::error::raise;
use crate::guard::guarded;

/// Something that is wrong, or probably not meant, and where.
///
/// `str` gives one line, `warning[allow_without_block]: … at /accessRules/0`. Hashable, comparable,
/// picklable.
#[pyclass(frozen, eq, hash, module = "streamtoken")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Finding {
    /// The stable id: of a warning `Warning.id`, of an error the slug of the `ErrorCode` with which signing
    /// refuses it.
    #[pyo3(get)]
    id: String,
    /// Whether signing refuses it.
    ///
    /// `error` when it does, `warning` when it does not.
    #[pyo3(get)]
    level: String,
    /// JSON pointer to what it is about, in wire names (`/accessRules/2/ip/0`); empty for the whole.
    #[pyo3(get)]
    field: String,
    /// What is wrong here, in one sentence without a closing dot.
    ///
    /// It shows networks, countries and times that were understood, and nothing else of the input.
    #[pyo3(get)]
    message: String,
    /// What to do, in one sentence without a closing dot.
    #[pyo3(get)]
    remedy: String,
    /// All of it on a line, as the core writes it.
    line: String,
}

impl From<&streamtoken::Finding> for Finding {
    fn from(finding: &streamtoken::Finding) -> Self {
        Self {
            id: finding.id().to_owned(),
            level: finding.level().as_str().to_owned(),
            field: finding.field().to_owned(),
            message: finding.message().to_owned(),
            remedy: finding.remedy().to_owned(),
            line: finding.to_string(),
        }
    }
}

#[pymethods]
impl Finding {
    fn __str__(&self) -> &str {
        &self.line
    }

    fn __repr__(&self) -> String {
        let Self {
            id, level, field, ..
        } = self;
        format!("Finding(id={id:?}, level={level:?}, field={field:?})")
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let restore = py
            .import("streamtoken._native")?
            .getattr("_restore_finding")?;
        let members = (
            &self.id,
            &self.level,
            &self.field,
            &self.message,
            &self.remedy,
            &self.line,
        );
        Ok((restore, members.into_pyobject(py)?))
    }
}

/// A finding out of a pickle.
#[pyfunction(name = "_restore_finding")]
pub(crate) fn restore_finding(
    id: String,
    level: String,
    field: String,
    message: String,
    remedy: String,
    line: String,
) -> Finding {
    Finding {
        id,
        level,
        field,
        message,
        remedy,
        line,
    }
}

/// The core's findings as Python's.
pub(crate) fn findings(found: &[streamtoken::Finding]) -> Vec<Finding> {
    found.iter().map(Finding::from).collect()
}

/// Everything that is wrong, or probably not meant, with `value`: the list of rules that the claim
/// `accessRules` holds, or an object of `SignOptions` in wire names.
///
/// Rules are a list of dicts or `AccessRules`, options a dict of what `Signer.sign` takes, in Python's names
/// or those of the wire. Errors are what signing refuses, and their ids are those of `error_codes`; the
/// others are warnings. The order is that of the rules and options. Where options give no `now`, their times
/// are compared with `now`, and without it with the machine's clock.
///
/// Raises `InputError` for `now`, and for what has more than 100,000 values or 32 levels.
#[pyfunction]
#[pyo3(signature = (value, **options), text_signature = "(value, *, now=None)")]
pub(crate) fn lint(
    py: Python<'_>,
    value: &Bound<'_, PyAny>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<Vec<Finding>> {
    guarded(|| {
        let now = now(options)?;
        // Wiped, as the options of a token are.
        let value = Zeroizing::new(option_set(SignOptions::NAMES, value)?);
        let found = py.detach(|| match now {
            Some(now) => streamtoken::lint_at(&value, now),
            None => streamtoken::lint(&value),
        });
        Ok(findings(&found))
    })
}

fn now(given: Option<&Bound<'_, PyDict>>) -> PyResult<Option<u64>> {
    host::now(&options(&[], given)?).map_err(|error| raise(&error))
}

/// The lint level in an argument that may be absent or None.
pub(crate) fn level(given: Option<&Bound<'_, PyAny>>) -> PyResult<LintLevel> {
    let Some(given) = given else {
        return Ok(LintLevel::default());
    };
    host::lint_level(&value(given)?).map_err(|error| raise(&error))
}
