//! The one place that is asked for chance where no secret depends on it.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::process;
use std::time::Duration;

/// How much of a pause chance may take away: as the official clients wait.
const JITTER: f64 = 0.25;

/// A number from 0 to 1 that differs between calls and processes: it spreads what many would do at once.
#[expect(clippy::cast_precision_loss, reason = "32 bits are enough to spread")]
pub fn chance() -> f64 {
    // Processes that were forked from one have the same keys.
    let bits = RandomState::new().hash_one(process::id()) >> 32;
    bits as f64 / f64::from(u32::MAX)
}

/// What a caller brings for chance, from 0 to 1 whatever it is.
pub(crate) fn tamed(random: f64) -> f64 {
    if random.is_finite() {
        random.clamp(0.0, 1.0)
    } else {
        0.0
    }
}

/// The pause before another attempt: `first`, doubled so many times, at most `longest`, less what `random`
/// (from 0 to 1) takes away.
pub(crate) fn back_off(
    first: Duration,
    longest: Duration,
    doublings: u32,
    random: f64,
) -> Duration {
    // Beyond that every pause is the longest, and a multiplication might overflow.
    let doubled = first * 2_u32.pow(doublings.min(16));
    doubled.min(longest).mul_f64(1.0 - JITTER * tamed(random))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::back_off;

    #[test]
    fn pauses_double_up_to_the_longest_and_chance_takes_a_quarter_at_most() {
        for (first, longest) in [(0.5, 8.0), (1.0, 60.0)] {
            for (doublings, doubled) in [(0, 1.0), (1, 2.0), (3, 8.0), (16, 65_536.0)] {
                for (random, part) in [
                    (0.0, 1.0),
                    (0.5, 0.875),
                    (1.0, 0.75),
                    (7.0, 0.75),
                    (-1.0, 1.0),
                    (f64::NAN, 1.0),
                    (f64::INFINITY, 1.0),
                ] {
                    let [first, longest] = [first, longest].map(Duration::from_secs_f64);
                    let pause = first.mul_f64(doubled).min(longest).mul_f64(part);
                    assert_eq!(back_off(first, longest, doublings, random), pause);
                }
            }
        }
    }

    #[test]
    fn no_number_of_failures_is_too_many() {
        let (first, longest) = (Duration::from_secs(1), Duration::from_secs(60));
        for doublings in [17, 32, u32::MAX] {
            assert_eq!(back_off(first, longest, doublings, 0.0), longest);
        }
    }
}
