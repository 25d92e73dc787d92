//! From what is asked to a request: everything is checked here, before anything leaves.

use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Method, Request};
use serde::Serialize;
use zeroize::Zeroizing;

use super::options::{Checked, ClientOptions};
use super::params::{CallOptions, Key, TokenParams};
use super::{Call, CreatedKey, ListedKey};
use crate::options::{Flags, Times};
use crate::{
    AccessRules, Error, ErrorCode, Result, SignOptions, SigningKey, TimeFormat, Token, Value, api,
    id, lint, verify,
};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
pub(super) const AGENT: HeaderValue =
    HeaderValue::from_static(concat!("streamtoken/", env!("CARGO_PKG_VERSION")));

/// Makes the requests of one client. Cheap to keep, and shared between threads as it is.
#[derive(Debug, Clone)]
pub struct Requests {
    options: Checked,
}

impl Requests {
    /// Checks the options. The environment is not read ([`ClientOptions::or_env`] does that).
    ///
    /// # Errors
    /// [`ErrorCode::ApiCredentialMissing`], [`ErrorCode::ApiCredentialInvalid`],
    /// [`ErrorCode::BaseUrlInvalid`], [`ErrorCode::BaseUrlInsecure`], [`ErrorCode::AccountIdInvalid`],
    /// [`ErrorCode::OptionValue`].
    pub fn new(options: ClientOptions) -> Result<Self> {
        let options = options.checked()?;
        Ok(Self { options })
    }

    /// `POST /accounts/{account_id}/stream/{identifier}/token`. The options are checked as
    /// [`Signer::sign`](crate::Signer::sign) checks them; `expires_in` is sent as `exp`. Where `now` is
    /// given, `exp` and `nbf` are both sent as they follow from it, so that the token has the times that
    /// it would have when signed locally. (The endpoint has its own clock: it may refuse such times.)
    ///
    /// The options are linted too, at the level [`LintLevel::Warn`](crate::LintLevel::Warn): the token comes
    /// with [`Token::warnings`].
    ///
    /// # Errors
    /// Those of [`Signer::sign`](crate::Signer::sign); [`ErrorCode::OptionNotRemote`] for `time_format` and
    /// `reuse_window`; those of [`SigningKey::load`](crate::SigningKey::load) for a key that is brought;
    /// [`ErrorCode::ApiAccountMissing`], [`ErrorCode::AccountIdInvalid`], [`ErrorCode::OptionValue`].
    pub fn create_token(&self, identifier: &str, params: &TokenParams) -> Result<Call<Token>> {
        id::check_identifier(identifier)?;
        refuse_local_options(params)?;
        let options = &params.options;
        let (given, now) = (options.now, options.now_or_clock());
        let key = params.key.as_ref().map(Key::load).transpose()?;
        options.access_rules.check_for_minting()?;
        let times = options.times(now)?;
        let warnings = lint::when_asking(options, times, now);
        let body = Zeroizing::new(body(options, times, key.as_ref())?);
        let tail = format!("/{identifier}/token");
        let ask = Ask {
            method: Method::POST,
            tail: &tail,
            body: Some(&body),
            repeatable: true,
            secrets: key.as_ref().map(parts_of).unwrap_or_default(),
        };
        self.call(ask, &params.call, move |result, clock| {
            let text = result.get("token").and_then(Value::as_str).unwrap_or("");
            let mut token =
                verify::unverified_token(text, given.unwrap_or(clock)).map_err(|error| {
                    let message = format!("the API's answer holds no token: {error}");
                    Error::new(ErrorCode::ApiResponseInvalid, message)
                })?;
            token.warnings.clone_from(&warnings);
            Ok(token)
        })
    }

    /// `POST /accounts/{account_id}/stream/keys`. Never sent again once it may have arrived.
    ///
    /// # Errors
    /// [`ErrorCode::ApiAccountMissing`], [`ErrorCode::AccountIdInvalid`], [`ErrorCode::OptionValue`].
    pub fn create_key(&self, call: &CallOptions) -> Result<Call<CreatedKey>> {
        let ask = Ask {
            method: Method::POST,
            tail: "/keys",
            body: Some("{}"),
            repeatable: false,
            secrets: Vec::new(),
        };
        self.call(ask, call, |result, _| {
            let result = Zeroizing::new(result);
            CreatedKey::from_value(&result)
        })
    }

    /// `GET /accounts/{account_id}/stream/keys`.
    ///
    /// # Errors
    /// As [`Requests::create_key`].
    pub fn list_keys(&self, call: &CallOptions) -> Result<Call<Vec<ListedKey>>> {
        let ask = Ask {
            method: Method::GET,
            tail: "/keys",
            body: None,
            repeatable: true,
            secrets: Vec::new(),
        };
        self.call(ask, call, |result, _| {
            let items = result.as_array().ok_or_else(|| {
                let message = "the API's answer holds no list of keys";
                Error::new(ErrorCode::ApiResponseInvalid, message)
            })?;
            items.iter().map(ListedKey::from_value).collect()
        })
    }

