//! Where the API is, who asks, and how long and how often.

use std::env;
use std::ffi::OsString;
use std::time::Duration;

use zeroize::Zeroizing;

use super::base_url::BaseUrl;
use super::credentials::Credentials;
use crate::options::{boolean, known_members, read, wrong_type};
use crate::{Error, ErrorCode, Result, Value, api};

/// Cloudflare's API.
pub const DEFAULT_BASE_URL: &str = "https://api.cloudflare.com/client/v4";
/// How long one attempt may take, as in the official clients.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
/// How long an attempt may take to connect, TLS included.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How often a request is sent again, as in the official clients.
pub const DEFAULT_MAX_RETRIES: u32 = 2;
/// Longest time limit there is.
pub const MAX_TIMEOUT: Duration = Duration::from_secs(3600);
/// Most retries that can be asked for.
pub const MAX_RETRIES: u32 = 10;

const API_TOKEN: &str = "CLOUDFLARE_API_TOKEN";
const API_KEY: &str = "CLOUDFLARE_API_KEY";
const API_EMAIL: &str = "CLOUDFLARE_EMAIL";
const ACCOUNT_ID: &str = "CLOUDFLARE_ACCOUNT_ID";
const BASE_URL: &str = "CLOUDFLARE_BASE_URL";

/// The options of a client, named as the official clients name them; all are optional.
///
/// A credential is an API token, or the previous scheme's e-mail and key. The token counts where both are
/// given.
#[derive(Debug, Clone, Default)]
pub struct ClientOptions {
    credentials: Credentials,
    account_id: Option<String>,
    base_url: Option<String>,
    allow_http: bool,
    pub(super) limits: Limits,
}

/// Time and retries, each when it was given.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Limits {
    pub(super) timeout: Option<Duration>,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) max_retries: Option<u32>,
    pub(super) deadline: Option<Duration>,
}

impl ClientOptions {
    /// The wire names of all options.
    pub const NAMES: &'static [&'static str] = &[
        "api_token",
        "api_key",
        "api_email",
        "account_id",
        "base_url",
        "allow_http",
        "timeout",
        "connect_timeout",
        "max_retries",
        "deadline",
    ];

    /// No option given.
    pub fn new() -> Self {
        Self::default()
    }

    /// Options from an object of loosely typed members. `null` is *not given*; times are in seconds, with
    /// fractions.
    ///
    /// # Errors
    /// [`ErrorCode::OptionType`], [`ErrorCode::OptionUnknown`], [`ErrorCode::JsonDuplicateMember`],
    /// [`ErrorCode::OptionValue`] for times and numbers out of range.
    pub fn from_value(value: &Value) -> Result<Self> {
        let members = known_members(value, Self::NAMES, &[])?;
        let mut options = Self::default();
        let owned = |value: &Value| string(value).map(Some);
        let secret = |value: &Value| string(value).map(|text| Some(Zeroizing::new(text)));
        read(members, "api_token", &mut options.credentials.token, secret)?;
        read(members, "api_key", &mut options.credentials.key, secret)?;
        read(members, "api_email", &mut options.credentials.email, owned)?;
        read(members, "account_id", &mut options.account_id, owned)?;
        read(members, "base_url", &mut options.base_url, owned)?;
        read(members, "allow_http", &mut options.allow_http, boolean)?;
        options.limits.read(members)?;
        Ok(options)
    }

    /// Fills what was not given from the environment, by the official clients' names:
    /// `CLOUDFLARE_API_TOKEN`; `CLOUDFLARE_API_KEY` and `CLOUDFLARE_EMAIL`; `CLOUDFLARE_ACCOUNT_ID`;
    /// `CLOUDFLARE_BASE_URL`. A variable of white space alone counts as not set, and white space around a
    /// value is dropped. A credential given as an option is never mixed with another one.
    #[must_use]
    pub fn or_env(self) -> Self {
        self.or_variables(|name| env::var_os(name))
    }

    /// As [`ClientOptions::or_env`], from the environment that a host language shows its programs.
    #[must_use]
    pub fn or_variables(mut self, lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        let variable = |name| {
            let text = lookup(name)?.to_string_lossy().trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        self.credentials.fill(
            || variable(API_TOKEN),
            || variable(API_KEY),
            || variable(API_EMAIL),
        );
        self.account_id = self.account_id.or_else(|| variable(ACCOUNT_ID));
        self.base_url = self.base_url.or_else(|| variable(BASE_URL));
        self
    }

    /// An API token with the permission to edit Stream.
    #[must_use]
    pub fn api_token(mut self, token: impl Into<String>) -> Self {
        self.credentials.token = Some(Zeroizing::new(token.into()));
        self
    }

    /// The previous scheme's key. Goes with [`ClientOptions::api_email`].
    #[must_use]
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.credentials.key = Some(Zeroizing::new(key.into()));
        self
    }

    /// The previous scheme's e-mail address. Goes with [`ClientOptions::api_key`].
    #[must_use]
    pub fn api_email(mut self, email: impl Into<String>) -> Self {
        self.credentials.email = Some(email.into());
        self
    }

    /// The account of every call that names no other.
    #[must_use]
    pub fn account_id(mut self, account_id: impl Into<String>) -> Self {
        self.account_id = Some(account_id.into());
        self
    }

    /// Another place of the API, such as a token service of your own. Default: [`DEFAULT_BASE_URL`].
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Takes `http://` to other machines as well, where everybody on the way reads credentials and tokens.
    #[must_use]
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// How long one attempt may take in all: a millisecond to an hour. Default: a minute.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limits.timeout = Some(limit);
        self
    }

    /// How long an attempt may take to connect: a millisecond to an hour. Default: ten seconds.
    #[must_use]
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.limits.connect_timeout = Some(limit);
        self
    }

    /// How often a request is sent again when it fails in a way that may pass: 0 to 10. Default: 2.
    #[must_use]
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.limits.max_retries = Some(retries);
        self
    }

    /// How long a call may take with all its attempts and pauses: a millisecond to an hour. Default: no
    /// limit but those of the attempts.
    #[must_use]
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.limits.deadline = Some(limit);
        self
    }

    pub(super) fn checked(self) -> Result<Checked> {
        if let Some(id) = &self.account_id {
            api::account_id(id)?;
        }
        self.limits.check()?;
        let url = self.base_url.as_deref().unwrap_or(DEFAULT_BASE_URL);
        Ok(Checked {
            base_url: BaseUrl::parse(url, self.allow_http)?,
            credentials: self.credentials.checked()?,
            account_id: self.account_id,
            limits: self.limits,
        })
    }
}

