//! What rules do to viewers: a table to look at before a token is minted.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::rules::{Fact, decide, matches};
use crate::{AccessRules, Action, Viewer};

/// What the rules do to one viewer.
///
/// `Serialize` gives `{"viewer": {"ip", "country"}, "action": "allow" | "block" | "unknown", "rule",
/// "needs": "ip" | "country" | null, "matches": [true, false, null, …]}`; facts of the viewer that are not
/// known are `null`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Simulated {
    viewer: Viewer,
    action: Option<Action>,
    rule: Option<usize>,
    needs: Option<Fact>,
    matches: Vec<Option<bool>>,
}

impl Simulated {
    /// Whom it is about.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// What happens to the viewer; `None` when nobody can say, because [`Simulated::needs`] is not known.
    pub fn action(&self) -> Option<Action> {
        self.action
    }

    /// Index of the rule that decided, counted from 0; `None` when none matched, which allows, and when
    /// nobody can say.
    pub fn rule(&self) -> Option<usize> {
        self.rule
    }

    /// The fact that the first undecided rule needs and that is not known of the viewer: `ip` or `country`.
    pub fn needs(&self) -> Option<&'static str> {
        self.needs.map(Fact::name)
    }

    /// For each rule by itself, those after the deciding one as well, whether it matches the viewer; `None`
    /// where that cannot be known.
    pub fn matches(&self) -> &[Option<bool>] {
        &self.matches
    }
}

impl Serialize for Simulated {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Simulated", 5)?;
        out.serialize_field("viewer", &self.viewer)?;
        out.serialize_field("action", self.action.map_or("unknown", Action::as_str))?;
        out.serialize_field("rule", &self.rule)?;
        out.serialize_field("needs", &self.needs())?;
        out.serialize_field("matches", &self.matches)?;
        out.end()
    }
}

/// What `rules` do to each of `viewers`, in their order. A viewer of whom too little is known is an answer
/// among the others.
///
/// ```
/// use streamtoken::{AccessRules, Condition, Viewer, simulate};
///
/// let rules = AccessRules::allow_only([Condition::country(["GB"])?])?;
/// let viewers = [Viewer::new().country("FR")?, Viewer::new().ip("198.51.100.7")?];
/// let results = simulate(&rules, &viewers);
/// assert_eq!(results[0].rule(), Some(1));
/// assert_eq!(results[1].needs(), Some("country"));
/// # Ok::<(), streamtoken::Error>(())
/// ```
pub fn simulate(rules: &AccessRules, viewers: &[Viewer]) -> Vec<Simulated> {
    viewers.iter().map(|viewer| one(rules, viewer)).collect()
}

fn one(rules: &AccessRules, viewer: &Viewer) -> Simulated {
    let decided = decide(rules.rules(), viewer);
    let (action, rule) = match decided {
        Ok(decision) => (Some(decision.action()), decision.rule()),
        Err(_) => (None, None),
    };
    let each = rules.rules().iter();
    Simulated {
        viewer: *viewer,
        action,
        rule,
        needs: decided.err().map(|(_, fact)| fact),
        matches: each.map(|rule| matches(rule, viewer).ok()).collect(),
    }
}
