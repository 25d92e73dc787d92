//! Where the API is, who asks, and how long and how often.

mod environment;
mod limits;

pub(super) use limits::Limits;
pub use limits::{
    DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT, MAX_RETRIES, MAX_TIMEOUT,
};

use std::time::Duration;

use zeroize::Zeroizing;

use super::base_url::BaseUrl;
use super::credentials::Credentials;
use crate::options::{boolean, known_members, read, wrong_type};
use crate::{Result, Value, api};

/// Cloudflare's API.
pub const DEFAULT_BASE_URL: &str = "https://api.cloudflare.com/client/v4";

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
    /// [`OptionType`](crate::ErrorCode::OptionType), [`OptionUnknown`](crate::ErrorCode::OptionUnknown),
    /// [`JsonDuplicateMember`](crate::ErrorCode::JsonDuplicateMember), and
    /// [`OptionValue`](crate::ErrorCode::OptionValue) for times and numbers out of range.
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

    /// How long an attempt may take to connect, the lookup of the name and TLS included: a millisecond to an
    /// hour. Default: ten seconds. A lookup that takes longer goes on in the system's resolver, on a thread that
    /// may outlive the call.
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

pub(super) fn string(value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        other => Err(wrong_type("a string", other)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::ClientOptions;
    use crate::client::{CallOptions, DEFAULT_BASE_URL};
    use crate::{ErrorCode, Value};

    pub(super) fn read(json: &str) -> crate::Result<ClientOptions> {
        ClientOptions::from_value(&Value::parse(json).unwrap())
    }

    pub(super) fn refusal(json: &str) -> (ErrorCode, String) {
        let error = read(json).unwrap_err();
        (error.code(), error.field().unwrap_or_default().to_owned())
    }

    #[test]
    fn every_option_has_its_name() {
        let json = r#"{"api_token":"t","api_key":"k","api_email":"e@example.com","account_id":"a","base_url":"http://a.example/v4/",
                "allow_http":true,"timeout":1.5,"connect_timeout":2,"max_retries":3,"deadline":4}"#;
        let value = Value::parse(json).unwrap();
        let names = value.as_object().unwrap().iter().map(|(name, _)| name);
        assert!(names.eq(ClientOptions::NAMES));
        let options = read(json).unwrap();
        let limits = options.limits;
        assert_eq!(limits.timeout, Some(Duration::from_millis(1500)));
        assert_eq!(limits.connect_timeout, Some(Duration::from_secs(2)));
        assert_eq!(limits.max_retries, Some(3));
        assert_eq!(limits.deadline, Some(Duration::from_secs(4)));
        let checked = options.checked().unwrap();
        assert_eq!(checked.account_id.as_deref(), Some("a"));
        let whole = checked.base_url.with("/x").unwrap();
        assert_eq!(whole, "http://a.example/v4/x");
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
}
