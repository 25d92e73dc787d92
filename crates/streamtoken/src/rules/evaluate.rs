//! Who may play: the first rule that matches decides.

use super::rule::{COUNTRY, IP, Who};
use super::{Action, Rule, Viewer};
use crate::{Error, ErrorCode, Result};

/// What the rules say about a viewer, and which rule said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Decision {
    action: Action,
    rule: Option<usize>,
}

impl Decision {
    /// What happens to the viewer.
    pub fn action(&self) -> Action {
        self.action
    }

    /// Index of the rule that decided, counted from 0; `None` when none matched, which allows.
    pub fn rule(&self) -> Option<usize> {
        self.rule
    }

    /// Whether the viewer may play.
    pub fn is_allowed(&self) -> bool {
        self.action == Action::Allow
    }
}

pub(super) fn evaluate(rules: &[Rule], viewer: &Viewer) -> Result<Decision> {
    decide(rules, viewer).map_err(|(index, fact)| unknown(index, fact))
}

/// The decision; or the index of the first rule that cannot be judged, and the fact that it needs.
pub(crate) fn decide(rules: &[Rule], viewer: &Viewer) -> Result<Decision, (usize, Fact)> {
    for (index, rule) in rules.iter().enumerate() {
        if matches(rule, viewer).map_err(|fact| (index, fact))? {
            return Ok(Decision {
                action: rule.action(),
                rule: Some(index),
            });
        }
    }
    Ok(Decision {
        action: Action::Allow,
        rule: None,
    })
}

/// What a rule may have to know of a viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fact {
    Ip,
    Country,
}

impl Fact {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ip => IP,
            Self::Country => COUNTRY,
        }
    }
}

/// Whether the viewer meets the rule's condition; the fact when it is needed and unknown.
pub(crate) fn matches(rule: &Rule, viewer: &Viewer) -> Result<bool, Fact> {
    Ok(match &rule.condition().0 {
        Who::Any => true,
        Who::Ip(networks) => {
            let address = viewer.ip.ok_or(Fact::Ip)?;
            networks.iter().any(|network| network.contains(address))
        }
        Who::Country(countries) => countries.contains(&viewer.country.ok_or(Fact::Country)?),
    })
}

fn unknown(index: usize, fact: Fact) -> Error {
    let fact = fact.name();
    let message = format!(
        "access rule {} needs the viewer's {fact}, which was not given",
        index + 1
    );
    Error::new(ErrorCode::ViewerUnknown, message).at(format!("/{fact}"))
}
