//! A rule as far as it was understood, with the places of what it holds.

use super::rule::Who;
use super::{Action, Condition, Country, Network, Rule};
use crate::Result;

/// A rule whose type and action were understood; of its list, perhaps not every item.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) action: Action,
    pub(crate) who: Items,
    /// Whether nothing of it was left out.
    pub(crate) whole: bool,
}

/// Whom a rule is about: items with their indices in the list.
#[derive(Debug, Clone)]
pub(crate) enum Items {
    Any,
    Ip(Vec<(usize, Network)>),
    Country(Vec<(usize, Country)>),
}

impl Draft {
    /// The rule, once all of it was understood.
    pub(super) fn into_rule(self) -> Result<Rule> {
        let condition = match self.who {
            Items::Any => Condition::any(),
            Items::Ip(networks) => Condition::from_networks(without_places(networks))?,
            Items::Country(countries) => Condition::from_countries(without_places(countries))?,
        };
        Ok(Rule::new(self.action, condition))
    }

    /// The rule with the first `most` items of its list.
    pub(super) fn of_rule(rule: &Rule, most: usize) -> Self {
        fn with_places<T: Copy>(items: &[T], most: usize) -> Vec<(usize, T)> {
            items.iter().copied().take(most).enumerate().collect()
        }
        let (who, length) = match &rule.condition().0 {
            Who::Any => (Items::Any, 0),
            Who::Ip(networks) => (Items::Ip(with_places(networks, most)), networks.len()),
            Who::Country(countries) => (
                Items::Country(with_places(countries, most)),
                countries.len(),
            ),
        };
        Self {
            action: rule.action(),
            who,
            whole: length <= most,
        }
    }
}

fn without_places<T>(items: Vec<(usize, T)>) -> impl Iterator<Item = T> {
    items.into_iter().map(|(_, item)| item)
}
