//! Times, durations and bandwidths in queries.
//!
//! Where a doc comment says *our choice*, Cloudflare documents no range.

use std::fmt;
use std::str::FromStr;

use super::values::{FromOption, invalid, whole, wrong_type};
use crate::{Error, Result, Value};

/// A place in a video, in whole seconds from its start (whole seconds: our choice).
///
/// As text it is written like Cloudflare's `0s`, `8m`, `5m2s` and `1h12m27s`: hours, minutes and seconds
/// in this order. It goes into URLs as seconds alone (`302s`), the one form that thumbnails, clips and
/// the player all document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds(u32);

impl Seconds {
    /// The place `seconds` after the start.
    pub const fn new(seconds: u32) -> Self {
        Self(seconds)
    }

    /// Seconds from the start.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl FromStr for Seconds {
    type Err = Error;

    /// Units in capitals, a sign, blanks and fractions are refused; so are more than 2^32 - 1 seconds.
    ///
    /// # Errors
    /// [`ErrorCode::UrlOptionInvalid`](crate::ErrorCode::UrlOptionInvalid).
    fn from_str(text: &str) -> Result<Self> {
        parse_seconds(text).map(Self).ok_or_else(|| {
            invalid(
                "a time in a video is written like 0s, 8m, 5m2s or 1h12m27s, \
                 or is a number of seconds; at most 4294967295 seconds",
            )
        })
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.0)
    }
}

impl FromOption for Seconds {
    fn from_option(name: &str, value: &Value) -> Result<Self> {
        match value {
            Value::String(text) => text.parse(),
            Value::Integer(_) | Value::Float(_) => whole(value).map(Self).ok_or_else(|| {
                invalid(format!(
                    "{name} must be a whole number of seconds from 0 to 4294967295, or written like 1m30s"
                ))
            }),
            other => Err(wrong_type(name, "a time like 1m30s or a number", other)),
        }
    }
}

/// A length of 1 to `MAX` whole seconds, written like [`Seconds`].
///
/// Cloudflare documents at most 60 seconds for clips and 5 minutes for previews of live streams; for
/// animated thumbnails it documents no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span<const MAX: u32>(u32);

impl<const MAX: u32> Span<MAX> {
    /// A length of `seconds`.
    ///
    /// # Errors
    /// [`ErrorCode::UrlOptionInvalid`](crate::ErrorCode::UrlOptionInvalid) for 0 and for more than `MAX`.
    pub fn new(seconds: u32) -> Result<Self> {
        if (1..=MAX).contains(&seconds) {
            Ok(Self(seconds))
        } else if MAX == u32::MAX {
            Err(invalid("duration must be at least 1 second"))
        } else {
            Err(invalid(format!("duration must be 1 to {MAX} seconds")))
        }
    }

    /// The length in seconds.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl<const MAX: u32> fmt::Display for Span<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Seconds(self.0).fmt(f)
    }
}

impl<const MAX: u32> FromOption for Span<MAX> {
    fn from_option(name: &str, value: &Value) -> Result<Self> {
        Self::new(Seconds::from_option(name, value)?.get())
    }
}

/// A bandwidth in megabits a second: the manifest offers the representation closest to it.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Bandwidth(f64);

impl Bandwidth {
    /// A bandwidth of `mbps` megabits a second, 0.001 to 10,000 (the range is our choice: it catches bits
    /// and kilobits).
    ///
    /// # Errors
    /// [`ErrorCode::UrlOptionInvalid`](crate::ErrorCode::UrlOptionInvalid) outside the range, and for NaN.
    pub fn from_mbps(mbps: f64) -> Result<Self> {
        if (0.001..=10_000.0).contains(&mbps) {
            Ok(Self(mbps))
        } else {
            Err(invalid(
                "clientBandwidthHint must be 0.001 to 10000 megabits a second",
            ))
        }
    }
}

impl fmt::Display for Bandwidth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromOption for Bandwidth {
    fn from_option(name: &str, value: &Value) -> Result<Self> {
        match value {
            Value::Integer(mbps) => {
                // Anything that does not fit is far above the range.
                Self::from_mbps(i32::try_from(*mbps).map_or(f64::INFINITY, f64::from))
            }
            Value::Float(mbps) => Self::from_mbps(*mbps),
            other => Err(wrong_type(name, "a number", other)),
        }
    }
}

fn parse_seconds(text: &str) -> Option<u32> {
    let mut rest = text;
    let mut total = 0_u32;
    for (unit, size) in [('h', 3_600_u32), ('m', 60), ('s', 1)] {
        if let Some((digits, after)) = rest.split_once(unit) {
            if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            total = total.checked_add(digits.parse::<u32>().ok()?.checked_mul(size)?)?;
            rest = after;
        }
    }
    (rest.is_empty() && !text.is_empty()).then_some(total)
}
