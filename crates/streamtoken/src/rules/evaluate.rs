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
    for (index, rule) in rules.iter().enumerate() {
        let matched = matches(&rule.condition().0, viewer).map_err(|fact| unknown(index, fact))?;
        if matched {
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

/// Whether the viewer meets the condition; the name of the fact when it is needed and unknown.
pub(super) fn matches(who: &Who, viewer: &Viewer) -> Result<bool, &'static str> {
    Ok(match who {
        Who::Any => true,
        Who::Ip(networks) => {
            let address = viewer.ip.ok_or(IP)?;
            networks.iter().any(|network| network.contains(address))
        }
        Who::Country(countries) => countries.contains(&viewer.country.ok_or(COUNTRY)?),
    })
}

fn unknown(index: usize, fact: &str) -> Error {
    let message = format!(
        "access rule {} needs the viewer's {fact}, which was not given",
        index + 1
    );
    Error::new(ErrorCode::ViewerUnknown, message).at(format!("/{fact}"))
}
