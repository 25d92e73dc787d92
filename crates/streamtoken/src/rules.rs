//! Access rules: who may play a video with a token.

mod country;
mod draft;
mod evaluate;
mod network;
mod parse;
mod rule;
mod viewer;

pub use country::Country;
pub(crate) use draft::{Draft, Items};
pub use evaluate::Decision;
pub(crate) use evaluate::{Fact, decide, matches};
pub(crate) use network::Bounds;
pub use network::Network;
pub(crate) use parse::OnFault;
pub use rule::{Action, Condition, Rule};
pub use viewer::Viewer;

use serde::{Serialize, Serializer};

use crate::{Error, ErrorCode, Result, Value};

/// The access rules of a token: at most 5, read first to last; the first that matches decides.
///
/// **No match means allowed** (Cloudflare documents it), so an allow rule without a closing block of
/// `any` restricts nothing. [`AccessRules::allow_only`] closes itself.
///
/// Serialises as the claim `accessRules`. The default has no rules: everybody may play, and the claim
/// is left out of the token.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct AccessRules(Vec<Rule>);

impl AccessRules {
    /// Rules in the order given, exactly as given: nothing is closed, sorted or merged.
    ///
    /// # Errors
    /// [`ErrorCode::RulesTooMany`] at `/accessRules` for more than 5 rules (Cloudflare's limit);
    /// [`ErrorCode::CountryInvalid`] for a rule that was read from somebody else's token and names a
    /// country that may not be written.
    pub fn new(rules: impl IntoIterator<Item = Rule>) -> Result<Self> {
        // One more than allowed is enough to refuse, even from an endless iterator.
        let rules: Vec<_> = rules.into_iter().take(MAX_RULES + 1).collect();
        if rules.len() > MAX_RULES {
            return Err(too_many());
        }
        let rules = Self(rules);
        rules.check_for_minting()?;
        Ok(rules)
    }

    /// Allows viewers who meet at least one of the conditions and blocks everybody else: an allow rule
    /// for each condition, then a block of `any`.
    ///
    /// # Errors
    /// [`ErrorCode::RulesTooMany`] at `/accessRules` for more than 4 conditions, since the closing block
    /// is the fifth rule; [`ErrorCode::RuleListEmpty`] at `/accessRules` for none, which would block
    /// everyone; otherwise as [`AccessRules::new`].
    pub fn allow_only(who: impl IntoIterator<Item = Condition>) -> Result<Self> {
        let allowed: Vec<_> = who.into_iter().take(MAX_RULES).map(Rule::allow).collect();
        if allowed.is_empty() {
            let message =
                "allow_only needs at least 1 condition; with none it would block everyone";
            return Err(Error::new(ErrorCode::RuleListEmpty, message).at(FIELD));
        }
        if allowed.len() == MAX_RULES {
            let message = "allow_only takes at most 4 conditions, since the closing block is the fifth \
                           rule; put addresses or countries into one condition";
            return Err(Error::new(ErrorCode::RulesTooMany, message).at(FIELD));
        }
        Self::new(allowed.into_iter().chain([Rule::block(Condition::any())]))
    }

    /// Blocks viewers who meet at least one of the conditions and allows everybody else: a block rule
    /// for each condition and nothing after them.
    ///
    /// Cloudflare documents that no match means allowed, so the list needs no closing rule, and an
    /// `allow` of `any` would only take the place of a fifth condition. No conditions give no rules:
    /// nobody is blocked.
    ///
    /// # Errors
    /// [`ErrorCode::RulesTooMany`] at `/accessRules` for more than 5 conditions; otherwise as
    /// [`AccessRules::new`].
    pub fn block(who: impl IntoIterator<Item = Condition>) -> Result<Self> {
        Self::new(who.into_iter().map(Rule::block))
    }

    /// Reads the rules from the text of the JSON list that the claim holds, for minting.
    ///
    /// # Errors
    /// As [`Value::parse`] for what is not strict JSON, then as [`AccessRules::from_value`].
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self> {
        Self::from_value(&Value::parse(text)?)
    }

