//! Access rules.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use streamtoken::{Condition, Viewer, host};

use crate::convert::{data, options, value};
use crate::error::raise;
use crate::guard::guarded;
use crate::lint::{Finding, findings};
use crate::text;

/// The access rules of a token: at most 5, read first to last; the first that matches decides.
///
/// `AccessRules(rules)` takes a list of dicts, `{'type': 'ip.src', 'action': 'block', 'ip': […]}`. No match
/// means allowed, so an allow rule without a closing block of `any` restricts nothing;
/// `AccessRules.allow_only` closes itself.
///
/// Raises `InputError`, with a `field` such as `/accessRules/2/ip/0`.
#[pyclass(frozen, eq, module = "streamtoken")]
#[derive(PartialEq)]
pub(crate) struct AccessRules(streamtoken::AccessRules);

impl AccessRules {
    pub(crate) fn core(&self) -> &streamtoken::AccessRules {
        &self.0
    }

    /// The rules in an argument: `AccessRules` as they are, or a list.
    pub(crate) fn read(object: &Bound<'_, PyAny>) -> PyResult<streamtoken::AccessRules> {
        if let Ok(rules) = object.cast::<Self>() {
            return Ok(rules.get().0.clone());
        }
        let rules = streamtoken::AccessRules::from_value(&value(object)?);
        rules.map_err(|error| raise(&error))
    }

    fn wrap(rules: streamtoken::Result<streamtoken::AccessRules>) -> PyResult<Self> {
        rules.map(Self).map_err(|error| raise(&error))
    }
}

impl From<streamtoken::AccessRules> for AccessRules {
    fn from(rules: streamtoken::AccessRules) -> Self {
        Self(rules)
    }
}

#[pymethods]
impl AccessRules {
    #[new]
    fn new(rules: &Bound<'_, PyAny>) -> PyResult<Self> {
        guarded(|| Self::wrap(streamtoken::AccessRules::from_value(&value(rules)?)))
    }

    /// Reads the rules from the text of the JSON list that the claim holds, for minting.
    ///
    /// Raises `InputError`.
    #[staticmethod]
    fn parse(text: &Bound<'_, PyAny>) -> PyResult<Self> {
        guarded(|| {
            Self::wrap(streamtoken::AccessRules::parse(&*text::bytes(
                text, "text",
            )?))
        })
    }

    /// Allows viewers who meet at least one of the conditions and blocks everybody else: an allow rule
    /// for each condition, then a block of `any`.
    ///
    /// `who` is a list of 1 to 4 conditions: `{'country': ['GB', 'IE']}`, `{'ip': ['192.0.2.0/24']}`.
    /// Raises `InputError`.
    #[staticmethod]
    fn allow_only(who: &Bound<'_, PyAny>) -> PyResult<Self> {
        guarded(|| Self::wrap(streamtoken::AccessRules::allow_only(conditions(who)?)))
    }

    /// Blocks viewers who meet at least one of the conditions and allows everybody else: a block rule
    /// for each condition and nothing after them.
    ///
    /// `who` is a list of at most 5 conditions, as for `allow_only`. Raises `InputError`.
    #[staticmethod]
    fn block(who: &Bound<'_, PyAny>) -> PyResult<Self> {
        guarded(|| Self::wrap(streamtoken::AccessRules::block(conditions(who)?)))
    }

    /// Whether `viewer` may play: the first rule that matches decides, and no match means allowed.
    ///
    /// The viewer is said as `ip` and `country`. Raises `InputError` for these, and `TokenError` when a rule
    /// is reached that needs a fact which was not given.
    #[pyo3(signature = (**viewer))]
    fn evaluate(&self, viewer: Option<&Bound<'_, PyDict>>) -> PyResult<Decision> {
        guarded(|| {
            let viewer = Viewer::from_value(&options(&[], viewer)?);
            let decision = viewer.and_then(|viewer| self.0.evaluate(&viewer));
            decision.map(Decision).map_err(|error| raise(&error))
        })
    }

    /// What the rules probably do not mean: Warnings alone, at `/accessRules/0` and so on.
    ///
    /// What they must not say was refused when they were made. `lint` takes rules that were not.
    fn lint(&self, py: Python<'_>) -> PyResult<Vec<Finding>> {
        guarded(|| Ok(findings(&py.detach(|| self.0.lint()))))
    }

    /// The rules, in the order in which they are evaluated.
    ///
    /// A new list of dicts, as a token carries them.
    fn to_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded(|| data(py, &self.0))
    }

    fn __len__(&self) -> usize {
        self.0.rules().len()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.to_list(py)?.try_iter()?.into_any())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("AccessRules({})", self.to_list(py)?.repr()?))
    }
}

/// What the rules say about a viewer, and which rule said it.
///
/// True when the viewer is allowed.
#[pyclass(frozen, eq, module = "streamtoken")]
#[derive(PartialEq)]
pub(crate) struct Decision(streamtoken::Decision);

#[pymethods]
impl Decision {
    /// What happens to the viewer.
    ///
    /// `allow` or `block`.
    #[getter]
    fn action(&self) -> &'static str {
        self.0.action().as_str()
    }

    /// Index of the rule that decided, counted from 0; None when none matched, which allows.
    #[getter]
    fn rule(&self) -> Option<usize> {
        self.0.rule()
    }

    /// Whether the viewer may play.
    #[getter]
    fn is_allowed(&self) -> bool {
        self.0.is_allowed()
    }

    fn __bool__(&self) -> bool {
        self.0.is_allowed()
    }

    fn __repr__(&self) -> String {
        let rule = self.rule();
        let rule = rule.map_or_else(|| "None".to_owned(), |rule| rule.to_string());
        format!("Decision(action={:?}, rule={rule})", self.action())
    }
}

/// The conditions in an argument.
fn conditions(who: &Bound<'_, PyAny>) -> PyResult<Vec<Condition>> {
    host::conditions(&value(who)?).map_err(|error| raise(&error))
}