/// Options that were found good.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    pub(super) base_url: BaseUrl,
    pub(super) credentials: Credentials,
    pub(super) account_id: Option<String>,
    pub(super) limits: Limits,
}

impl Limits {
    pub(super) fn read(&mut self, members: &[(String, Value)]) -> Result<()> {
        let span = |value: &Value| duration(value).map(Some);
        read(members, "timeout", &mut self.timeout, span)?;
        read(members, "connect_timeout", &mut self.connect_timeout, span)?;
        read(members, "max_retries", &mut self.max_retries, |value| {
            count(value).map(Some)
        })?;
        read(members, "deadline", &mut self.deadline, span)
    }

    /// The typed setters take anything; loosely typed values were checked on their way in.
    pub(super) fn check(&self) -> Result<()> {
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
    pub(super) fn or(self, others: Self) -> Self {
        Self {
            timeout: self.timeout.or(others.timeout),
            connect_timeout: self.connect_timeout.or(others.connect_timeout),
            max_retries: self.max_retries.or(others.max_retries),
            deadline: self.deadline.or(others.deadline),
        }
    }
}

pub(super) fn string(value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        other => Err(wrong_type("a string", other)),
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
    use std::time::Duration;

    use super::ClientOptions;
    use crate::client::{CallOptions, DEFAULT_BASE_URL};
    use crate::{ErrorCode, Value};

    fn read(json: &str) -> crate::Result<ClientOptions> {
        ClientOptions::from_value(&Value::parse(json).unwrap())
    }

    fn refusal(json: &str) -> (ErrorCode, String) {
        let error = read(json).unwrap_err();
        (error.code(), error.field().unwrap_or_default().to_owned())
    }

    #[test]
    fn every_option_has_its_name() {
        let options = read(
            r#"{"api_token":"t","api_key":"k","api_email":"e@example.com","account_id":"a","base_url":"http://a.example/v4/",
                "allow_http":true,"timeout":1.5,"connect_timeout":2,"max_retries":3,"deadline":4}"#,
        )
        .unwrap();
        let limits = options.limits;
        assert_eq!(limits.timeout, Some(Duration::from_millis(1500)));
        assert_eq!(limits.connect_timeout, Some(Duration::from_secs(2)));
        assert_eq!(limits.max_retries, Some(3));
        assert_eq!(limits.deadline, Some(Duration::from_secs(4)));
        let checked = options.checked().unwrap();
        assert_eq!(checked.account_id.as_deref(), Some("a"));
        let whole = checked.base_url.with("/x").unwrap();
        assert_eq!(whole, "http://a.example/v4/x");
        assert_eq!(ClientOptions::NAMES.len(), 10);
    }

