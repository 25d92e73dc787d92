//! The one place that is asked for chance where no secret depends on it.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

/// A number from 0 to 1 that differs between calls and processes: it spreads what many would do at once.
#[expect(clippy::cast_precision_loss, reason = "32 bits are enough to spread")]
pub fn chance() -> f64 {
    let bits = RandomState::new().hash_one(0_u8) >> 32;
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
