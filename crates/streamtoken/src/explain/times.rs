//! The times: their form, their order, and how they stand to now and to the video.

use super::claims::NO_PAYLOAD;
use super::context::ExplainContext;
use super::form::Form;
use super::report::Check;
use super::table::CheckId;
use crate::time::{MILLISECONDS_FROM, saturate};
use crate::verify::claim_seconds;
use crate::{ErrorCode, MAX_LEEWAY, MAX_LIFETIME, Value};

/// What a claim says of a time.
enum Time {
    Missing,
    /// As `verify` reads it; whether it was written as a text.
    Whole(u64, bool),
    /// A number that `verify` does not take, rounded down: one of seconds.
    Fraction(u64),
    /// The same, of a finer unit.
    FineFraction(u64),
    /// A number beyond all times.
    Huge,
    Negative,
    Text,
    Other,
}

impl Time {
    fn of(claim: &str, payload: &Value) -> Self {
        let Some(value) = payload.get(claim) else {
            return Self::Missing;
        };
        match (claim_seconds(claim, value), value) {
            (Ok(seconds), value) => Self::Whole(seconds, value.as_str().is_some()),
            (Err(_), Value::Float(number)) if *number >= HUGE => Self::Huge,
            (Err(_), Value::Integer(number)) if *number >= 0 => Self::Huge,
            (Err(_), Value::Float(number)) if *number >= 0.0 => match saturate(number.floor()) {
                seconds @ ..MILLISECONDS_FROM => Self::Fraction(seconds),
                number => Self::FineFraction(number),
            },
            (Err(_), Value::Integer(_) | Value::Float(_)) => Self::Negative,
            (Err(_), Value::String(_)) => Self::Text,
            (Err(_), _) => Self::Other,
        }
    }

    /// The time in seconds, as far as one can guess.
    fn seconds(&self) -> Option<u64> {
        match self {
            Self::Whole(seconds, _) | Self::Fraction(seconds) | Self::FineFraction(seconds) => {
                Some(*seconds)
            }
            _ => None,
        }
    }

    /// Why an exp has no [`Time::seconds`].
    fn unread(&self) -> &'static str {
        match self {
            Self::Missing => "there is no exp",
            _ => "exp could not be read",
        }
    }

    fn is_text(&self) -> bool {
        matches!(self, Self::Whole(_, true))
    }
}

const SEE_EXP: &str = "see exp: its unit is wrong";
const SEE_DURATION: &str = "see exp: it is a duration";
const SEE_NBF: &str = "see nbf: its unit is wrong";

/// From here on a number of seconds is no time at all.
const HUGE: f64 = 18_446_744_073_709_551_615.0;

/// Below this a number is a duration and no time since the epoch: it would be one of before September 2001.
const DURATION_BELOW: u64 = 1_000_000_000;

/// Both times of a token against the facts.
struct Times<'c> {
    exp: Time,
    nbf: Time,
    /// When the token was minted, where a whole number says so.
    iat: Option<u64>,
    now: u64,
    leeway: u64,
    context: &'c ExplainContext,
}

pub(super) fn check(checks: &mut Vec<Check>, form: &Form, context: &ExplainContext, now: u64) {
    let Some(payload) = &form.payload else {
        for id in [
            CheckId::Exp,
            CheckId::Nbf,
            CheckId::TimeForm,
            CheckId::TimeOrder,
            CheckId::Expired,
            CheckId::NotYetValid,
            CheckId::Lifetime,
            CheckId::ClockSkew,
            CheckId::OutlastsVideo,
        ] {
            checks.push(Check::open(id, NO_PAYLOAD));
        }
        return;
    };
    let times = Times {
        exp: Time::of("exp", payload),
        nbf: Time::of("nbf", payload),
        iat: Time::of("iat", payload).seconds(),
        now,
        leeway: context.verify.leeway,
        context,
    };
    checks.push(times.exp());
    checks.push(times.nbf());
    checks.push(times.form());
    checks.push(times.order());
    checks.push(times.expired());
    checks.push(times.not_yet_valid());
    checks.push(times.lifetime());
    checks.push(times.clock_skew());
    checks.push(times.outlasts_video());
}

