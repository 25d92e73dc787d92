//! When to renew a token, and what to give meanwhile: a plan without a clock, a thread and chance, which the
//! caller brings.

use std::time::Duration;

use crate::chance::{back_off, tamed};
use crate::{Error, ErrorCode, Result, SignOptions, Token};

/// By how much of the time from minting to `renew_at` a renewal may come earlier.
const EARLIER: f64 = 0.1;
/// How long after its beginning the next window's token is asked for at the latest, in seconds.
const LATER: u64 = 60;
/// First pause after a failure, and the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// The longest pause that an answer may ask for: for as long the platform refuses who asked too often.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(300);
/// A clock that was put back by more than so many seconds was wrong when the token was minted.
const PUT_BACK: u64 = 60;

/// The plan of a [`TokenSource`](super::TokenSource): ask it before each use of the token, do what the
/// [`Step`] says, and tell it what came of a renewal. The token is a `T`, whatever its holder likes to keep.
///
/// - A token is renewed at its `renew_at`, or earlier by up to a tenth of the time that it has until then, so
///   that many processes do not all renew at once. One of a
///   [`reuse_window`](crate::SignOptions::reuse_window), which would be the same token until the next window
///   begins, is renewed after that by up to a tenth of the window and of `expires_in`, a minute at most.
/// - One renewal is under way at a time. While the old token lives it is given meanwhile; it is never given
///   from its `exp` on.
/// - Nothing happens by itself: a renewal begins when somebody asks. Whoever asks first after the token has died
///   waits for the next one.
/// - After a failure the old token is given while it lives, and the next attempt comes after a pause that
///   doubles from 1 s to 60 s and of which chance takes up to a quarter; a longer `retry-after` of the API
///   counts, up to 300 s.
/// - Without a living token whoever asks next tries anew, at once, unless the API said `retry-after`: until then,
///   300 s at most, all who ask get the error that it came with.
/// - A clock that was put back by more than a minute since the token was minted makes it due.
///
/// ```
/// use std::time::Duration;
/// use streamtoken::SignOptions;
/// use streamtoken::source::{Freshness, Life, Moment, Step};
///
/// let at = |now| Moment { now, elapsed: Duration::from_secs(now), random: 0.0 };
/// let mut plan = Freshness::new(&SignOptions::new())?;
/// assert_eq!(plan.ask(at(1000)), Step::Renew);
/// assert_eq!(plan.ask(at(1000)), Step::Wait);
/// plan.renewed("first", Life { exp: 4600, renew_at: 3880 }, at(1000))?;
/// assert_eq!(plan.ask(at(3879)), Step::Use("first"));
/// assert_eq!(plan.ask(at(3880)), Step::UseAndRenew("first"));
/// plan.failed(None, at(3881));
/// assert_eq!(plan.ask(at(3881)), Step::Use("first"));
/// assert_eq!(plan.ask(at(3882)), Step::UseAndRenew("first"));
/// # Ok::<(), streamtoken::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Freshness<T> {
    /// Of a reuse window, in seconds.
    window: Option<u64>,
    held: Option<Held<T>>,
    is_renewing: bool,
    failures: u32,
    pause_ends: Option<Duration>,
    /// Until when the API wants to be left alone, by the answer to the last attempt.
    unwanted_until: Option<Duration>,
}

#[derive(Debug, Clone)]
struct Held<T> {
    token: T,
    life: Life,
    minted: u64,
    due: u64,
}

/// What of a token's times decides when it is renewed, in epoch seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the caller makes it")]
pub struct Life {
    /// [`Token::exp`].
    pub exp: u64,
    /// [`Token::renew_at`].
    pub renew_at: u64,
}

impl From<&Token> for Life {
    fn from(token: &Token) -> Self {
        Self {
            exp: token.exp(),
            renew_at: token.renew_at(),
        }
    }
}

/// When something happens. The plan has no clock and no chance of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "the caller makes it")]
pub struct Moment {
    /// The wall clock, in epoch seconds: tokens live by it.
    pub now: u64,
    /// Time since any fixed moment, by a monotonic clock: pauses are measured with it.
    pub elapsed: Duration,
    /// A random number from 0 to 1.
    pub random: f64,
}

/// What to do for somebody who wants the token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step<T> {
    /// Give this token.
    Use(T),
    /// Give this token, and begin a renewal.
    UseAndRenew(T),
    /// Begin a renewal, and wait for it.
    Renew,
    /// Wait for the renewal that is under way.
    Wait,
    /// Give the error that the last renewal failed with: the API said `retry-after`, and that is not over.
    Refuse,
}

