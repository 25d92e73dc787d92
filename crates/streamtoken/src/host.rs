//! What a binding to another language needs beside the API: bounds on what is read from the host's
//! objects, the spelling of names, and the surface of this crate as data.
//!
//! A binding converts, calls one function of this crate, and converts back. Options cross as
//! [`Value`], loosely typed, so that every default and every check is in one place.

mod intake;
mod spelling;
mod surface;

pub use crate::chance::chance;
#[cfg(feature = "client")]
pub use crate::client::live::ask_host;
pub use crate::explain::explain_beginning;
pub use crate::fork::{after_fork, before_fork, watch_threads};
pub use crate::sign::batch_line;
pub use crate::time::{duration, lifetime};
pub use intake::{Intake, MAX_VALUES};
pub use spelling::Spelling;
pub use surface::surface;

use std::ffi::OsString;

use crate::options::{given, known_members, wrong_type};
use crate::time::seconds;
use crate::{
    Condition, CustomerCode, Error, ErrorCode, LintLevel, Result, SigningKey, Value, Viewer, key,
};

/// The options that are points in time: a host's own dates stand for their epoch seconds.
pub const MOMENTS: &[&str] = &["exp", "nbf", "now"];

/// The options that are lengths of time: a host's own durations stand for their seconds. A duration in
/// the place of a moment would be a time of 1970, so a binding reads each where it belongs.
pub const DURATIONS: &[&str] = &["expires_in", "reuse_window", "leeway"];

/// The options that limit how long a request may take, and the length of a video: a host's own durations
/// stand for their seconds, with fractions.
pub const LIMITS: &[&str] = &["timeout", "connect_timeout", "deadline", VIDEO_LENGTH];

/// The one of these that no request has: it is in seconds for every host.
const VIDEO_LENGTH: &str = "duration";

/// The string in `value`, which is an argument called `name`.
///
/// # Errors
/// [`ErrorCode::OptionType`] at `/name` for anything but a string.
pub fn text<'v>(value: &'v Value, name: &str) -> Result<&'v str> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(wrong_argument("a string", other, name)),
    }
}

/// The refusal of an argument called `name` that is not `wanted` ("a key set").
pub fn wrong_argument(wanted: &str, found: &Value, name: &str) -> Error {
    wrong_type(wanted, found).at(format!("/{name}"))
}

/// The same error one level further out: `prefix` (such as `/viewers/0`) before its pointer.
pub fn within(error: Error, prefix: &str) -> Error {
    error.within(prefix)
}

/// The key id out of the options of a function that loads a key, an object whose only member is `id`.
///
/// # Errors
/// [`ErrorCode::OptionType`], [`ErrorCode::OptionUnknown`], [`ErrorCode::JsonDuplicateMember`].
pub fn key_id(options: &Value) -> Result<Option<&str>> {
    const NAME: &str = "id";
    let id = given(known_members(options, &[NAME], &[])?, NAME);
    id.map(|id| text(id, NAME)).transpose()
}

/// As [`SigningKey::from_env`], from the environment that a host language shows its programs, which may
/// be another than the process's.
///
/// # Errors
/// Those of [`SigningKey::from_env`].
pub fn signing_key_from_env(lookup: impl Fn(&str) -> Option<OsString>) -> Result<SigningKey> {
    key::from_env(lookup)
}