impl Times<'_> {
    fn exp(&self) -> Check {
        let id = CheckId::Exp;
        match &self.exp {
            Time::Missing => Check::fail(
                id,
                "there is no exp: the token would never end",
                "write exp, in epoch seconds",
            )
            .refused(ErrorCode::ExpMissing)
            .platform_unknown(),
            Time::Whole(seconds, _) if *seconds < DURATION_BELOW && self.now >= DURATION_BELOW => {
                let cause = "exp is a duration, where a time since the epoch is wanted";
                Check::fail(
                    id,
                    cause,
                    "add it to the time of minting, or give it as expires_in",
                )
                .refused(ErrorCode::TokenExpired)
                .with("exp", *seconds)
            }
            Time::Whole(seconds, _) if *seconds >= MILLISECONDS_FROM => fine(id, "exp", *seconds)
                .refused(ErrorCode::TokenLifetimeTooLong)
                .platform_unknown()
                .with("exp", *seconds),
            time => form_of(id, "exp", time),
        }
    }

    fn nbf(&self) -> Check {
        let id = CheckId::Nbf;
        match &self.nbf {
            Time::Missing => Check::pass(id, "there is no nbf: the token was valid from the first"),
            Time::Whole(seconds, _) if *seconds >= MILLISECONDS_FROM => fine(id, "nbf", *seconds)
                .refused(ErrorCode::TokenNotYetValid)
                .with("nbf", *seconds),
            time => form_of(id, "nbf", time),
        }
    }

    fn form(&self) -> Check {
        let id = CheckId::TimeForm;
        if self.exp.is_text() || self.nbf.is_text() {
            let cause = "times are written as texts, as Cloudflare's endpoint does: Stream reads them, \
                         generic JWT libraries refuse them";
            return Check::warn(id, cause, id.advice()).with("form", "string");
        }
        match self.exp.seconds() {
            Some(_) => Check::pass(id, "times are written as numbers").with("form", "number"),
            None => Check::aside(id, "there is no time that can be read"),
        }
    }

    fn order(&self) -> Check {
        let id = CheckId::TimeOrder;
        match (self.nbf.seconds(), self.exp.seconds()) {
            (Some(nbf), Some(exp)) if nbf >= exp && exp >= DURATION_BELOW => {
                let cause = "nbf is not before exp: the token is valid at no time";
                Check::fail(id, cause, id.advice())
                    .with("nbf", nbf)
                    .with("exp", exp)
            }
            (_, Some(_)) => Check::pass(id, "the token begins before it ends"),
            (_, None) => Check::open(id, self.exp.unread()),
        }
    }

    fn expired(&self) -> Check {
        let id = CheckId::Expired;
        let Some(exp) = self.exp.seconds() else {
            return Check::open(id, self.exp.unread());
        };
        // What has a fraction of a second ends within that second.
        let end = exp + u64::from(matches!(self.exp, Time::Fraction(_)));
        let check = if self.now >= end.saturating_add(self.leeway) {
            let ago = self.now - exp;
            let cause = format!("the token expired {} ago", spoken(ago));
            let is_duration = exp < DURATION_BELOW && self.now >= DURATION_BELOW;
            let remedy = if is_duration {
                SEE_DURATION
            } else {
                id.advice()
            };
            Check::fail(id, cause, remedy)
                .refused(ErrorCode::TokenExpired)
                .with("seconds_ago", ago)
        } else if self.now >= end {
            let cause = format!(
                "the token expired {} ago, within the leeway",
                spoken(self.now - exp)
            );
            Check::fail(id, cause, id.advice()).with("seconds_ago", self.now - exp)
        } else {
            let left = end - self.now;
            Check::pass(id, format!("the token lives for another {}", spoken(left)))
                .with("seconds_left", left)
        };
        check.with("exp", exp).with("now", self.now)
    }

    fn not_yet_valid(&self) -> Check {
        let id = CheckId::NotYetValid;
        if let Time::Missing = self.nbf {
            return Check::pass(id, "there is no nbf to wait for");
        }
        let Some(nbf) = self.nbf.seconds() else {
            return Check::open(id, "nbf could not be read");
        };
        let check = if nbf > self.now {
            let wait = nbf - self.now;
            let cause = format!("the token becomes valid in {}", spoken(wait));
            let remedy = if nbf >= MILLISECONDS_FROM {
                SEE_NBF
            } else {
                id.advice()
            };
            let check = Check::fail(id, cause, remedy).with("seconds_to_wait", wait);
            if nbf.saturating_sub(self.leeway) > self.now {
                check.refused(ErrorCode::TokenNotYetValid)
            } else {
                check
            }
        } else {
            Check::pass(
                id,
                format!("the token has been valid for {}", spoken(self.now - nbf)),
            )
        };
        check.with("nbf", nbf).with("now", self.now)
    }

    fn lifetime(&self) -> Check {
        let id = CheckId::Lifetime;
        let Some(exp) = self.exp.seconds() else {
            return Check::open(id, self.exp.unread());
        };
        let left = exp.saturating_sub(self.now);
        let check = if left > MAX_LIFETIME + self.leeway {
            let cause = format!(
                "the token would live for another {}; the maximum is 24 hours",
                spoken(left)
            );
            let remedy = if exp >= MILLISECONDS_FROM {
                SEE_EXP
            } else {
                id.advice()
            };
            Check::fail(id, cause, remedy)
                .refused(ErrorCode::TokenLifetimeTooLong)
                .platform_unknown()
        } else if left > MAX_LIFETIME {
            let cause = format!(
                "the token would live for another {}, which is 24 hours within the leeway alone",
                spoken(left)
            );
            Check::warn(id, cause, id.advice()).platform_unknown()
        } else if let Some((cause, lifetime)) = self.long_life(exp) {
            Check::warn(id, cause, id.advice())
                .platform_unknown()
                .with("lifetime", lifetime)
        } else {
            Check::pass(id, "the token lives no longer than 24 hours")
        };
        check
            .with("seconds_left", left)
            .with("maximum", MAX_LIFETIME)
    }

    /// A token in its last day looks like a short one: what tells its life is when it was minted, or else when it
    /// began, which is an hour before that by default.
    fn long_life(&self, exp: u64) -> Option<(String, u64)> {
        const BACKDATED: u64 = 3600;
        let (since, begin, most) = match (self.iat, self.nbf.seconds()) {
            (Some(iat), _) => ("iat", iat, MAX_LIFETIME),
            (None, Some(nbf)) => ("nbf", nbf, MAX_LIFETIME + BACKDATED),
            (None, None) => return None,
        };
        let lifetime = exp.saturating_sub(begin);
        let is_long = begin >= DURATION_BELOW && lifetime > most;
        let cause = format!(
            "exp is {} after {since}, and the maximum is 24 hours after minting",
            spoken(lifetime)
        );
        is_long.then_some((cause, lifetime))
    }

    /// A difference of a few minutes is seldom meant, and neither is one that time zones make.
    fn clock_skew(&self) -> Check {
        let id = CheckId::ClockSkew;
        let Some(exp) = self.exp.seconds() else {
            return Check::aside(id, self.exp.unread());
        };
        let nbf = self.nbf.seconds().unwrap_or(0);
        let (early, late) = (nbf.saturating_sub(self.now), self.now.saturating_sub(exp));
        let skew = early.max(late);
        let check = match skew {
            0 => Check::pass(id, "the token is valid by this clock, to the second"),
            1..=MAX_LEEWAY => {
                let cause = format!("a clock that is {} off would explain this", spoken(skew));
                Check::warn(id, cause, id.advice())
            }
            _ if is_zone(early, 900) => {
                let cause = format!(
                    "{} are about what a time zone makes: local time may have been taken for UTC",
                    spoken(early)
                );
                Check::warn(id, cause, id.advice())
            }
            // One that expired some hours ago is mostly just old.
            _ if is_zone(late, 3600) => {
                let cause = format!(
                    "if the token was minted just now, local time was taken for UTC: {} are about whole hours",
                    spoken(late)
                );
                Check::warn(id, cause, id.advice())
            }
            _ => Check::pass(id, "no clock that is a little wrong explains this"),
        };
        check.with("seconds_off", skew)
    }

    fn outlasts_video(&self) -> Check {
        let id = CheckId::OutlastsVideo;
        let Some(duration) = self.context.duration else {
            return Check::aside(id, "the video's duration was not given")
                .remedy_is("give the duration of the video");
        };
        let Some(exp) = self.exp.seconds() else {
            return Check::aside(id, self.exp.unread());
        };
        let left = exp.saturating_sub(self.now);
        let check = if left >= duration {
            Check::pass(id, "the token outlasts the video")
        } else {
            let cause = format!(
                "the token dies {} before a viewer who begins now has seen the video",
                spoken(duration - left)
            );
            Check::warn(id, cause, id.advice())
        };
        check.with("seconds_left", left).with("duration", duration)
    }
}