    /// `DELETE /accounts/{account_id}/stream/keys/{id}`: every token signed with the key stops working. The
    /// result is the API's word for it: `Revoked`, also where it has none.
    ///
    /// # Errors
    /// [`ErrorCode::KeyIdInvalid`], and as [`Requests::create_key`].
    pub fn delete_key(&self, id: &str, call: &CallOptions) -> Result<Call<String>> {
        id::check_key_id(id)?;
        let tail = format!("/keys/{id}");
        let ask = Ask {
            method: Method::DELETE,
            tail: &tail,
            body: None,
            repeatable: true,
            secrets: Vec::new(),
        };
        self.call(ask, call, |result, _| {
            Ok(api::without_nul(result.as_str().unwrap_or(api::REVOKED)))
        })
    }

    #[cfg(feature = "client")]
    pub(super) fn options(&self) -> &Checked {
        &self.options
    }

    fn call<T>(
        &self,
        ask: Ask<'_>,
        options: &CallOptions,
        read: impl Fn(Value, u64) -> Result<T> + Send + Sync + 'static,
    ) -> Result<Call<T>> {
        options.limits.check()?;
        let limits = options.limits.or(self.options.limits);
        let request = self.request(&ask, options)?;
        let own = self.options.credentials.secrets();
        let own = own.map(|secret| Zeroizing::new(secret.to_owned()));
        let secrets = own.chain(ask.secrets).collect();
        Ok(Call::new(request, limits, ask.repeatable, secrets, read))
    }

    fn request(&self, ask: &Ask<'_>, options: &CallOptions) -> Result<Request<Vec<u8>>> {
        let account = options.account_id.as_ref();
        let account = account
            .or(self.options.account_id.as_ref())
            .ok_or_else(|| {
                Error::new(
                    ErrorCode::ApiAccountMissing,
                    "there is no account id; give account_id or set CLOUDFLARE_ACCOUNT_ID",
                )
                .at("/account_id")
            })?;
        let account = api::account_id(account)?;
        let path = format!("/accounts/{account}/stream{}", ask.tail);
        let mut request = Request::new(ask.body.unwrap_or_default().as_bytes().to_vec());
        *request.method_mut() = ask.method.clone();
        *request.uri_mut() = self.options.base_url.with(&path)?;
        let headers = request.headers_mut();
        headers.insert(ACCEPT, JSON);
        headers.insert(USER_AGENT, AGENT);
        if ask.body.is_some() {
            headers.insert(CONTENT_TYPE, JSON);
        }
        self.options.credentials.write(headers)?;
        Ok(request)
    }
}

/// One route with what goes into it.
struct Ask<'a> {
    method: Method,
    /// The path behind `/accounts/{account_id}/stream`.
    tail: &'a str,
    body: Option<&'a str>,
    repeatable: bool,
    secrets: Vec<Zeroizing<String>>,
}

/// A caller who gives an option believes that it counts.
fn refuse_local_options(params: &TokenParams) -> Result<()> {
    let refuse = |name: &str, why: &str| {
        let message = format!("{name} is for signing locally: {why}");
        Err(Error::new(ErrorCode::OptionNotRemote, message).at(format!("/{name}")))
    };
    if params.time_format_given || params.options.time_format != TimeFormat::Number {
        return refuse(
            "time_format",
            "Cloudflare's endpoint decides how it writes times",
        );
    }
    if params.options.reuse_window.is_some() {
        return refuse(
            "reuse_window",
            "Cloudflare's endpoint signs each request anew; keep the token instead",
        );
    }
    Ok(())
}

/// The body: what was given, in Cloudflare's names. `{}` asks for the defaults.
fn body(options: &SignOptions, times: Times, key: Option<&SigningKey>) -> Result<String> {
    // The endpoint's defaults are reckoned from its own clock.
    let is_reckoned = options.now.is_some();
    let body = Body {
        id: key.map(SigningKey::id),
        pem: key.map(SigningKey::to_pem_base64),
        exp: (is_reckoned || options.has_lifetime()).then_some(times.exp),
        nbf: options.nbf.or_else(|| is_reckoned.then_some(times.nbf)),
        downloadable: options.downloadable,
        access_rules: &options.access_rules,
        flags: options.flags,
    };
    serde_json::to_string(&body).map_err(|_| ErrorCode::Internal.into())
}

/// A key as it is sent, and the lines in which a message might bring it back.
fn parts_of(key: &SigningKey) -> Vec<Zeroizing<String>> {
    let pem = key.to_pkcs1_pem();
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    let lines = lines.map(|line| Zeroizing::new(line.to_owned()));
    std::iter::once(key.to_pem_base64()).chain(lines).collect()
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pem: Option<Zeroizing<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<u64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    downloadable: bool,
    #[serde(rename = "accessRules", skip_serializing_if = "AccessRules::is_empty")]
    access_rules: &'a AccessRules,
    #[serde(skip_serializing_if = "Flags::is_empty")]
    flags: Flags,
}

#[cfg(test)]
mod tests;
