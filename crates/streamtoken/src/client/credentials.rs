//! Who asks: an API token, or an e-mail address with a key.

use std::fmt;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use zeroize::Zeroizing;

use crate::{Error, ErrorCode, Result};

const X_AUTH_EMAIL: HeaderName = HeaderName::from_static("x-auth-email");
const X_AUTH_KEY: HeaderName = HeaderName::from_static("x-auth-key");

/// Longest credential: real ones have about 40 characters.
const MAX_CREDENTIAL: usize = 4096;

/// What was given to authenticate with. The API token counts where both schemes are there.
#[derive(Clone, Default)]
pub(super) struct Credentials {
    pub(super) token: Option<Zeroizing<String>>,
    pub(super) key: Option<Zeroizing<String>>,
    pub(super) email: Option<String>,
}

impl Credentials {
    /// Takes what is missing from the environment. A scheme that was begun by an option is completed, and
    /// the other one left alone.
    pub(super) fn fill(
        &mut self,
        token: impl FnOnce() -> Option<String>,
        key: impl FnOnce() -> Option<String>,
        email: impl FnOnce() -> Option<String>,
    ) {
        if self.token.is_some() {
            return;
        }
        if self.key.is_none() && self.email.is_none() {
            self.token = token().map(Zeroizing::new);
        }
        if self.token.is_none() {
            self.key = self.key.take().or_else(|| key().map(Zeroizing::new));
            self.email = self.email.take().or_else(email);
        }
    }

    /// The one scheme that counts, in a form that fits into a header.
    pub(super) fn checked(self) -> Result<Self> {
        match self {
            Self {
                token: Some(token), ..
            } => Ok(Self {
                token: Some(visible("api_token", token)?),
                ..Self::default()
            }),
            Self {
                key: Some(key),
                email: Some(email),
                ..
            } => Ok(Self {
                key: Some(visible("api_key", key)?),
                email: Some(visible("api_email", Zeroizing::new(email))?.to_string()),
                token: None,
            }),
            Self { key, email, .. } => Err(missing(key.is_some(), email.is_some())),
        }
    }

    /// Writes the headers; debug output of a request shows none of them.
    pub(super) fn write(&self, headers: &mut HeaderMap) -> Result<()> {
        if let Some(token) = &self.token {
            let bearer = Zeroizing::new(format!("Bearer {}", token.as_str()));
            headers.insert(AUTHORIZATION, sensitive(&bearer)?);
        }
        if let Some(key) = &self.key {
            headers.insert(X_AUTH_KEY, sensitive(key)?);
        }
        if let Some(email) = &self.email {
            headers.insert(X_AUTH_EMAIL, sensitive(email)?);
        }
        Ok(())
    }

    /// The texts that nobody is to see.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        let secrets = [&self.token, &self.key].into_iter().flatten();
        secrets.map(|secret| secret.as_str())
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self {
            Self { token: Some(_), .. } => "api_token",
            Self { key: Some(_), .. } => "api_email and api_key",
            _ => "none",
        };
        f.debug_tuple("Credentials").field(&scheme).finish()
    }
}

