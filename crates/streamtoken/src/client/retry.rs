//! When to ask again: a plan without a clock and without chance, which the caller brings.

use std::time::Duration;

use super::options::{DEFAULT_MAX_RETRIES, Limits};

/// First pause, its longest, and how much of it chance may take away: as the official clients wait.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
const JITTER: f64 = 0.25;
/// Longest pause that an answer may ask for. Waiting longer is for the caller to decide.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);

/// How often a request may be sent again, and until when.
#[derive(Debug, Clone)]
pub(super) struct RetryPlan {
    max_retries: u32,
    deadline: Option<Duration>,
    /// Whether the request may be sent again once it may have arrived.
    repeatable: bool,
    attempts: u32,
}

/// What the plan must know of a failed attempt.
#[derive(Debug, Clone, Copy)]
pub(super) struct Failed {
    /// Whether another attempt may do better.
    pub(super) may_pass: bool,
    /// Whether the request may have arrived.
    pub(super) may_have_arrived: bool,
    pub(super) retry_after: Option<Duration>,
}

impl RetryPlan {
    pub(super) fn new(limits: &Limits, repeatable: bool) -> Self {
        Self {
            max_retries: limits.max_retries.unwrap_or(DEFAULT_MAX_RETRIES),
            deadline: limits.deadline,
            repeatable,
            attempts: 0,
        }
    }

    /// Counts an attempt that was made.
    pub(super) fn count(&mut self) {
        self.attempts += 1;
    }

    pub(super) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// How much of the deadline is left, `elapsed` after the call began.
    pub(super) fn left(&self, elapsed: Duration) -> Option<Duration> {
        self.deadline
            .map(|deadline| deadline.saturating_sub(elapsed))
    }

    /// The pause before the next attempt, or none when the failure stands.
    pub(super) fn pause(&self, failed: Failed, elapsed: Duration, random: f64) -> Option<Duration> {
        if !failed.may_pass || self.attempts > self.max_retries {
            return None;
        }
        if failed.may_have_arrived && !self.repeatable {
            return None;
        }
        let pause = match failed.retry_after {
            Some(wait) if wait > LONGEST_RETRY_AFTER => return None,
            Some(wait) => wait,
            None => self.back_off(random),
        };
        let fits = self.left(elapsed).is_none_or(|left| pause < left);
        fits.then_some(pause)
    }

    /// Doubles with each attempt; `random` is from 0 to 1.
    fn back_off(&self, random: f64) -> Duration {
        let doublings = self.attempts.saturating_sub(1).min(16);
        let pause = (FIRST_PAUSE * 2_u32.pow(doublings)).min(LONGEST_PAUSE);
        let random = if random.is_finite() {
            random.clamp(0.0, 1.0)
        } else {
            0.0
        };
        pause.mul_f64(1.0 - JITTER * random)
    }
}