/// As [`signing_key_from_env`], where there may be none: `None` when no variable names a key.
///
/// # Errors
/// Those of [`SigningKey::from_env`] but [`ErrorCode::KeyNotGiven`].
pub fn find_signing_key(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Option<SigningKey>> {
    key::find_in_env(lookup)
}

/// As [`CustomerCode::from_env`], from the environment that a host language shows its programs.
///
/// # Errors
/// Those of [`CustomerCode::from_env`].
pub fn customer_code_from_env(
    lookup: impl Fn(&str) -> Option<OsString>,
) -> Result<Option<CustomerCode>> {
    CustomerCode::find(lookup)
}

/// The identifier to sign for, out of an argument or member that may be missing.
///
/// # Errors
/// [`ErrorCode::IdentifierInvalid`] for null, [`ErrorCode::OptionType`] for anything else but a string.
pub fn identifier(value: &Value) -> Result<&str> {
    const NAME: &str = "identifier";
    if *value == Value::Null {
        return Err(Error::new(
            ErrorCode::IdentifierInvalid,
            "there is no identifier, the video UID or live-input UID to sign for",
        )
        .at(format!("/{NAME}")));
    }
    text(value, NAME)
}

/// The conditions in a list of objects such as `{"ip": ["192.0.2.0/24"]}`, each read by
/// [`Condition::from_value`].
///
/// # Errors
/// [`ErrorCode::OptionType`] for anything but a list; those of [`Condition::from_value`].
pub fn conditions(value: &Value) -> Result<Vec<Condition>> {
    let list = value
        .as_array()
        .ok_or_else(|| wrong_type("a list", value))?;
    list.iter().map(Condition::from_value).collect()
}

/// The viewers in a list of objects such as `{"ip": "192.0.2.7", "country": "GB"}`, each read by
/// [`Viewer::from_value`], for [`simulate`](crate::simulate()).
///
/// # Errors
/// [`ErrorCode::OptionType`] at `/viewers` for anything but a list; those of [`Viewer::from_value`], at
/// `/viewers/0/ip` and so on.
pub fn viewers(value: &Value) -> Result<Vec<Viewer>> {
    const NAME: &str = "viewers";
    let list = value
        .as_array()
        .ok_or_else(|| wrong_argument("a list", value, NAME))?;
    let read = |(index, viewer)| {
        Viewer::from_value(viewer).map_err(|error| error.within(&format!("/{NAME}/{index}")))
    };
    list.iter().enumerate().map(read).collect()
}

/// What to do with warnings, out of an option called `lint` that may be missing.
///
/// # Errors
/// Those of [`LintLevel::from_value`], at `/lint`.
pub fn lint_level(value: &Value) -> Result<LintLevel> {
    if *value == Value::Null {
        return Ok(LintLevel::default());
    }
    LintLevel::from_value(value).map_err(|error| error.at("/lint"))
}

/// What to do with warnings, out of the options of a signer, an object whose only member is `lint`.
///
/// # Errors
/// [`ErrorCode::OptionUnknown`], [`ErrorCode::JsonDuplicateMember`]; those of [`lint_level`].
pub fn signer_options(options: &Value) -> Result<LintLevel> {
    const NAME: &str = "lint";
    let level = given(known_members(options, &[NAME], &[])?, NAME);
    level.map_or_else(|| Ok(LintLevel::default()), lint_level)
}

/// The time to take for now, out of the options of [`lint_at`](crate::lint_at), an object whose only member
/// is `now`.
///
/// # Errors
/// [`ErrorCode::OptionUnknown`], [`ErrorCode::JsonDuplicateMember`]; the codes of times (120 to 124) at
/// `/now`.
pub fn now(options: &Value) -> Result<Option<u64>> {
    const NAME: &str = "now";
    let now = given(known_members(options, &[NAME], &[])?, NAME);
    let now = now.map(seconds).transpose();
    now.map_err(|error| error.at(format!("/{NAME}")))
}

/// The options of a client or call from a host that counts their time limits in milliseconds, in seconds.
///
/// # Errors
/// [`ErrorCode::OptionType`] for a limit that is no number.
#[cfg(feature = "http")]
pub fn from_milliseconds(mut options: Value) -> Result<Value> {
    let Value::Object(members) = &mut options else {
        return Ok(options);
    };
    for (name, value) in members {
        if name == VIDEO_LENGTH || !LIMITS.contains(&name.as_str()) {
            continue;
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "what is too large for a double is too large for a limit"
        )]
        let milliseconds = match value {
            Value::Null => continue,
            Value::Integer(number) => *number as f64,
            Value::Float(number) => *number,
            other => return Err(wrong_argument("a number of milliseconds", other, name)),
        };
        *value = Value::Float(milliseconds / 1000.0);
    }
    Ok(options)
}

