//! Times and durations as options give them: one order of checks, one code each.

use crate::{Error, ErrorCode, Result, Value};

/// Longest lifetime: `exp` at most this many seconds after now. Cloudflare documents it for its
/// endpoint and for locally signed tokens.
pub const MAX_LIFETIME: u64 = 86_400;

/// Lifetime of a token when neither `exp` nor `expires_in` is given, in seconds: as at Cloudflare's
/// endpoint.
pub const DEFAULT_LIFETIME: u64 = 3_600;

/// How far before now a token is valid when `nbf` is not given, in seconds: as at Cloudflare's
/// endpoint. It is the guard against clock skew between the signer and the edge.
pub const DEFAULT_HEAD_START: u64 = 3_600;

/// From here on a number is taken for milliseconds (10^11 s is the year 5138, 10^11 ms is 1973).
pub(crate) const MILLISECONDS_FROM: u64 = 100_000_000_000;

/// When a caller that keeps tokens should mint the next one: after four fifths of what is left.
pub(crate) fn renewal(now: u64, exp: u64) -> u64 {
    now.saturating_add(exp.saturating_sub(now) / 5 * 4 + exp.saturating_sub(now) % 5 * 4 / 5)
}

/// A time or a number of seconds out of a loosely typed value.
pub(crate) fn seconds(value: &Value) -> Result<u64> {
    match value {
        Value::Integer(number) => whole_seconds(*number),
        Value::Float(number) => float_seconds(*number),
        other => Err(Error::new(
            ErrorCode::TimeType,
            format!("a time must be a number of seconds, not {}", other.kind()),
        )),
    }
}

/// A length of time as `expires_in` has it: seconds, or a text such as `90m` or `1h30m`.
///
/// # Errors
/// The codes of times (120 to 124); those of [`duration`] for a text.
pub fn lifetime(value: &Value) -> Result<u64> {
    match value {
        Value::String(text) => duration(text),
        other => seconds(other),
    }
}

/// A text of the form `([0-9]+[smhd])+`, in seconds.
///
/// # Errors
/// [`ErrorCode::DurationInvalid`]; [`ErrorCode::TimeInMilliseconds`] at 10^11 seconds and above.
pub fn duration(text: &str) -> Result<u64> {
    let mut rest = text;
    let mut total = 0_u64;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, tail) = rest.split_at(digits);
        let unit = tail.chars().next().and_then(unit_seconds);
        let (Some(unit), false) = (unit, number.is_empty()) else {
            return Err(ErrorCode::DurationInvalid.into());
        };
        // More digits than a u64 holds are far above every limit below.
        let number = number.parse().unwrap_or(u64::MAX);
        total = total.saturating_add(u64::saturating_mul(number, unit));
        rest = &tail[1..];
    }
    if text.is_empty() {
        return Err(ErrorCode::DurationInvalid.into());
    }
    check_magnitude(total)
}

/// Refuses what can only be milliseconds.
pub(crate) fn check_magnitude(seconds: u64) -> Result<u64> {
    if seconds < MILLISECONDS_FROM {
        Ok(seconds)
    } else {
        Err(ErrorCode::TimeInMilliseconds.into())
    }
}

fn whole_seconds(number: i128) -> Result<u64> {
    if number < 0 {
        return Err(ErrorCode::TimeNegative.into());
    }
    check_magnitude(u64::try_from(number).unwrap_or(u64::MAX))
}

fn float_seconds(number: f64) -> Result<u64> {
    if !number.is_finite() {
        return Err(ErrorCode::TimeNotFinite.into());
    }
    if number.fract() != 0.0 {
        return Err(ErrorCode::TimeFractional.into());
    }
    if number < 0.0 {
        return Err(ErrorCode::TimeNegative.into());
    }
    check_magnitude(saturate(number))
}

/// A non-negative integral float as an integer; what is too large becomes the largest.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and the caller has excluded fractions, NaN and negative numbers"
)]
pub(crate) fn saturate(number: f64) -> u64 {
    number as u64
}

fn unit_seconds(unit: char) -> Option<u64> {
    match unit {
        's' => Some(1),
        'm' => Some(60),
        'h' => Some(3_600),
        'd' => Some(86_400),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{duration, lifetime, seconds};
    use crate::{ErrorCode, Value};

    #[test]
    fn durations_add_up() {
        for (text, expected) in [
            ("90m", 5_400),
            ("1h30m", 5_400),
            ("45s", 45),
            ("1d", 86_400),
            ("0s", 0),
            ("1m1m", 120),
        ] {
            assert_eq!(duration(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn durations_of_another_form_are_refused() {
        for text in [
            "", "90", "m", "1h30", "-1h", "+1h", "1.5h", "1 h", " 1h", "1H", "1w", "１h",
            "1h\u{e9}",
        ] {
            assert_eq!(
                duration(text).map_err(|error| error.code()),
                Err(ErrorCode::DurationInvalid),
                "{text}"
            );
        }
        let huge = "9".repeat(400) + "d";
        assert_eq!(
            duration(&huge).map_err(|error| error.code()),
            Err(ErrorCode::TimeInMilliseconds)
        );
    }

    #[test]
    fn checks_come_in_their_order() {
        let code = |value: Value| seconds(&value).map_err(|error| error.code());
        assert_eq!(code(Value::Bool(true)), Err(ErrorCode::TimeType));
        assert_eq!(code(Value::String("1".into())), Err(ErrorCode::TimeType));
        assert_eq!(
            code(Value::Float(f64::NEG_INFINITY)),
            Err(ErrorCode::TimeNotFinite)
        );
        assert_eq!(code(Value::Float(-1.5)), Err(ErrorCode::TimeFractional));
        assert_eq!(code(Value::Float(-1e300)), Err(ErrorCode::TimeNegative));
        assert_eq!(
            code(Value::Integer(i128::MAX)),
            Err(ErrorCode::TimeInMilliseconds)
        );
        assert_eq!(code(Value::Float(1e11)), Err(ErrorCode::TimeInMilliseconds));
        assert_eq!(code(Value::Integer(99_999_999_999)), Ok(99_999_999_999));
        assert_eq!(code(Value::Float(-0.0)), Ok(0));
        assert_eq!(lifetime(&Value::String("2m".into())), Ok(120));
    }
}