fn sensitive(text: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(text).map_err(|_| ErrorCode::ApiCredentialInvalid)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Refuses what would end the header or is plainly no credential. The message leaves the text out.
fn visible(name: &str, text: Zeroizing<String>) -> Result<Zeroizing<String>> {
    let refuse = |what: &str| {
        let message = format!("{name} {what}");
        Err(Error::new(ErrorCode::ApiCredentialInvalid, message).at(format!("/{name}")))
    };
    if text.is_empty() {
        return refuse("is empty; leave the option out, or give the credential");
    }
    if text.len() > MAX_CREDENTIAL {
        return refuse(&format!(
            "has {} characters; the maximum is {MAX_CREDENTIAL}",
            text.len()
        ));
    }
    if text
        .get(..7)
        .is_some_and(|start| start.eq_ignore_ascii_case("bearer "))
    {
        return refuse("begins with Bearer; give the token alone");
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return refuse(
            "has a space, a line break or another character that is not visible ASCII; \
             a line break at its end often comes from a file",
        );
    }
    Ok(text)
}

fn missing(has_key: bool, has_email: bool) -> Error {
    let (message, field) = match (has_key, has_email) {
        (true, _) => (
            "the e-mail address of the API key is missing; give api_email or set CLOUDFLARE_EMAIL, \
             or better use an API token alone (api_token, CLOUDFLARE_API_TOKEN)",
            "/api_email",
        ),
        (false, true) => (
            "the API key of the e-mail address is missing; give api_key or set CLOUDFLARE_API_KEY, \
             or better use an API token alone (api_token, CLOUDFLARE_API_TOKEN)",
            "/api_key",
        ),
        (false, false) => (
            "there is no credential for the API; give api_token or set CLOUDFLARE_API_TOKEN \
             (or, with the previous scheme, api_email and api_key, CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY)",
            "/api_token",
        ),
    };
    Error::new(ErrorCode::ApiCredentialMissing, message).at(field)
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use crate::ErrorCode::{ApiCredentialInvalid, ApiCredentialMissing};
    use crate::client::ClientOptions;
    use crate::{Error, ErrorCode};

    const VARIABLES: [(&str, &str); 3] = [
        ("CLOUDFLARE_API_TOKEN", "env-token"),
        ("CLOUDFLARE_API_KEY", "env-key"),
        ("CLOUDFLARE_EMAIL", "env@example.com"),
    ];

    /// The headers that the options lead to, where only the variables of these names are set.
    fn headers(options: ClientOptions, set: &[&str]) -> Result<Vec<String>, Error> {
        let options = options.or_variables(|name| {
            let found = VARIABLES.iter().find(|(variable, _)| *variable == name);
            let found = found.filter(|(variable, _)| set.contains(variable));
            found.map(|(_, value)| (*value).into())
        });
        let mut headers = HeaderMap::new();
        options.checked()?.credentials.write(&mut headers)?;
        assert!(headers.values().all(http::HeaderValue::is_sensitive));
        let lines = headers.iter();
        let mut lines: Vec<_> = lines
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        lines.sort();
        Ok(lines)
    }

    fn refusal(options: ClientOptions) -> (ErrorCode, Option<String>) {
        let error = headers(options, &[]).unwrap_err();
        (error.code(), error.field().map(str::to_owned))
    }

    #[test]
    fn an_option_counts_before_a_variable_and_the_token_before_the_previous_scheme() {
        let [token, key, email] = VARIABLES.map(|(name, _)| name);
        let new = ClientOptions::new;
        let both = || new().api_key("key").api_email("a@example.com");
        let of_both = ["x-auth-email: a@example.com", "x-auth-key: key"];
        for (options, set, expected) in [
            (
                new().api_token("t"),
                vec![],
                vec!["authorization: Bearer t"],
            ),
            (
                new().api_token("t"),
                vec![token, key, email],
                vec!["authorization: Bearer t"],
            ),
            (new(), vec![token], vec!["authorization: Bearer env-token"]),
            (
                new(),
                vec![token, key, email],
                vec!["authorization: Bearer env-token"],
            ),
            (
                new(),
                vec![key, email],
                vec!["x-auth-email: env@example.com", "x-auth-key: env-key"],
            ),
            (both(), vec![], of_both.to_vec()),
            (both(), vec![token, key, email], of_both.to_vec()),
            (
                both().api_token("t"),
                vec![key],
                vec!["authorization: Bearer t"],
            ),
            // A scheme that an option began is completed, and never exchanged for another.
            (
                new().api_key("key"),
                vec![token, email],
                vec!["x-auth-email: env@example.com", "x-auth-key: key"],
            ),
            (
                new().api_email("a@example.com"),
                vec![token, key],
                vec!["x-auth-email: a@example.com", "x-auth-key: env-key"],
            ),
        ] {
            assert_eq!(headers(options, &set).unwrap(), expected, "{set:?}");
        }
    }

    #[test]
    fn what_is_missing_is_named_by_option_and_by_variable() {
        let error = headers(ClientOptions::new(), &[]).unwrap_err();
        assert_eq!(
            (error.code(), error.field()),
            (ApiCredentialMissing, Some("/api_token"))
        );
        for name in [
            "api_token",
            "CLOUDFLARE_API_TOKEN",
            "api_email",
            "CLOUDFLARE_EMAIL",
        ] {
            assert!(error.message().contains(name), "{name}: {error}");
        }
        let half = ClientOptions::new().api_key("the-key-itself");
        let error = headers(half, &["CLOUDFLARE_API_TOKEN"]).unwrap_err();
        assert_eq!(
            (error.code(), error.field()),
            (ApiCredentialMissing, Some("/api_email"))
        );
        assert!(
            error.message().contains("CLOUDFLARE_EMAIL") && !error.message().contains("the-key")
        );
        let other_half = ClientOptions::new().api_email("a@example.com");
        assert_eq!(refusal(other_half).0, ApiCredentialMissing);
    }

    #[test]
    fn nothing_that_would_end_a_header_or_is_no_credential_goes_into_one() {
        let long = "x".repeat(4097);
        for bad in [
            "",
            " ",
            "token\n",
            "token\r\nx-admin: 1",
            "to ken",
            " token",
            "tok\0en",
            "tok\u{7f}",
            "t\u{f6}ken",
            &long,
        ] {
            let at = |field: &str| (ApiCredentialInvalid, Some(field.to_owned()));
            let new = ClientOptions::new;
            assert_eq!(refusal(new().api_token(bad)), at("/api_token"), "{bad:?}");
            let key = new().api_key(bad).api_email("a@example.com");
            assert_eq!(refusal(key), at("/api_key"), "{bad:?}");
            let email = new().api_key("key").api_email(bad);
            assert_eq!(refusal(email), at("/api_email"), "{bad:?}");
        }
        assert!(headers(ClientOptions::new().api_token("x".repeat(4096)), &[]).is_ok());
    }

    #[test]
    fn a_token_goes_without_the_word_before_it() {
        for text in ["Bearer abcdef", "bearer abcdef"] {
            let error = headers(ClientOptions::new().api_token(text), &[]).unwrap_err();
            assert_eq!(error.code(), ApiCredentialInvalid);
            assert!(error.message().contains("begins with Bearer"), "{error}");
            assert!(!error.message().contains("abcdef"));
        }
    }

    #[test]
    fn debug_output_names_the_scheme_alone() {
        for (options, scheme) in [
            (ClientOptions::new().api_token("hidden1"), "\"api_token\""),
            (
                ClientOptions::new()
                    .api_key("hidden2")
                    .api_email("hidden3@example.com"),
                "\"api_email and api_key\"",
            ),
        ] {
            let options = format!("{options:?} {:?}", options.clone().checked().unwrap());
            assert!(!options.contains("hidden"), "{options}");
            assert!(options.contains("Credentials("), "{options}");
            let checked = options.split("Checked").nth(1).unwrap();
            assert!(checked.contains(scheme), "{options}");
        }
    }
}