/// The whole number that stands for one beyond `i128`: Python's and JavaScript's integers have no end,
/// and each limit here is far below.
pub const fn big_integer(negative: bool) -> Value {
    Value::Integer(if negative { i128::MIN } else { i128::MAX })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::{
        DURATIONS, MOMENTS, big_integer, customer_code_from_env, identifier, key_id, now,
        signer_options, signing_key_from_env, text,
    };
    use crate::key::tests::example_key;
    use crate::{ErrorCode, LintLevel, SignOptions, Signer, Value, VerifyContext};

    #[test]
    fn an_argument_of_another_type_is_named() {
        let refused = text(&Value::Foreign("a function".to_owned()), "url").unwrap_err();
        assert_eq!(refused.code(), ErrorCode::OptionType);
        assert_eq!(refused.field(), Some("/url"));
        assert_eq!(refused.message(), "a string is wanted here, not a function");
        let refused = identifier(&Value::Null).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::IdentifierInvalid);
    }

    #[test]
    fn a_key_is_loaded_with_an_id_and_nothing_else() {
        let read = |text: &str| {
            let options = Value::parse(text).unwrap();
            let id = key_id(&options).map(|id| id.map(str::to_owned));
            id.map_err(|error| (error.code(), error.field().map(str::to_owned)))
        };
        assert_eq!(read("{}"), Ok(None));
        assert_eq!(read(r#"{"id":null}"#), Ok(None));
        assert_eq!(read(r#"{"id":"k"}"#), Ok(Some("k".to_owned())));
        let at = |field: &str| Some(field.to_owned());
        assert_eq!(read(r#"{"id":7}"#), Err((ErrorCode::OptionType, at("/id"))));
        assert_eq!(
            read(r#"{"key_id":"k"}"#),
            Err((ErrorCode::OptionUnknown, at("/key_id")))
        );
        assert_eq!(read("null"), Err((ErrorCode::OptionType, None)));
    }

    #[test]
    fn a_signer_has_a_lint_level_and_nothing_else() {
        let read = |text: &str| {
            let level = signer_options(&Value::parse(text).unwrap());
            level.map_err(|error| (error.code(), error.field().map(str::to_owned)))
        };
        let at = |code, field: &str| Err((code, Some(field.to_owned())));
        assert_eq!(read("{}"), Ok(LintLevel::Warn));
        assert_eq!(read(r#"{"lint":null}"#), Ok(LintLevel::Warn));
        assert_eq!(read(r#"{"lint":"deny"}"#), Ok(LintLevel::Deny));
        assert_eq!(read(r#"{"lint":7}"#), at(ErrorCode::OptionType, "/lint"));
        assert_eq!(
            read(r#"{"lint":"Deny"}"#),
            at(ErrorCode::OptionValue, "/lint")
        );
        assert_eq!(read(r#"{"lnt":1}"#), at(ErrorCode::OptionUnknown, "/lnt"));
    }

    #[test]
    fn now_is_a_time_and_nothing_else() {
        let read = |text: &str| {
            let now = now(&Value::parse(text).unwrap());
            now.map_err(|error| (error.code(), error.field().map(str::to_owned)))
        };
        let at = |code, field: &str| Err((code, Some(field.to_owned())));
        assert_eq!(read("{}"), Ok(None));
        assert_eq!(read(r#"{"now":null}"#), Ok(None));
        assert_eq!(read(r#"{"now":7.0}"#), Ok(Some(7)));
        assert_eq!(read(r#"{"now":"7"}"#), at(ErrorCode::TimeType, "/now"));
        assert_eq!(
            read(r#"{"now":7.5}"#),
            at(ErrorCode::TimeFractional, "/now")
        );
        assert_eq!(read(r#"{"exp":7}"#), at(ErrorCode::OptionUnknown, "/exp"));
    }

    #[test]
    fn the_environment_is_the_one_that_is_shown() {
        let key = example_key();
        let loaded = signing_key_from_env(|name| {
            (name == "CLOUDFLARE_STREAM_KEY").then(|| key.to_jwk().as_str().into())
        });
        assert_eq!(loaded.unwrap().id(), key.id());
        let code = customer_code_from_env(|_| Some("F33ZS165NR7GYFY4".into()));
        assert_eq!(code.unwrap().unwrap().as_str(), "f33zs165nr7gyfy4");
    }

    #[test]
    #[cfg(feature = "http")]
    fn limits_in_milliseconds_become_seconds() {
        let read = |text: &str| super::from_milliseconds(Value::parse(text).unwrap());
        let options =
            read(r#"{"timeout":1500,"deadline":0.5,"connect_timeout":null,"max_retries":2}"#);
        let seconds = r#"{"timeout":1.5,"deadline":0.0005,"connect_timeout":null,"max_retries":2}"#;
        assert_eq!(options, Value::parse(seconds));
        assert_eq!(read("7"), Ok(Value::Integer(7)));
        let refused = read(r#"{"deadline":"60"}"#).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::OptionType);
        assert_eq!(refused.field(), Some("/deadline"));
        assert!(refused.message().starts_with("a number of milliseconds"));
    }

    #[test]
    #[cfg(feature = "http")]
    fn every_option_that_takes_fractions_of_a_second_is_a_limit() {
        use crate::client::ClientOptions;
        let takes_fractions = |name: &&&str| {
            let half = Value::Object(vec![((**name).to_owned(), Value::Float(0.5))]);
            ClientOptions::from_value(&half).is_ok()
        };
        let limits = ClientOptions::NAMES.iter().filter(takes_fractions);
        assert!(limits.eq(super::LIMITS.iter().filter(|name| **name != "duration")));
    }

    #[test]
    fn what_json_cannot_say_is_refused_by_every_option() {
        for name in SignOptions::NAMES {
            let foreign = Value::Foreign("a Decimal".to_owned());
            let options = Value::Object(vec![((*name).to_owned(), foreign)]);
            let refused = SignOptions::from_value(&options).unwrap_err();
            assert!(refused.message().ends_with("not a Decimal"), "{refused}");
        }
        for negative in [false, true] {
            let options = Value::Object(vec![("exp".to_owned(), big_integer(negative))]);
            let refused = SignOptions::from_value(&options).unwrap_err().code();
            let expected = if negative {
                ErrorCode::TimeNegative
            } else {
                ErrorCode::TimeInMilliseconds
            };
            assert_eq!(refused, expected);
        }
    }

    #[test]
    fn every_option_that_is_a_time_is_a_moment_or_a_duration() {
        let object = |name: &str| Value::Object(vec![(name.to_owned(), Value::Bool(true))]);
        let is_time = |refused: crate::Error| refused.code() == ErrorCode::TimeType;
        let sign = SignOptions::NAMES.iter().filter(|name| {
            is_time(
                SignOptions::from_value(&object(name))
                    .err()
                    .unwrap_or_else(|| ErrorCode::Internal.into()),
            )
        });
        let verify = VerifyContext::NAMES.iter().filter(|name| {
            is_time(
                VerifyContext::from_value(&object(name))
                    .err()
                    .unwrap_or_else(|| ErrorCode::Internal.into()),
            )
        });
        let times: std::collections::BTreeSet<_> = sign.chain(verify).collect();
        assert_eq!(times, MOMENTS.iter().chain(DURATIONS).collect());
    }

    #[cfg(feature = "http")]
    #[test]
    fn limits_of_a_call_and_lengths_of_a_video_take_fractions() {
        use super::LIMITS;
        use crate::ExplainContext;
        use crate::client::CallOptions;

        let half = |name: &str| Value::Object(vec![(name.to_owned(), Value::Float(0.5))]);
        let calls = CallOptions::NAMES.iter();
        let calls = calls.filter(|name| CallOptions::from_value(&half(name)).is_ok());
        let videos = ExplainContext::NAMES.iter();
        let videos = videos.filter(|name| ExplainContext::from_value(&half(name)).is_ok());
        let limits: Vec<_> = calls.chain(videos).collect();
        assert_eq!(limits, LIMITS.iter().collect::<Vec<_>>());
    }

    #[test]
    fn values_are_signed_like_lines() {
        let signer = Signer::new(example_key());
        let defaults = SignOptions::new().now(1_537_456_765);
        let lines = [
            r#"{"identifier":"v","exp":1537456766}"#,
            r#"{"exp":1}"#,
            "7",
        ];
        let values = lines.map(|line| Value::parse(line).unwrap());
        let answers = signer.sign_values(&defaults, &values, &AtomicBool::new(false));
        let expected = signer.sign_lines(&defaults, 1, &lines);
        let expected: Vec<_> = expected.iter().map(|line| line.result().clone()).collect();
        assert_eq!(answers, Some(expected));
        let stopped = signer.sign_values(&defaults, &values, &AtomicBool::new(true));
        assert_eq!(stopped, None);
    }
}
