//! From what is asked to a request: everything is checked here, before anything leaves.

use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Method, Request};
use serde::Serialize;
use zeroize::Zeroizing;

use super::options::{Checked, ClientOptions};
use super::params::{CallOptions, Key, TokenParams};
use super::{Call, CreatedKey, ListedKey};
use crate::options::Flags;
use crate::{
    AccessRules, Error, ErrorCode, Result, SigningKey, TimeFormat, Token, Value, api, id, verify,
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
    /// [`Signer::sign`](crate::Signer::sign) checks them; `expires_in` is sent as `exp`,
    /// and `now` is what both are reckoned with, and not sent.
    ///
    /// # Errors
    /// Those of [`Signer::sign`](crate::Signer::sign); [`ErrorCode::OptionNotRemote`] for `time_format` and
    /// `reuse_window`; those of [`SigningKey::load`](crate::SigningKey::load) for a key that is brought;
    /// [`ErrorCode::ApiAccountMissing`], [`ErrorCode::AccountIdInvalid`], [`ErrorCode::OptionValue`].
    pub fn create_token(&self, identifier: &str, params: &TokenParams) -> Result<Call<Token>> {
        id::check_identifier(identifier)?;
        refuse_local_options(params)?;
        let options = &params.options;
        let now = options.now;
        let key = params.key.as_ref().map(Key::load).transpose()?;
        let body = Zeroizing::new(body(params, key.as_ref())?);
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
            verify::received(text, now.unwrap_or(clock)).map_err(|error| {
                let message = format!("the API's answer holds no token: {error}");
                Error::new(ErrorCode::ApiResponseInvalid, message)
            })
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
            Ok(result.as_str().unwrap_or(api::REVOKED).to_owned())
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
fn body(params: &TokenParams, key: Option<&SigningKey>) -> Result<String> {
    let options = &params.options;
    options.access_rules.check_for_minting()?;
    let exp = options.times(options.at_now())?.exp;
    let body = Body {
        id: key.map(SigningKey::id),
        pem: key.map(SigningKey::to_pem_base64),
        exp: options.has_lifetime().then_some(exp),
        nbf: options.nbf,
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
mod tests {
    use std::time::Duration;

    use http::{Request, Response};

    use super::Requests;
    use crate::client::{
        Arrived, Broke, CallOptions, ClientOptions, Moment, Outcome, Step, TokenParams,
    };
    use crate::key::tests::example_key;
    use crate::{Error, ErrorCode, SignOptions, TimeFormat, Value};

    const NOW: u64 = 1_750_000_000;
    const MOMENT: Moment = Moment {
        elapsed: Duration::ZERO,
        now: NOW,
        random: 0.0,
    };

    fn requests() -> Requests {
        let options = ClientOptions::new()
            .api_token("the-token")
            .account_id("account");
        Requests::new(options).unwrap()
    }

    fn read(json: &str) -> TokenParams {
        TokenParams::from_value(&Value::parse(json).unwrap()).unwrap()
    }

    fn body(json: &str) -> Result<String, Error> {
        let call = requests().create_token("video", &read(json))?;
        Ok(String::from_utf8(call.request().body().clone()).unwrap())
    }

    fn refused(identifier: &str, params: &TokenParams) -> (ErrorCode, String) {
        let error = requests().create_token(identifier, params).unwrap_err();
        (error.code(), error.field().unwrap_or_default().to_owned())
    }

    fn line(request: &Request<Vec<u8>>) -> String {
        format!("{} {}", request.method(), request.uri())
    }

    fn failed<T: std::fmt::Debug>(step: Step<T>) -> Error {
        match step {
            Step::Failed(error) => error,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_route_has_its_method_path_and_headers() {
        let (requests, none) = (requests(), CallOptions::new());
        let base = "https://api.cloudflare.com/client/v4/accounts/account/stream";
        let create = requests.create_token("video", &TokenParams::new()).unwrap();
        assert_eq!(line(create.request()), format!("POST {base}/video/token"));
        let header = |name: &str| {
            create.request().headers()[name]
                .to_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(header("authorization"), "Bearer the-token");
        assert_eq!(header("content-type"), "application/json");
        assert_eq!(header("accept"), "application/json");
        assert!(header("user-agent").starts_with("streamtoken/"));
        assert_eq!(create.request().headers().len(), 4);

        let key = requests.create_key(&none).unwrap();
        assert_eq!(line(key.request()), format!("POST {base}/keys"));
        assert_eq!(key.request().body(), b"{}");
        let list = requests.list_keys(&none).unwrap();
        assert_eq!(line(list.request()), format!("GET {base}/keys"));
        let delete = requests.delete_key("key-1", &none).unwrap();
        assert_eq!(line(delete.request()), format!("DELETE {base}/keys/key-1"));
        for request in [list.request(), delete.request()] {
            assert!(request.body().is_empty());
            assert!(!request.headers().contains_key("content-type"));
        }
    }

    #[test]
    fn bodies_are_what_was_given_in_the_names_of_the_endpoint() {
        for (json, expected) in [
            ("{}", "{}"),
            (r#"{"now":1750000000}"#, "{}"),
            (
                r#"{"timeout":5,"max_retries":1,"account_id":"other"}"#,
                "{}",
            ),
            (
                r#"{"downloadable":false,"flags":{"original":false},"accessRules":[]}"#,
                "{}",
            ),
            (
                r#"{"now":1750000000,"exp":1750003600}"#,
                r#"{"exp":1750003600}"#,
            ),
            (
                r#"{"now":1750000000,"expires_in":"2h"}"#,
                r#"{"exp":1750007200}"#,
            ),
            (
                r#"{"now":1750000000,"expires_in":60.0}"#,
                r#"{"exp":1750000060}"#,
            ),
            (r#"{"now":1750000000,"nbf":0}"#, r#"{"nbf":0}"#),
            (
                r#"{"now":1750000000,"accessRules":[{"type":"ip.geoip.country","action":"allow","country":["gb","DE"]},
                    {"type":"ip.src","action":"block","ip":["10.0.0.0/8","2001:DB8::1"]},{"type":"any","action":"block"}],
                    "flags":{"original":true},"downloadable":true,"nbf":1749990000,"exp":1750000001.0}"#,
                r#"{"exp":1750000001,"nbf":1749990000,"downloadable":true,"accessRules":[{"type":"ip.geoip.country","action":"allow","country":["GB","DE"]},{"type":"ip.src","action":"block","ip":["10.0.0.0/8","2001:db8::1"]},{"type":"any","action":"block"}],"flags":{"original":true}}"#,
            ),
        ] {
            assert_eq!(body(json).unwrap(), expected, "{json}");
        }
    }

    #[test]
    fn a_key_is_sent_in_the_one_form_that_the_endpoint_takes() {
        let key = example_key();
        let expected = format!(
            "{{\"id\":\"{}\",\"pem\":\"{}\"}}",
            key.id(),
            *key.to_pem_base64()
        );
        for form in [
            key.to_pem_base64(),
            key.to_pkcs1_pem(),
            key.to_pkcs8_pem(),
            key.to_jwk(),
            key.to_jwk_base64(),
        ] {
            let params = TokenParams::new().key(key.id(), form.as_str());
            let call = requests().create_token("video", &params).unwrap();
            assert_eq!(call.request().body(), expected.as_bytes());
        }
        for (params, code, field) in [
            (read(r#"{"id":"key"}"#), ErrorCode::KeyNotGiven, "/pem"),
            (read(r#"{"pem":"text"}"#), ErrorCode::KeyIdMissing, "/id"),
            (
                read(r#"{"id":"key","pem":"text"}"#),
                ErrorCode::KeyUnrecognized,
                "/pem",
            ),
            (
                read(r#"{"id":"key","pem":""}"#),
                ErrorCode::KeyNotGiven,
                "/pem",
            ),
        ] {
            assert_eq!(refused("video", &params), (code, field.to_owned()));
        }
        let bad_id = TokenParams::new().key("a/b", key.to_pem_base64().as_str());
        assert_eq!(refused("video", &bad_id).0, ErrorCode::KeyIdInvalid);
    }

    #[test]
    fn what_would_lead_elsewhere_is_no_id() {
        let none = CallOptions::new();
        for bad in [
            "",
            "a/b",
            "..",
            ".",
            "a.b",
            "a b",
            "%2e%2e",
            "a%2fb",
            "a?b",
            "a#b",
            "a\\b",
            "a\r\nb",
            "a\0",
            "vid\u{e9}o",
            "\u{ff41}",
            &"x".repeat(33),
        ] {
            let params = TokenParams::new();
            assert_eq!(
                refused(bad, &params).0,
                ErrorCode::IdentifierInvalid,
                "{bad:?}"
            );
            let account = none.clone().account_id(bad);
            let error = requests().list_keys(&account).unwrap_err();
            assert_eq!(error.code(), ErrorCode::AccountIdInvalid, "{bad:?}");
            assert_eq!(error.field(), Some("/account_id"));
            let params = params.call(account);
            assert_eq!(refused("video", &params).0, ErrorCode::AccountIdInvalid);
            if bad.len() != 33 {
                let error = requests().delete_key(bad, &none).unwrap_err();
                assert_eq!(error.code(), ErrorCode::KeyIdInvalid, "{bad:?}");
            }
        }
        assert!(requests().delete_key(&"x".repeat(65), &none).is_err());
        assert!(
            requests()
                .create_token(&"x".repeat(32), &TokenParams::new())
                .is_ok()
        );
    }

    #[test]
    fn an_account_is_needed_and_the_calls_own_counts() {
        let nobody = Requests::new(ClientOptions::new().api_token("t")).unwrap();
        let error = nobody.list_keys(&CallOptions::new()).unwrap_err();
        assert_eq!(
            (error.code(), error.field()),
            (ErrorCode::ApiAccountMissing, Some("/account_id"))
        );
        assert!(error.message().contains("CLOUDFLARE_ACCOUNT_ID"));
        let mine = CallOptions::new().account_id("mine");
        for requests in [nobody, requests()] {
            let call = requests.list_keys(&mine).unwrap();
            assert!(call.request().uri().path().contains("/accounts/mine/"));
        }
    }

    #[test]
    fn what_the_endpoint_would_ignore_is_refused() {
        for (json, field) in [
            (r#"{"time_format":"number"}"#, "/time_format"),
            (r#"{"time_format":"string"}"#, "/time_format"),
            (r#"{"reuse_window":60}"#, "/reuse_window"),
        ] {
            let found = refused("video", &read(json));
            assert_eq!(found, (ErrorCode::OptionNotRemote, field.to_owned()));
        }
        let typed = SignOptions::new().time_format(TimeFormat::String);
        assert_eq!(
            refused("video", &typed.into()).0,
            ErrorCode::OptionNotRemote
        );
        let typed = SignOptions::new().reuse_window(Duration::from_secs(60));
        assert_eq!(
            refused("video", &typed.into()).0,
            ErrorCode::OptionNotRemote
        );
    }

    #[test]
    fn options_are_checked_before_anything_is_sent() {
        for (json, code) in [
            (
                r#"{"now":1750000000,"exp":1750000000}"#,
                ErrorCode::ExpNotAfterNow,
            ),
            (
                r#"{"now":1750000000,"exp":1750086401}"#,
                ErrorCode::ExpTooFar,
            ),
            (
                r#"{"now":1750000000,"expires_in":90000}"#,
                ErrorCode::ExpTooFar,
            ),
            (
                r#"{"now":1750000000,"exp":1750000060,"expires_in":60}"#,
                ErrorCode::ExpConflict,
            ),
            (
                r#"{"now":1750000000,"exp":1750000060,"nbf":1750000060}"#,
                ErrorCode::NbfNotBeforeExp,
            ),
        ] {
            assert_eq!(body(json).unwrap_err().code(), code, "{json}");
        }
    }

    #[test]
    fn a_call_has_its_own_limits_within_the_deadline() {
        let options = ClientOptions::new()
            .api_token("t")
            .account_id("a")
            .timeout(Duration::from_secs(20))
            .max_retries(0);
        let requests = Requests::new(options).unwrap();
        let usual = requests.list_keys(&CallOptions::new()).unwrap();
        assert_eq!(usual.time_limit(Duration::ZERO), Duration::from_secs(20));
        assert_eq!(usual.connect_limit(), Duration::from_secs(10));
        let own = CallOptions::new()
            .deadline(Duration::from_secs(5))
            .connect_timeout(Duration::from_secs(1))
            .max_retries(1);
        let mut own = requests.list_keys(&own).unwrap();
        assert_eq!(own.connect_limit(), Duration::from_secs(1));
        assert_eq!(
            own.time_limit(Duration::from_secs(2)),
            Duration::from_secs(3)
        );
        assert_eq!(own.time_limit(Duration::from_secs(9)), Duration::ZERO);
        let refused = || Outcome::Broken(Broke::Connection, Arrived::No, String::new());
        assert!(matches!(own.after(refused(), MOMENT), Step::Wait(_)));
        let error = failed(own.after(refused(), MOMENT));
        assert_eq!(error.api().unwrap().attempts(), 2);
        assert!(error.message().ends_with("(after 2 attempts)"), "{error}");
    }

    #[test]
    fn a_key_that_may_have_been_made_is_looked_for_and_not_asked_for_again() {
        let create = || requests().create_key(&CallOptions::new()).unwrap();
        let advice = "look before you ask again";
        for (why, code) in [
            (Broke::Connection, ErrorCode::ApiConnection),
            (Broke::Timeout, ErrorCode::ApiTimeout),
            (Broke::Protocol, ErrorCode::ApiResponseInvalid),
            (Broke::TooLarge, ErrorCode::ApiResponseTooLarge),
        ] {
            let outcome = Outcome::Broken(why, Arrived::Maybe, "words".to_owned());
            let error = failed(create().after(outcome, MOMENT));
            assert_eq!(error.code(), code);
            assert!(error.message().contains(advice), "{error}");
        }
        let answered = |status| {
            let response = Response::builder().status(status).body(Vec::new()).unwrap();
            Outcome::Answered(response)
        };
        for (status, says) in [
            (500, true),
            (200, true),
            (403, false),
            (429, false),
            (301, false),
        ] {
            let error = failed(create().after(answered(status), MOMENT));
            assert_eq!(error.message().contains(advice), says, "{error}");
        }
        // It did not arrive, then it may have: once is enough.
        let mut call = create();
        let never = Outcome::Broken(Broke::Timeout, Arrived::No, String::new());
        assert!(matches!(call.after(never, MOMENT), Step::Wait(_)));
        let maybe = Outcome::Broken(Broke::Connection, Arrived::Maybe, String::new());
        let error = failed(call.after(maybe, MOMENT));
        assert!(error.message().contains(advice));
        assert_eq!(error.api().unwrap().attempts(), 2);
    }

    #[test]
    fn a_key_that_was_sent_does_not_come_back_in_an_error() {
        let key = example_key();
        let pem = key.to_pkcs1_pem();
        let params = TokenParams::new().key(key.id(), pem.as_str());
        let said = [
            &pem,
            &key.to_pem_base64(),
            pem.lines().nth(3).unwrap(),
            "the-token",
        ];
        let said =
            said.map(|text| format!("{{\"message\":{}}}", serde_json::to_string(text).unwrap()));
        let answer = format!("{{\"success\":false,\"errors\":[{}]}}", said.join(","));
        for status in [200, 400] {
            let mut call = requests().create_token("video", &params).unwrap();
            let response = Response::builder().status(status);
            let response = response.body(answer.clone().into_bytes()).unwrap();
            let error = failed(call.after(Outcome::Answered(response), MOMENT));
            let shown = format!(
                "{error} {error:?} {}",
                serde_json::to_string(&error).unwrap()
            );
            for line in pem.lines().filter(|line| !line.starts_with('-')) {
                assert!(!shown.contains(line), "{shown}");
            }
            assert!(!shown.contains(&key.to_pem_base64()[..20]), "{shown}");
            assert!(!shown.contains("the-token"), "{shown}");
        }
    }

    #[test]
    fn debug_output_shows_neither_headers_nor_bodies() {
        let key = example_key();
        let params = TokenParams::new().key(key.id(), key.to_pem_base64().as_str());
        let requests = requests();
        let mut call = requests.create_token("video", &params).unwrap();
        let outcome = Outcome::Broken(Broke::Tls, Arrived::No, "the-token is bad".to_owned());
        let before = format!("{requests:?} {call:?} {:?}", call.request().headers());
        let step = call.after(outcome, MOMENT);
        let shown = format!("{before} {step:?} {:?}", call.last_attempt());
        assert!(!shown.contains("the-token"), "{shown}");
        assert!(!shown.contains(&key.to_pem_base64()[..20]), "{shown}");
    }
}
