//! What is wrong with rules and options, or probably not meant: all of it, not the first alone.

mod collect;
mod countries;
mod finding;
mod level;
mod networks;
mod options;
mod outcomes;
mod remedy;
mod reserved;
mod rules;
mod table;

pub use finding::{Finding, Level};
pub use level::LintLevel;
pub(crate) use options::starts_later;
pub use table::Warning;

use std::sync::Arc;

use collect::Findings;

use crate::options::Times;
use crate::rules::FIELD;
use crate::{AccessRules, Action, Error, ErrorCode, MAX_TOKEN, Result, SignOptions, Value, clock};

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
    let mut out = Findings::default();
    // A rule is an object too, and its place is in a list.
    let is_options = |value: &Value| {
        ["type", "action"]
            .iter()
            .all(|name| value.get(name).is_none())
    };
    // An error here says that there was no room for more, which the findings say themselves.
    let _ = match value {
        Value::Object(members) if is_options(value) => options::object(members, now, &mut out),
        value => list(value, &mut out),
    };
    out.into_vec()
}

impl AccessRules {
    /// What the rules probably do not mean: [`Warning`]s alone, at `/accessRules/0` and so on. What they
    /// must not say was refused when they were made.
    pub fn lint(&self) -> Vec<Finding> {
        let mut out = Findings::default();
        about_rules(self, &mut out);
        out.into_vec()
    }
}

/// As [`AccessRules::lint`] for rules that were read from somebody else's token: these may name countries
/// that minting refuses.
pub(crate) fn of_token(rules: &AccessRules) -> Vec<Finding> {
    let refused = rules.check_for_minting().err();
    let refused = refused.iter().map(Finding::error);
    refused.chain(rules.lint()).collect()
}

/// What the rules do to every viewer, whoever it is; `None` where that hangs on the viewer.
pub(crate) fn fate_of_all(rules: &AccessRules) -> Option<Action> {
    rules::fate_of_all(&rules.drafts())
}

impl SignOptions {
    /// What the options and their rules probably do not mean, and times that do not fit each other, which
    /// signing refuses. Without [`SignOptions::now`] times are compared with the clock.
    pub fn lint(&self) -> Vec<Finding> {
        let now = self.now_or_clock();
        about_options(self, self.times(now), now)
    }
}

/// All findings about options that are fine by themselves, whose times may not be.
fn about_options(options: &SignOptions, times: Result<Times>, now: u64) -> Vec<Finding> {
    let mut out = about_minting(options, times, now);
    options::about_flags(options, &mut out);
    out.into_vec()
}

/// All findings in a list of rules; `Err` when there was no room for all faults.
fn list(value: &Value, out: &mut Findings) -> Result<()> {
    let mut faulty = false;
    let drafts = AccessRules::faults(value, &mut |error| {
        faulty = true;
        out.error(error)
    })?;
    out.rules(rules::warnings(&drafts));
    if !faulty && let Some(rules) = AccessRules::from_drafts(drafts) {
        check_length(&rules).or_else(|error| out.error(error))?;
    }
    Ok(())
}

fn about_rules(rules: &AccessRules, out: &mut Findings) {
    if !rules.is_empty() {
        out.rules(rules::warnings(&rules.drafts()));
    }
}

/// Refuses rules that no token holds, whatever else it says.
fn check_length(rules: &AccessRules) -> Result<()> {
    let json = serde_json::to_string(rules).map_err(|_| Error::from(ErrorCode::Internal))?;
    if json.len() / 3 * 4 > MAX_TOKEN {
        return Err(Error::from(ErrorCode::MintedTokenTooLarge).at(FIELD));
    }
    Ok(())
}

/// The warnings about options that signing accepted, for the token; none at the level off. They are a
/// refusal at the level deny.
pub(crate) fn when_minting(
    level: LintLevel,
    options: &SignOptions,
    times: Times,
    now: u64,
) -> Result<Option<Arc<[Finding]>>> {
    if level == LintLevel::Off {
        return Ok(None);
    }
    let findings = about_options(options, Ok(times), now);
    match findings.first() {
        None => Ok(None),
        Some(first) if level == LintLevel::Deny => Err(denied(first, &findings)),
        Some(_) => Ok(Some(findings.into())),
    }
}

/// The warnings about options that the API was asked to mint with, at the level warn. What is doubtful about
/// tokens that are signed locally is not among them.
#[cfg(feature = "http")]
pub(crate) fn when_asking(options: &SignOptions, times: Times, now: u64) -> Option<Arc<[Finding]>> {
    let findings = about_minting(options, Ok(times), now).into_vec();
    (!findings.is_empty()).then(|| findings.into())
}

/// What there is to warn of, whoever signs.
fn about_minting(options: &SignOptions, times: Result<Times>, now: u64) -> Findings {
    let mut out = Findings::default();
    about_rules(&options.access_rules, &mut out);
    // Nothing comes after it for which there must be room.
    let _ = options::about_times(options, times, now, &mut out);
    out
}

fn denied(first: &Finding, all: &[Finding]) -> Error {
    let mut ids: Vec<_> = all.iter().map(Finding::id).collect();
    ids.sort_unstable();
    ids.dedup();
    let message = format!(
        "the lint level deny refuses what is warned of: {}",
        ids.join(", ")
    );
    Error::new(ErrorCode::LintDenied, message).at(first.field())
}
