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
            Self { key, .. } => Err(missing(key.is_some())),
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
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return refuse(
            "has a space, a line break or another character that is not visible ASCII; \
             a line break at its end often comes from a file",
        );
    }
    if text
        .get(..7)
        .is_some_and(|start| start.eq_ignore_ascii_case("bearer "))
    {
        return refuse("begins with Bearer; give the token alone");
    }
    Ok(text)
}

fn missing(has_key: bool) -> Error {
    let (message, field) = if has_key {
        (
            "the e-mail address of the API key is missing; give api_email or set CLOUDFLARE_EMAIL, \
             or better use an API token (api_token, CLOUDFLARE_API_TOKEN)",
            "/api_email",
        )
    } else {
        (
            "there is no credential for the API; give api_token or set CLOUDFLARE_API_TOKEN \
             (or, with the previous scheme, api_email and api_key, CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY)",
            "/api_token",
        )
    };
    Error::new(ErrorCode::ApiCredentialMissing, message).at(field)
}
