//! What rules do to viewers.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use streamtoken::{Action, host};

use crate::convert::{data, value};
use crate::error::raise;
use crate::guard::guarded;
use crate::rules::AccessRules;

/// What the rules do to one viewer.
#[pyclass(frozen, eq, module = "streamtoken")]
#[derive(PartialEq)]
pub(crate) struct Simulated(streamtoken::Simulated);

#[pymethods]
impl Simulated {
    /// Whom it is about.
    ///
    /// A new dict of `ip` and `country`, None for what is not known.
    #[getter]
    fn viewer<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded(|| data(py, self.0.viewer()))
    }

    /// What happens to the viewer; None when nobody can say, because `Simulated.needs` is not known.
    ///
    /// `allow` or `block`.
    #[getter]
    fn action(&self) -> Option<&'static str> {
        self.0.action().map(Action::as_str)
    }

    /// Index of the rule that decided, counted from 0; None when none matched, which allows, and when
    /// nobody can say.
    #[getter]
    fn rule(&self) -> Option<usize> {
        self.0.rule()
    }

    /// The fact that the first undecided rule needs and that is not known of the viewer: `ip` or `country`.
    ///
    /// None when the viewer was decided on.
    #[getter]
    fn needs(&self) -> Option<&'static str> {
        self.0.needs()
    }

    /// For each rule by itself, those after the deciding one as well, whether it matches the viewer; None
    /// where that cannot be known.
    #[getter]
    fn matches<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.matches())
    }

    /// The answer as JSON has it, the same on every surface: a new dict of `viewer`, `action` (`unknown`
    /// when nobody can say), `rule`, `needs` and `matches`.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guarded(|| data(py, &self.0))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (viewer, action) = (self.viewer(py)?.repr()?, self.action());
        let action = action.map_or_else(|| "None".to_owned(), |action| format!("{action:?}"));
        let rule = self.rule();
        let rule = rule.map_or_else(|| "None".to_owned(), |rule| rule.to_string());
        Ok(format!(
            "Simulated(viewer={viewer}, action={action}, rule={rule})"
        ))
    }
}

/// What `rules` do to each of `viewers`, in their order.
///
/// `rules` are `AccessRules` or a list of dicts, `viewers` a list of dicts such as
/// `{'ip': '192.0.2.7', 'country': 'GB'}`, both members optional. A viewer of whom too little is known is an
/// answer among the others.
///
/// Raises `InputError`, with a `field` such as `/viewers/2/ip`, and for more than 100,000 values.
#[pyfunction]
pub(crate) fn simulate(
    py: Python<'_>,
    rules: &Bound<'_, PyAny>,
    viewers: &Bound<'_, PyAny>,
) -> PyResult<Vec<Simulated>> {
    guarded(|| {
        let rules = AccessRules::read(rules)?;
        let viewers = host::viewers(&value(viewers)?).map_err(|error| raise(&error))?;
        let results = py.detach(|| streamtoken::simulate(&rules, &viewers));
        Ok(results.into_iter().map(Simulated).collect())
    })
}