    /// Reads the rules from a JSON list, for minting; `[]` means no rules.
    ///
    /// Every rule is `{"type", "action"}` and, for `ip.src`, the list `ip`, or, for
    /// `ip.geoip.country`, the list `country`. Inside a rule a null is never taken for "not given".
    /// Repeated items are kept.
    ///
    /// # Errors
    /// The first fault of the first faulty rule, with a pointer such as `/accessRules/2/ip/0`. In the
    /// order of the checks: [`ErrorCode::OptionNull`] for a null instead of the list,
    /// [`ErrorCode::OptionType`] for anything else that is no list, [`ErrorCode::RulesTooMany`]; for
    /// each rule `OptionType` (no object), [`ErrorCode::RuleMemberUnknown`],
    /// [`ErrorCode::JsonDuplicateMember`], [`ErrorCode::RuleTypeUnknown`],
    /// [`ErrorCode::RuleActionUnknown`] (for `type` and `action`, `OptionType` when they are no string,
    /// null included), [`ErrorCode::RuleListMissing`], [`ErrorCode::RuleListMisplaced`], `OptionType`
    /// (no list, null included), [`ErrorCode::RuleListEmpty`]; for each item `OptionType`, then as
    /// [`Network`] and [`Country`] read their text.
    pub fn from_value(value: &Value) -> Result<Self> {
        parse::for_minting(value).map(Self)
    }

    /// The rules, in the order in which they are evaluated.
    pub fn rules(&self) -> &[Rule] {
        &self.0
    }

    /// Whether there are no rules, so that everybody is allowed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `viewer` may play: the first rule that matches decides, and no match means allowed.
    ///
    /// # Errors
    /// [`ErrorCode::ViewerUnknown`] at `/ip` or `/country` when a rule is reached that needs this fact
    /// and the viewer lacks it: without the fact nobody can say whether the rule matches. Refusing is
    /// our choice; Cloudflare's edge always knows both.
    pub fn evaluate(&self, viewer: &Viewer) -> Result<Decision> {
        evaluate::evaluate(&self.0, viewer)
    }

    /// Reads the claim `accessRules` of a token that somebody else may have minted.
    ///
    /// What Cloudflare leaves undocumented is read without changing who matches: countries in any case,
    /// host bits masked. IPv4-mapped networks are refused: a viewer's mapped address counts as IPv4, so
    /// such a network would match nobody, and a block written with it would be void.
    ///
    /// # Errors
    /// [`ErrorCode::ClaimType`] and [`ErrorCode::TokenRulesTooMany`] at `/accessRules`;
    /// [`ErrorCode::RuleNotUnderstood`] with a pointer into the rule. No text quotes the token.
    pub(crate) fn from_token(value: &Value) -> Result<Self> {
        parse::from_token(value).map(Self)
    }

    /// Everything for which [`AccessRules::from_value`] might refuse, and what was understood; `Err` where
    /// `on_fault` ended the reading.
    pub(crate) fn faults(value: &Value, on_fault: &mut OnFault<'_>) -> Result<Vec<Option<Draft>>> {
        parse::for_lint(value, on_fault)
    }

    /// The rules with the places of their items, of each list as many as a token can hold.
    pub(crate) fn drafts(&self) -> Vec<Option<Draft>> {
        let draft = |rule| Some(Draft::of_rule(rule, MAX_ITEMS));
        self.0.iter().map(draft).collect()
    }

    /// The rules out of drafts that are whole.
    pub(crate) fn from_drafts(drafts: Vec<Option<Draft>>) -> Option<Self> {
        let rule = |draft: Option<Draft>| {
            let draft = draft.filter(|draft| draft.whole)?;
            draft.into_rule().ok()
        };
        drafts
            .into_iter()
            .map(rule)
            .collect::<Option<_>>()
            .map(Self)
    }

    /// Refuses rules that came out of a token and may not go into one: only their countries can differ
    /// from what [`AccessRules::from_value`] accepts.
    pub(crate) fn check_for_minting(&self) -> Result<()> {
        for (index, rule) in self.0.iter().enumerate() {
            for (item, country) in rule.condition().countries().iter().enumerate() {
                country
                    .check()
                    .map_err(|error| error.at(format!("{FIELD}/{index}/country/{item}")))?;
            }
        }
        Ok(())
    }
}

impl Serialize for AccessRules {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

fn too_many() -> Error {
    Error::from(ErrorCode::RulesTooMany).at(FIELD)
}

/// Most rules that Cloudflare reads in one token.
pub(crate) const MAX_RULES: usize = 5;

/// More items than any token can hold in one list: three quarters of its characters are left by base64, and
/// the shortest item has five with its quotes and comma.
pub(crate) const MAX_ITEMS: usize = crate::MAX_TOKEN / 4 * 3 / 5;

/// Where all rules live, in a request and in a token.
pub(crate) const FIELD: &str = "/accessRules";
