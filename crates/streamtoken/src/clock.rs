//! The one place that reads the clock. Everything else takes the time as an input.

use std::time::UNIX_EPOCH;

/// Seconds since the epoch by the machine's clock; 0 for a clock that is set before 1970.
#[expect(clippy::disallowed_methods, reason = "this is the place that may")]
pub(crate) fn now() -> u64 {
    UNIX_EPOCH
        .elapsed()
        .map_or(0, |since_epoch| since_epoch.as_secs())
}