impl<T> Freshness<T> {
    /// The plan for tokens with these options.
    ///
    /// # Errors
    /// [`ErrorCode::OptionValue`] for `exp` and `now`: the first cannot be renewed, and the second is the
    /// clock's.
    pub fn new(options: &SignOptions) -> Result<Self> {
        let refuse = |message, field| Err(Error::new(ErrorCode::OptionValue, message).at(field));
        if options.exp.is_some() {
            let message =
                "a token that is renewed has no fixed exp; give its lifetime as expires_in";
            return refuse(message, "/exp");
        }
        if options.now.is_some() {
            let message =
                "a token that is renewed has no fixed now; the time is read with each renewal";
            return refuse(message, "/now");
        }
        Ok(Self::renewable(options))
    }

    /// The plan for tokens with options that were looked at.
    pub(super) fn renewable(options: &SignOptions) -> Self {
        Self {
            window: options.reuse_window,
            held: None,
            is_renewing: false,
            failures: 0,
            pause_ends: None,
            unwanted_until: None,
        }
    }

    /// Tells that the renewal under way has brought `token`.
    ///
    /// # Errors
    /// [`ErrorCode::TokenExpired`] when it is dead already, by this clock: that is a failure, and counted.
    pub fn renewed(&mut self, token: T, life: Life, moment: Moment) -> Result<()> {
        let (exp, now) = (life.exp, moment.now);
        if exp <= now {
            self.failed(None, moment);
            let message = format!(
                "the new token has expired already: exp {exp} is not after now {now}; check this machine's clock"
            );
            return Err(Error::new(ErrorCode::TokenExpired, message));
        }
        self.held = Some(Held {
            token,
            life,
            minted: now,
            due: self.due(life, now, moment.random),
        });
        self.is_renewing = false;
        self.failures = 0;
        self.pause_ends = None;
        self.unwanted_until = None;
        Ok(())
    }

    /// Tells that the renewal under way has failed; `retry_after` is what the API's answer said
    /// ([`ApiFailure::retry_after`](crate::ApiFailure::retry_after)). Without one under way nothing has failed.
    pub fn failed(&mut self, retry_after: Option<Duration>, moment: Moment) {
        if !self.is_renewing {
            return;
        }
        let pause = back_off(FIRST_PAUSE, LONGEST_PAUSE, self.failures, moment.random);
        let wanted = retry_after.unwrap_or_default().min(LONGEST_RETRY_AFTER);
        self.pause_ends = moment.elapsed.checked_add(pause.max(wanted));
        self.unwanted_until = moment.elapsed.checked_add(wanted);
        self.failures = self.failures.saturating_add(1);
        self.is_renewing = false;
    }

    /// Tells that the renewal under way came to no end, which is nobody's fault: its thread was interrupted.
    pub fn abandoned(&mut self) {
        self.is_renewing = false;
    }

    /// Tells that this is a copy in another process, where no renewal is under way and whose chance differs.
    pub fn forked(&mut self, random: f64) {
        self.is_renewing = false;
        if let Some(held) = self.held.take() {
            let due = self.due(held.life, held.minted, random);
            self.held = Some(Held { due, ..held });
        }
    }

    fn due(&self, life: Life, minted: u64, random: f64) -> u64 {
        let Life { exp, renew_at } = life;
        match self.window {
            Some(window) => {
                let spread = (exp.saturating_sub(renew_at) / 10).min(window / 10);
                renew_at.saturating_add(part(spread.min(LATER), random))
            }
            None => renew_at.saturating_sub(part(
                renew_at.saturating_sub(minted),
                EARLIER * tamed(random),
            )),
        }
    }
}

impl<T: Clone> Freshness<T> {
    /// What to do for somebody who wants the token. After [`Step::Renew`] and [`Step::UseAndRenew`] a renewal
    /// is under way until [`Freshness::renewed`], [`Freshness::failed`] or [`Freshness::abandoned`].
    pub fn ask(&mut self, moment: Moment) -> Step<T> {
        match &self.held {
            Some(held) if moment.now < held.life.exp => {
                let token = held.token.clone();
                let is_pausing = is_before(moment, self.pause_ends);
                if self.is_renewing || !held.is_due(moment.now) || is_pausing {
                    return Step::Use(token);
                }
                self.is_renewing = true;
                Step::UseAndRenew(token)
            }
            _ if self.is_renewing => Step::Wait,
            _ if is_before(moment, self.unwanted_until) => Step::Refuse,
            _ => {
                self.is_renewing = true;
                Step::Renew
            }
        }
    }
}

impl<T> Held<T> {
    fn is_due(&self, now: u64) -> bool {
        now >= self.due || now.saturating_add(PUT_BACK) < self.minted
    }
}

fn is_before(moment: Moment, end: Option<Duration>) -> bool {
    end.is_some_and(|end| moment.elapsed < end)
}

/// The share of `whole` that `random` says, in whole seconds.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share between 0 and the whole, which is a span of seconds"
)]
fn part(whole: u64, random: f64) -> u64 {
    ((whole as f64 * tamed(random)) as u64).min(whole)
}

#[cfg(test)]
mod tests;
