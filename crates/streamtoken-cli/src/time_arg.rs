//! Times and durations as people write them on the command line.

use jiff::Timestamp;
use streamtoken::{Error, ErrorCode, Result, Value, host};

/// A time flag as an option's value: epoch seconds as they are, RFC 3339 floored to the second.
///
/// # Errors
/// [`ErrorCode::TimeTextInvalid`] about `/field`. Whether the time makes sense is the core's to say.
pub(crate) fn time(field: &str, text: &str) -> Result<Value> {
    if let Some(number) = integer(text) {
        return Ok(Value::Integer(number));
    }
    rfc3339(text)
        .map(|time| Value::Integer(time.into()))
        .ok_or_else(|| Error::from(ErrorCode::TimeTextInvalid).at(format!("/{field}")))
}

/// A number of seconds, or a text for the core to read or refuse.
pub(crate) fn number_or_text(text: &str) -> Value {
    integer(text).map_or_else(|| Value::String(text.to_owned()), Value::Integer)
}

/// A length of time as an option's value: seconds, with a fraction too, or a text such as `90m`.
///
/// # Errors
/// [`ErrorCode::DurationInvalid`] about `/field`. Whether the length makes sense is the core's to say.
pub(crate) fn length(field: &str, text: &str) -> Result<Value> {
    match Value::parse(text) {
        Ok(number @ (Value::Integer(_) | Value::Float(_))) => Ok(number),
        _ => host::duration(text)
            .map(|seconds| Value::Integer(seconds.into()))
            .map_err(|error| error.at(format!("/{field}"))),
    }
}

/// A whole number; one that is too long for any integer stays too large for any time.
fn integer(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| sign * digits.parse().unwrap_or(i128::MAX))
}

/// Seconds since the epoch. Jiff reads more forms and larger offsets than RFC 3339 has, so the
/// shape is checked first.
fn rfc3339(text: &str) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    let (separator, rest) = rest.split_at_checked(1)?;
    let (clock, rest) = rest.split_at_checked(8)?;
    let shaped = matches(date, "dddd-dd-dd")
        && matches!(separator, "T" | "t" | " ")
        && matches(clock, "dd:dd:dd")
        && is_offset(without_fraction(rest)?);
    shaped.then(|| text.parse().ok()).flatten().map(floor)
}

fn floor(time: Timestamp) -> i64 {
    time.as_second() - i64::from(time.subsec_nanosecond() < 0)
}

fn without_fraction(text: &str) -> Option<&str> {
    let Some(fraction) = text.strip_prefix('.') else {
        return Some(text);
    };
    let rest = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
    (rest.len() < fraction.len()).then_some(rest)
}

fn is_offset(text: &str) -> bool {
    matches!(text, "Z" | "z")
        || text
            .strip_prefix(['+', '-'])
            .is_some_and(|offset| matches(offset, "dd:dd") && offset < "24:00")
}

/// Whether `text` has the form of `pattern`, where `d` is a digit.
fn matches(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text
            .bytes()
            .zip(pattern.bytes())
            .all(|(byte, form)| match form {
                b'd' => byte.is_ascii_digit(),
                form => byte == form,
            })
}

#[cfg(test)]
mod tests {
    use super::{length, number_or_text, rfc3339, time};
    use streamtoken::{ErrorCode, Value};

    #[test]
    fn rfc3339_is_read_and_floored() {
        for (text, expected) in [
            ("2018-09-20T15:19:25Z", 1_537_456_765),
            ("2018-09-20t17:19:25.999+02:00", 1_537_456_765),
            ("2018-09-20 15:19:25z", 1_537_456_765),
            ("1969-12-31T23:59:58.5Z", -2),
            ("1970-01-01T00:00:00-00:00", 0),
        ] {
            assert_eq!(rfc3339(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "now",
            "1.5",
            "1e9",
            "+5",
            "0x10",
            "-",
            "2018-09-20",
            "2018-09-20T15:19:25",
            "2018-09-20T15:19Z",
            "20180920T151925Z",
            "2018-09-20T15:19:25+0200",
            "2018-09-20T15:19:25.Z",
            "2018-09-20T15:19:25,5Z",
            "2018-02-30T15:19:25Z",
            "2018-09-20T25:19:25Z",
            "2018-09-20T15:19:25Z[Europe/Paris]",
            " 5",
            "2018-09-20T15:19:25+02:00:00",
            "2018-09-20T15:19:25+24:00",
            "2018-09-20T15:19:25-25:59",
            "2018-09-20T15:19:25+01:60",
            "+002018-09-20T15:19:25Z",
            "２018-09-20T15:19:25Z",
        ] {
            let refused =
                time("exp", text).map_err(|error| (error.code(), error.field().map(str::to_owned)));
            assert_eq!(
                refused,
                Err((ErrorCode::TimeTextInvalid, Some("/exp".into()))),
                "{text}"
            );
        }
    }

    #[test]
    fn lengths_are_seconds_or_numbers_with_units() {
        let read = |text| length("duration", text).map_err(|error| error.code());
        assert_eq!(read("5400"), Ok(Value::Integer(5_400)));
        assert_eq!(read("5400.5"), Ok(Value::Float(5_400.5)));
        assert_eq!(read("1h30m"), Ok(Value::Integer(5_400)));
        assert_eq!(read("-5"), Ok(Value::Integer(-5)));
        for text in ["", "1.5h", "null", "\"5\"", "5 s"] {
            assert_eq!(read(text), Err(ErrorCode::DurationInvalid), "{text}");
        }
    }

    #[test]
    fn numbers_of_any_size_reach_the_core() {
        assert_eq!(time("exp", "-5").ok(), Some(Value::Integer(-5)));
        assert_eq!(
            time("exp", &"9".repeat(60)).ok(),
            Some(Value::Integer(i128::MAX))
        );
        assert_eq!(number_or_text("3600"), Value::Integer(3600));
        assert_eq!(number_or_text("1h30m"), Value::String("1h30m".into()));
    }
}
