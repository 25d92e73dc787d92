//! Whole option sets.

use super::Warning;
use super::collect::Findings;
use crate::options::{API_OPTIONS, Times, duplicate};
use crate::rules::FIELD;
use crate::time::DEFAULT_LIFETIME;
use crate::{Result, SignOptions, Value};

/// All findings in an object of options, in the order of [`SignOptions::NAMES`]. Members are judged together
/// when each is fine by itself; `Err` when there was no room for all findings.
pub(super) fn object(members: &[(String, Value)], now: u64, out: &mut Findings) -> Result<()> {
    let mut options = SignOptions::default();
    let mut whole = true;
    let known = || SignOptions::NAMES.iter().chain(API_OPTIONS);
    for name in known() {
        let mut same = members.iter().filter(|(member, _)| member == name);
        let Some(first) = same.next() else { continue };
        if FIELD[1..] == **name && first.1 != Value::Null {
            super::list(&first.1, out)?;
        } else if let Err(error) = options.read_member(first) {
            whole = false;
            out.error(error)?;
        }
        if same.next().is_some() {
            whole = false;
            out.error(duplicate(name))?;
        }
    }
    let is_known = |name: &String| known().any(|known| known == name);
    for member in members.iter().filter(|(name, _)| !is_known(name)) {
        if let Err(error) = options.read_member(member) {
            out.error(error)?;
        }
    }
    if whole {
        let now = options.now.unwrap_or(now);
        about_times(&options, options.times(now), now, out)?;
    }
    about_flags(&options, out);
    Ok(())
}

/// Warnings about times that fit each other, or the error of those that do not; `Err` when there was no
/// room for it.
pub(super) fn about_times(
    options: &SignOptions,
    times: Result<Times>,
    now: u64,
    out: &mut Findings,
) -> Result<()> {
    let times = match times {
        Ok(times) => times,
        Err(error) => return out.error(error),
    };
    // A token of a window is used until its end, so the shortest time is judged that anybody has.
    let lifetime = match options.reuse_window {
        Some(_) => options.expires_in.unwrap_or(DEFAULT_LIFETIME),
        None => times.exp.saturating_sub(now),
    };
    if lifetime < SHORT {
        let field = if options.exp.is_some() {
            "/exp"
        } else {
            "/expires_in"
        };
        let message = format!("the token lives for {lifetime} s, which is less than {SHORT} s");
        out.warning(Warning::LifetimeShort, field, message);
    }
    if starts_later(options, now) {
        // Nothing that depends on now: a kept token says it again.
        let message = format!("the token is refused until nbf {}", times.nbf);
        out.warning(Warning::NotValidYet, "/nbf", message);
    }
    Ok(())
}

/// Whether the token will not be valid at `now`, at which it is minted.
pub(crate) fn starts_later(options: &SignOptions, now: u64) -> bool {
    options.nbf.is_some_and(|nbf| nbf > now)
}

pub(super) fn about_flags(options: &SignOptions, out: &mut Findings) {
    if options.flags.original() {
        let message = "whether the edge honours flags.original in a token that was signed locally is \
                       undocumented";
        out.warning(
            Warning::FlagUndocumented,
            "/flags/original",
            message.to_owned(),
        );
    }
}

/// Seconds below which a lifetime is short: our choice, since a player needs some to begin.
const SHORT: u64 = 60;
