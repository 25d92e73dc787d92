//! When to ask again: a plan without a clock and without chance, which the caller brings.

use std::time::Duration;

use super::options::{DEFAULT_MAX_RETRIES, Limits};
use crate::chance::back_off;

/// First pause and the longest: as the official clients wait.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
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
            None => {
                let doublings = self.attempts.saturating_sub(1);
                back_off(FIRST_PAUSE, LONGEST_PAUSE, doublings, random)
            }
        };
        let fits = self.left(elapsed).is_none_or(|left| pause < left);
        fits.then_some(pause)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Failed, RetryPlan};
    use crate::client::options::Limits;

    const PASSING: Failed = Failed {
        may_pass: true,
        may_have_arrived: true,
        retry_after: None,
    };
    const NOW: Duration = Duration::ZERO;

    fn plan(max_retries: Option<u32>, deadline: Option<u64>, repeatable: bool) -> RetryPlan {
        let limits = Limits {
            max_retries,
            deadline: deadline.map(Duration::from_secs),
            ..Limits::default()
        };
        let mut plan = RetryPlan::new(&limits, repeatable);
        plan.count();
        plan
    }

    fn after(seconds: u64) -> Failed {
        Failed {
            retry_after: Some(Duration::from_secs(seconds)),
            ..PASSING
        }
    }

    #[test]
    fn there_are_as_many_retries_as_wanted_and_two_by_default() {
        for (wanted, retries) in [(None, 2), (Some(0), 0), (Some(1), 1), (Some(10), 10)] {
            let mut plan = plan(wanted, None, true);
            let mut made = 0;
            while plan.pause(PASSING, NOW, 0.0).is_some() && made < 20 {
                plan.count();
                made += 1;
            }
            assert_eq!((made, plan.attempts()), (retries, retries + 1));
        }
    }

    #[test]
    fn pauses_double_up_to_eight_seconds_and_chance_takes_a_quarter_at_most() {
        let mut plan = plan(Some(10), None, true);
        for seconds in [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0] {
            for (random, part) in [
                (0.0, 1.0),
                (0.5, 0.875),
                (1.0, 0.75),
                (7.0, 0.75),
                (-1.0, 1.0),
                (f64::NAN, 1.0),
            ] {
                let expected = Duration::from_secs_f64(seconds * part);
                assert_eq!(plan.pause(PASSING, NOW, random), Some(expected));
            }
            plan.count();
        }
    }

    #[test]
    fn what_will_not_pass_is_not_tried_again() {
        let failed = Failed {
            may_pass: false,
            ..PASSING
        };
        assert_eq!(plan(None, None, true).pause(failed, NOW, 0.0), None);
    }

    #[test]
    fn what_must_not_be_done_twice_is_sent_again_only_when_it_cannot_have_arrived() {
        let plan = plan(None, None, false);
        assert_eq!(plan.pause(PASSING, NOW, 0.0), None);
        let never_sent = Failed {
            may_have_arrived: false,
            ..PASSING
        };
        assert!(plan.pause(never_sent, NOW, 0.0).is_some());
    }

    #[test]
    fn an_answer_decides_how_long_to_wait_up_to_a_minute() {
        let plan = plan(None, None, true);
        for seconds in [0, 1, 60] {
            let pause = Some(Duration::from_secs(seconds));
            assert_eq!(plan.pause(after(seconds), NOW, 1.0), pause);
        }
        assert_eq!(plan.pause(after(61), NOW, 1.0), None);
        assert_eq!(plan.pause(after(u64::MAX), NOW, 1.0), None);
    }

    #[test]
    fn a_pause_that_the_deadline_would_not_survive_is_not_begun() {
        let plan = plan(None, Some(10), true);
        let late = Duration::from_millis(9_500);
        assert!(
            plan.pause(PASSING, late - Duration::from_millis(1), 0.0)
                .is_some()
        );
        assert_eq!(plan.pause(PASSING, late, 0.0), None);
        assert_eq!(plan.pause(after(10), NOW, 0.0), None);
        assert!(plan.pause(after(9), NOW, 0.0).is_some());
        assert_eq!(plan.left(late), Some(Duration::from_millis(500)));
        assert_eq!(plan.left(Duration::from_secs(11)), Some(Duration::ZERO));
        assert_eq!(RetryPlan::new(&Limits::default(), true).left(late), None);
    }
}