/// A time in a unit finer than a second, by its magnitude.
fn fine(id: CheckId, claim: &str, number: u64) -> Check {
    let (unit, divisor) = match number {
        0..100_000_000_000_000 => ("milliseconds", "1000"),
        100_000_000_000_000..100_000_000_000_000_000 => ("microseconds", "1000000"),
        _ => ("nanoseconds", "1000000000"),
    };
    let cause = format!("{claim} is in {unit}, where seconds are wanted");
    Check::fail(id, cause, format!("divide by {divisor} and round down"))
}

/// The form of a time that is no case of its own.
fn form_of(id: CheckId, claim: &str, time: &Time) -> Check {
    let (cause, remedy) = match time {
        Time::Whole(seconds, _) => {
            let check = Check::pass(id, format!("{claim} is in whole epoch seconds"));
            return check.with(claim, *seconds);
        }
        Time::Missing => return Check::pass(id, format!("there is no {claim}")),
        Time::Fraction(_) => (
            format!("{claim} has a fraction, as milliseconds divided by 1000 have"),
            "round down to whole seconds",
        ),
        Time::FineFraction(number) => {
            return fine(id, claim, *number)
                .refused(ErrorCode::ClaimType)
                .platform_unknown()
                .with(claim, *number);
        }
        Time::Huge => (
            format!("{claim} is too large for a time"),
            "write epoch seconds",
        ),
        Time::Negative => (format!("{claim} is negative"), "write epoch seconds"),
        Time::Text => (
            format!("{claim} is a text, and no plain decimal number"),
            "write epoch seconds, not a date",
        ),
        Time::Other => (format!("{claim} is no number"), "write epoch seconds"),
    };
    Check::fail(id, cause, remedy)
        .refused(ErrorCode::ClaimType)
        .platform_unknown()
        .with_some(claim, time.seconds())
}

/// Within two minutes of a multiple of `step`, from half an hour on, and no more than time zones differ.
fn is_zone(seconds: u64, step: u64) -> bool {
    const NEAR: u64 = 120;
    let rest = seconds % step;
    (1800 - NEAR..=14 * 3600 + NEAR).contains(&seconds) && (rest <= NEAR || step - rest <= NEAR)
}

/// Seconds as people say them.
fn spoken(seconds: u64) -> String {
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
    match (days, hours, minutes, rest) {
        (0, 0, 0, _) => format!("{seconds} s"),
        (0, 0, _, 0) => format!("{minutes} min"),
        (0, 0, _, _) => format!("{minutes} min {rest} s"),
        (0, _, 0, _) => format!("{hours} h"),
        (0, _, _, _) => format!("{hours} h {minutes} min"),
        (_, 0, _, _) => format!("{days} d"),
        (_, _, _, _) => format!("{days} d {hours} h"),
    }
}
