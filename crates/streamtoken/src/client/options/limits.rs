//! How long and how often: the limits of a client, or of one call.

use std::time::Duration;

use crate::options::{read, wrong_type};
use crate::{Error, ErrorCode, Result, Value};

/// How long one attempt may take, as in the official clients.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
/// How long an attempt may take to connect, the lookup of the name and TLS included.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How often a request is sent again, as in the official clients.
pub const DEFAULT_MAX_RETRIES: u32 = 2;
/// Longest time limit there is.
pub const MAX_TIMEOUT: Duration = Duration::from_secs(3600);
/// Most retries that can be asked for.
pub const MAX_RETRIES: u32 = 10;

/// Time and retries, each when it was given.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(in crate::client) struct Limits {
    pub(in crate::client) timeout: Option<Duration>,
    pub(in crate::client) connect_timeout: Option<Duration>,
    pub(in crate::client) max_retries: Option<u32>,
    pub(in crate::client) deadline: Option<Duration>,
}

impl Limits {
    pub(in crate::client) fn read(&mut self, members: &[(String, Value)]) -> Result<()> {
        let span = |value: &Value| duration(value).map(Some);
        read(members, "timeout", &mut self.timeout, span)?;
        read(members, "connect_timeout", &mut self.connect_timeout, span)?;
        read(members, "max_retries", &mut self.max_retries, |value| {
            count(value).map(Some)
        })?;
        read(members, "deadline", &mut self.deadline, span)
    }

    /// The typed setters take anything; loosely typed values were checked on their way in.
    pub(in crate::client) fn check(&self) -> Result<()> {
        for (limit, field) in [
            (self.timeout, "/timeout"),
            (self.connect_timeout, "/connect_timeout"),
            (self.deadline, "/deadline"),
        ] {
            if limit.is_some_and(|limit| !in_range(limit)) {
                return Err(time_out_of_range().at(field));
            }
        }
        if self
            .max_retries
            .is_some_and(|retries| retries > MAX_RETRIES)
        {
            return Err(too_many_retries().at("/max_retries"));
        }
        Ok(())
    }

    /// These, and `others` where these say nothing.
    pub(in crate::client) fn or(self, others: Self) -> Self {
        Self {
            timeout: self.timeout.or(others.timeout),
            connect_timeout: self.connect_timeout.or(others.connect_timeout),
            max_retries: self.max_retries.or(others.max_retries),
            deadline: self.deadline.or(others.deadline),
        }
    }
}

fn duration(value: &Value) -> Result<Duration> {
    let seconds = match value {
        #[expect(
            clippy::cast_precision_loss,
            reason = "what is too large for a double is too large for a limit"
        )]
        Value::Integer(seconds) => *seconds as f64,
        Value::Float(seconds) => *seconds,
        other => return Err(wrong_type("a number of seconds", other)),
    };
    let limit = Duration::try_from_secs_f64(seconds).ok();
    limit
        .filter(|limit| in_range(*limit))
        .ok_or_else(time_out_of_range)
}

fn in_range(limit: Duration) -> bool {
    (Duration::from_millis(1)..=MAX_TIMEOUT).contains(&limit)
}

fn count(value: &Value) -> Result<u32> {
    match value {
        Value::Integer(count) => u32::try_from(*count)
            .ok()
            .filter(|count| *count <= MAX_RETRIES)
            .ok_or_else(too_many_retries),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is a whole number in range"
        )]
        Value::Float(count)
            if count.fract() == 0.0 && (0.0..=f64::from(MAX_RETRIES)).contains(count) =>
        {
            Ok(*count as u32)
        }
        Value::Float(_) => Err(too_many_retries()),
        other => Err(wrong_type("a whole number", other)),
    }
}

fn time_out_of_range() -> Error {
    let message = "a time limit is at least a millisecond and at most an hour";
    Error::new(ErrorCode::OptionValue, message)
}

fn too_many_retries() -> Error {
    let message = format!("the number of retries is a whole number from 0 to {MAX_RETRIES}");
    Error::new(ErrorCode::OptionValue, message)
}

#[cfg(test)]
mod tests {
    use crate::client::ClientOptions;
    use crate::client::options::tests::{read, refusal};
    use crate::{ErrorCode, Value};

    #[test]
    fn times_and_numbers_out_of_range_are_refused() {
        for name in ["timeout", "connect_timeout", "deadline"] {
            for value in [
                "0",
                "0.0009",
                "-1",
                "3600.001",
                "3601",
                "1e300",
                "170141183460469231731687303715884105727",
            ] {
                let (code, field) = refusal(&format!("{{\"{name}\":{value}}}"));
                assert_eq!(
                    (code, field),
                    (ErrorCode::OptionValue, format!("/{name}")),
                    "{value}"
                );
            }
            for value in ["0.001", "3600"] {
                assert!(read(&format!("{{\"{name}\":{value}}}")).is_ok(), "{value}");
            }
            for value in [f64::NAN, f64::INFINITY] {
                let value = Value::Object(vec![(name.to_owned(), Value::Float(value))]);
                let error = ClientOptions::from_value(&value).unwrap_err();
                assert_eq!(error.code(), ErrorCode::OptionValue);
            }
        }
        for value in ["-1", "11", "1.5", "1e10", "-0.5"] {
            assert_eq!(
                refusal(&format!("{{\"max_retries\":{value}}}")).0,
                ErrorCode::OptionValue
            );
        }
        for (value, expected) in [("0", 0), ("10", 10), ("2.0", 2), ("1e1", 10)] {
            let options = read(&format!("{{\"max_retries\":{value}}}")).unwrap();
            assert_eq!(options.limits.max_retries, Some(expected), "{value}");
        }
    }
}
