//! The claims but for the times and the rules.

use super::context::ExplainContext;
use super::form::Form;
use super::report::Check;
use super::shown;
use super::table::CheckId;
use crate::options::Flags;
use crate::urls::is_uid;
use crate::verify::claim_flags;
use crate::{Claims, ErrorCode, Value, id};

pub(super) fn check(checks: &mut Vec<Check>, form: &Form, context: &ExplainContext) {
    let payload = form.payload.as_ref();
    checks.push(claims(payload));
    checks.push(sub(payload));
    checks.push(sub_matches(payload, context.verify.identifier.as_deref()));
}

pub(super) const NO_PAYLOAD: &str = "the payload could not be read";

fn claims(payload: Option<&Value>) -> Check {
    let id = CheckId::Claims;
    let Some(members) = payload.and_then(Value::as_object) else {
        return Check::open(id, NO_PAYLOAD);
    };
    if let Some(name) = members
        .iter()
        .find_map(|(name, value)| ill_typed(name, value))
    {
        let cause = format!("{name} has a form that verify does not understand");
        let remedy = match name {
            "flags" => "write flags as {\"original\": true}, or leave it out",
            _ => "write downloadable as true without quotes, or leave it out",
        };
        return Check::fail(id, cause, remedy)
            .refused(ErrorCode::ClaimType)
            .platform_unknown()
            .with("claim", name);
    }
    let others = members.iter().map(|(name, _)| name.as_str());
    let others: Vec<&str> = others
        .filter(|name| !Claims::NAMES.contains(name) || *name == "other")
        .collect();
    if let Some((name, meant)) = others.iter().find_map(|name| misspelt(name)) {
        let cause = format!(
            "the claim {name} is unknown to Stream and says nothing; {meant} is one of its claims"
        );
        return Check::warn(id, cause, format!("write {meant}")).with("claim", name);
    }
    let check = Check::pass(id, "every claim that Stream knows has its form");
    let names = others
        .iter()
        .take(MOST_NAMES)
        .filter_map(|name| shown::id(name));
    let names: Vec<_> = names.collect();
    check.with_some("other", (!names.is_empty()).then_some(Value::Array(names)))
}

/// Most names of claims that are shown.
const MOST_NAMES: usize = 16;

/// The name of a claim that `verify` does not understand. Times, `sub` and rules have checks of their own.
fn ill_typed(name: &str, value: &Value) -> Option<&'static str> {
    match (name, value) {
        ("downloadable", Value::Bool(_)) => None,
        ("downloadable", _) => Some("downloadable"),
        ("flags", value) => claim_flags(value).map_or(Some("flags"), |_: Flags| None),
        _ => None,
    }
}

/// A name that differs from that of a claim in case and underscores alone, with the claim's.
fn misspelt(name: &str) -> Option<(&str, &'static str)> {
    let plain = |name: &str| {
        let name = name.replace(['_', '-'], "").to_ascii_lowercase();
        match name.as_str() {
            "accessrule" => "accessrules".to_owned(),
            "expires" | "expiration" | "expiresin" => "exp".to_owned(),
            "notbefore" => "nbf".to_owned(),
            "download" | "downloads" => "downloadable".to_owned(),
            "subject" => "sub".to_owned(),
            _ => name,
        }
    };
    let meant = Claims::NAMES
        .iter()
        .copied()
        .filter(|claim| *claim != "other");
    let meant = meant
        .into_iter()
        .find(|claim| plain(name) == claim.to_ascii_lowercase())?;
    Some((name, meant)).filter(|_| id::is_id(name, 32))
}

fn sub(payload: Option<&Value>) -> Check {
    let id = CheckId::Sub;
    let Some(payload) = payload else {
        return Check::open(id, NO_PAYLOAD);
    };
    match payload.get("sub") {
        None => Check::fail(
            id,
            "there is no sub: the token is for no video",
            id.advice(),
        )
        .refused(ErrorCode::SubMissing)
        .platform_unknown(),
        Some(Value::String(sub)) if is_uid(sub) => {
            Check::pass(id, "sub has the form of a UID").with("sub", sub.as_str())
        }
        Some(Value::String(sub)) if id::is_id(sub, id::MAX_IDENTIFIER) => {
            let cause = "sub does not have the form of a UID: 32 hexadecimal digits";
            Check::warn(id, cause, id.advice())
                .platform_unknown()
                .with("sub", sub.as_str())
        }
        Some(Value::String(sub)) => {
            let cause = if sub.contains("://") {
                "sub holds a URL, where the video UID is wanted"
            } else {
                "sub is not 1 to 32 characters of A-Z, a-z, 0-9, '-' and '_'"
            };
            Check::fail(id, cause, id.advice())
                .refused(ErrorCode::SubInvalid)
                .platform_unknown()
                .with("characters", sub.chars().count())
        }
        Some(_) => Check::fail(id, "sub is no text", id.advice())
            .refused(ErrorCode::ClaimType)
            .platform_unknown(),
    }
}

fn sub_matches(payload: Option<&Value>, wanted: Option<&str>) -> Check {
    let id = CheckId::SubMatches;
    let sub = payload
        .and_then(|payload| payload.get("sub"))
        .and_then(Value::as_str);
    let Some(wanted) = wanted else {
        return Check::aside(id, "no identifier was given to compare sub with")
            .remedy_is("give the identifier of the video that is asked for");
    };
    let check = match sub {
        None => Check::open(id, "there is no sub to compare"),
        Some(sub) if sub == wanted => Check::pass(id, "the token is for this video"),
        Some(sub) if !id::is_id(sub, id::MAX_IDENTIFIER) => {
            Check::open(id, "sub is no identifier to compare")
        }
        Some(sub) => {
            let cause = if sub.eq_ignore_ascii_case(wanted) {
                "sub and the identifier differ in letter case, which counts"
            } else {
                "the token is for another video"
            };
            Check::fail(id, cause, id.advice())
                .refused(ErrorCode::SubMismatch)
                .platform_accepts()
                .with_some("sub", shown::id(sub))
        }
    };
    check.with("identifier", wanted)
}
