//! Findings on their way out, bounded.

use super::{Finding, MAX_FINDINGS, Warning};
use crate::rules::FIELD;
use crate::{Error, Result};

/// The findings so far, [`MAX_FINDINGS`] at most and one that says that there are more.
#[derive(Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    /// Takes an error, and gives it back when there is no room, so that whoever looks for more ends.
    pub(super) fn error(&mut self, error: Error) -> Result<()> {
        if self.push(|| Finding::error(&error)) {
            Ok(())
        } else {
            Err(error)
        }
    }

    /// Takes warnings about rules, in the order of what they are about.
    pub(super) fn rules(&mut self, warnings: Warnings) {
        let mut warnings = warnings.list;
        warnings.sort_by_key(|about| (about.rule, about.item.map(|(_, index)| index)));
        for about in warnings {
            if !self.push(|| about.finding()) {
                return;
            }
        }
    }

    pub(super) fn warning(&mut self, warning: Warning, field: &str, message: String) {
        self.push(|| Finding::warning(warning, field, message));
    }

    pub(super) fn into_vec(self) -> Vec<Finding> {
        self.0
    }

    fn push(&mut self, finding: impl FnOnce() -> Finding) -> bool {
        if self.0.len() < MAX_FINDINGS {
            self.0.push(finding());
            return true;
        }
        if self.0.len() == MAX_FINDINGS {
            let message =
                format!("these are the first {MAX_FINDINGS} findings, and there are more");
            let left_out = Finding::warning(Warning::FindingsLeftOut, String::new(), message);
            self.0.push(left_out);
        }
        false
    }
}

/// Warnings about rules, of each kind no more than can be told.
#[derive(Default)]
pub(super) struct Warnings {
    list: Vec<AboutRule>,
    told: [usize; Warning::ALL.len()],
}

impl Warnings {
    /// Takes a warning about a rule.
    pub(super) fn rule(&mut self, warning: Warning, rule: usize, message: impl FnOnce() -> String) {
        self.push(warning, rule, None, message);
    }

    /// Takes a warning about an item of a rule's list: its place is the rule, the name of the list, and the
    /// index in it.
    pub(super) fn item(
        &mut self,
        warning: Warning,
        (rule, list, index): (usize, &'static str, usize),
        message: impl FnOnce() -> String,
    ) {
        self.push(warning, rule, Some((list, index)), message);
    }

    fn push(
        &mut self,
        warning: Warning,
        rule: usize,
        item: Option<(&'static str, usize)>,
        message: impl FnOnce() -> String,
    ) {
        let told = &mut self.told[warning as usize];
        if *told <= MAX_FINDINGS {
            *told += 1;
            self.list.push(AboutRule {
                warning,
                rule,
                item,
                message: message(),
            });
        }
    }
}

struct AboutRule {
    warning: Warning,
    rule: usize,
    item: Option<(&'static str, usize)>,
    message: String,
}

impl AboutRule {
    fn finding(self) -> Finding {
        let mut field = format!("{FIELD}/{}", self.rule);
        if let Some((list, index)) = self.item {
            field = format!("{field}/{list}/{index}");
        }
        Finding::warning(self.warning, field, self.message)
    }
}