    #[test]
    fn null_is_not_given_and_the_defaults_are_the_official_ones() {
        let nulls = ClientOptions::NAMES
            .iter()
            .map(|name| format!("\"{name}\":null"));
        let nulls = format!("{{{}}}", nulls.collect::<Vec<_>>().join(","));
        let checked = read(&nulls).unwrap().api_token("t").checked().unwrap();
        assert_eq!(checked.limits, super::Limits::default());
        let whole = checked.base_url.with("").unwrap().to_string();
        assert_eq!(whole, DEFAULT_BASE_URL);
        assert_eq!(super::DEFAULT_TIMEOUT, Duration::from_secs(60));
        assert_eq!(super::DEFAULT_MAX_RETRIES, 2);
    }

    #[test]
    fn another_type_and_an_unknown_name_are_refused() {
        for name in ClientOptions::NAMES {
            for value in ["[]", "{}"] {
                let (code, field) = refusal(&format!("{{\"{name}\":{value}}}"));
                assert_eq!(
                    (code, field),
                    (ErrorCode::OptionType, format!("/{name}")),
                    "{value}"
                );
            }
        }
        assert_eq!(refusal(r#"{"api_token":12}"#).0, ErrorCode::OptionType);
        assert_eq!(refusal(r#"{"allow_http":"true"}"#).0, ErrorCode::OptionType);
        assert_eq!(refusal(r#"{"timeout":"5"}"#).0, ErrorCode::OptionType);
        assert_eq!(refusal(r#"{"max_retries":true}"#).0, ErrorCode::OptionType);
        assert_eq!(refusal(r#"{"retries":1}"#).0, ErrorCode::OptionUnknown);
        for call in [
            r#"{"api_token":"t"}"#,
            r#"{"base_url":"https://a.example"}"#,
        ] {
            let error = CallOptions::from_value(&Value::parse(call).unwrap()).unwrap_err();
            assert_eq!(error.code(), ErrorCode::OptionUnknown, "{call}");
        }
    }

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

    #[test]
    fn typed_options_are_checked_too() {
        let new = || ClientOptions::new().api_token("t");
        for (options, field) in [
            (new().timeout(Duration::ZERO), "/timeout"),
            (new().connect_timeout(Duration::MAX), "/connect_timeout"),
            (new().deadline(Duration::from_secs(3601)), "/deadline"),
            (new().max_retries(11), "/max_retries"),
        ] {
            let error = options.checked().unwrap_err();
            assert_eq!(
                (error.code(), error.field()),
                (ErrorCode::OptionValue, Some(field))
            );
        }
        for id in [
            "",
            "a/b",
            "..",
            "%2e%2e",
            "a b",
            "\u{e4}",
            &"x".repeat(33),
            "a\n",
        ] {
            let error = new().account_id(id).checked().unwrap_err();
            assert_eq!(error.code(), ErrorCode::AccountIdInvalid, "{id:?}");
            assert_eq!(error.field(), Some("/account_id"));
        }
    }

    #[test]
    fn variables_that_are_empty_count_as_not_set_and_others_are_trimmed() {
        let options = ClientOptions::new().or_variables(|name| match name {
            "CLOUDFLARE_API_TOKEN" => Some(" the-token\r\n".into()),
            "CLOUDFLARE_ACCOUNT_ID" => Some("account\n".into()),
            "CLOUDFLARE_BASE_URL" => Some(" \t\n".into()),
            _ => None,
        });
        let checked = options.checked().unwrap();
        assert_eq!(
            checked.credentials.secrets().collect::<Vec<_>>(),
            ["the-token"]
        );
        assert_eq!(checked.account_id.as_deref(), Some("account"));
        assert_eq!(
            checked.base_url.with("").unwrap().to_string(),
            DEFAULT_BASE_URL
        );
        let given = ClientOptions::new()
            .api_token("t")
            .account_id("mine")
            .base_url("https://mine.example");
        let checked = given
            .or_variables(|_| Some("other".into()))
            .checked()
            .unwrap();
        assert_eq!(checked.account_id.as_deref(), Some("mine"));
        assert_eq!(checked.base_url.with("/").unwrap(), "https://mine.example/");
        // An option that is empty is a mistake, and no wish for the variable.
        let empty = ClientOptions::new().api_token("");
        let empty =
            empty.or_variables(|name| (name == "CLOUDFLARE_API_TOKEN").then(|| "other".into()));
        assert_eq!(
            empty.checked().unwrap_err().code(),
            ErrorCode::ApiCredentialInvalid
        );
    }
}
