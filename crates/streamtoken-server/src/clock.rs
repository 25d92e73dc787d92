//! The time that tokens are minted at. Time-outs have a clock of their own, which nobody can set.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use jiff::Timestamp;

/// The machine's clock, or one that is set: stopped at a time, or ahead or behind by a number of seconds.
#[derive(Debug, Default)]
pub struct Clock {
    /// Seconds since the epoch at which the clock stands still, if it is not negative.
    stopped: StoppedAt,
    ahead: AtomicI64,
}

#[derive(Debug)]
struct StoppedAt(AtomicI64);

impl Default for StoppedAt {
    fn default() -> Self {
        Self(AtomicI64::new(-1))
    }
}

impl Clock {
    /// Seconds since the epoch.
    pub fn now(&self) -> u64 {
        let stopped = self.stopped.0.load(Ordering::SeqCst);
        u64::try_from(stopped).unwrap_or_else(|_| {
            machine_time()
                .as_secs()
                .saturating_add_signed(self.ahead.load(Ordering::SeqCst))
        })
    }

    /// The same time for people, with what the machine's clock says beyond the second.
    pub fn timestamp(&self) -> Timestamp {
        let since_epoch = Duration::new(self.now(), machine_time().subsec_nanos());
        Timestamp::UNIX_EPOCH
            .checked_add(since_epoch)
            .unwrap_or(Timestamp::MAX)
    }

    /// Whether the clock stands still.
    pub fn is_stopped(&self) -> bool {
        self.stopped.0.load(Ordering::SeqCst) >= 0
    }

    /// By how many seconds the clock runs ahead of the machine's; 0 while it stands still.
    pub fn offset(&self) -> i64 {
        if self.is_stopped() {
            0
        } else {
            self.ahead.load(Ordering::SeqCst)
        }
    }

    /// Stops the clock at this time, in seconds since the epoch.
    pub fn stop_at(&self, epoch_seconds: u64) {
        let seconds = i64::try_from(epoch_seconds).unwrap_or(i64::MAX);
        self.stopped.0.store(seconds, Ordering::SeqCst);
    }

    /// Lets the clock run, `seconds` ahead of the machine's (behind, where negative).
    pub fn run_ahead(&self, seconds: i64) {
        self.ahead.store(seconds, Ordering::SeqCst);
        self.stopped.0.store(-1, Ordering::SeqCst);
    }
}

/// The one place of the service that reads the machine's clock.
#[expect(clippy::disallowed_methods, reason = "this is the place that may")]
fn machine_time() -> Duration {
    UNIX_EPOCH.elapsed().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn a_clock_stands_still_or_runs_ahead() {
        let clock = Clock::default();
        let machine = clock.now();
        assert!(machine > 1_700_000_000);
        clock.stop_at(1_537_456_765);
        assert_eq!(clock.now(), 1_537_456_765);
        clock.run_ahead(-3600);
        assert!(clock.now().abs_diff(machine - 3600) < 60);
        clock.run_ahead(0);
        assert!(clock.now().abs_diff(machine) < 60);
    }
}
