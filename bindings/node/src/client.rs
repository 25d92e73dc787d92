//! Requests to Cloudflare's API, which JavaScript sends: there is no I/O here.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use napi::bindgen_prelude::{AsyncTask, External, Object};
use napi::{Env, JsString};
use napi_derive::napi;
use serde::Serialize;
use streamtoken::client::{
    Arrived, Attempt, Broke, Call, CallOptions, ClientOptions, MAX_BODY, Moment,
    Outcome as Attempted, Requests, Step, TokenParams,
};
use streamtoken::{Error, ErrorCode, Result, Signer, Token, Value, host};
use zeroize::Zeroizing;

use crate::keys::{no_value, variable};
use crate::outcome::{Outcome, Work, in_order, promise};
use crate::value::BASE_URL;
use crate::{sign, value};

/// The result of a call as JSON text, which may hold a private key.
type Text = Zeroizing<String>;

/// A call, and the attempt that ended last.
pub(crate) struct Pending(Mutex<State>);

struct State {
    /// Gone when the call ended, since the request may hold a private key.
    call: Option<Call<Text>>,
    attempt: Option<Attempt>,
}

impl Pending {
    fn begin(call: Result<Call<Text>>) -> Result<External<Self>> {
        let call = Some(call?);
        let attempt = None;
        Ok(External::new(Self(Mutex::new(State { call, attempt }))))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn call(&self) -> Result<&Call<Text>> {
        self.call
            .as_ref()
            .ok_or_else(|| Error::from(ErrorCode::Internal))
    }

    /// What follows from an attempt.
    fn after(&mut self, outcome: Attempted, moment: Moment) -> Result<Step<Text>> {
        let mut call = self.call.take().ok_or(ErrorCode::Internal)?;
        let step = call.after(outcome, moment);
        self.attempt = call.last_attempt().cloned();
        if matches!(step, Step::Wait(_)) {
            self.call = Some(call);
        }
        Ok(step)
    }
}

/// The options of a client; what they leave out is taken from `environment`, which is `process.env`.
#[napi]
pub(crate) fn new_requests(
    options: String,
    environment: Object<'_>,
) -> Outcome<External<Requests>> {
    let options = Zeroizing::new(options);
    Outcome::of_client(|| {
        let given = Zeroizing::new(read(&options, ClientOptions::NAMES)?);
        let options = ClientOptions::from_value(&given)?;
        let options = options.or_variables(|name| variable(&environment, name));
        Requests::new(options).map(External::new)
    })
}

/// Options in wire names and seconds. The official client writes `baseURL`.
fn read(text: &str, names: &[&'static str]) -> Result<Value> {
    let mut options = value::read(text, names)?;
    if let Value::Object(members) = &mut options {
        for (name, value) in members {
            if name == BASE_URL.1 && names.contains(&BASE_URL.0) {
                BASE_URL.0.clone_into(name);
            }
            if name == "connect_timeout" && *value != Value::Null {
                return Err(no_connect_timeout());
            }
        }
    }
    host::from_milliseconds(options)
}

fn no_connect_timeout() -> Error {
    let message = "connect_timeout cannot be kept: fetch does not tell when a connection is there; use timeout, or \
                   give a fetch with a dispatcher that has such a limit";
    Error::new(ErrorCode::OptionUnknown, message).at("/connect_timeout")
}

/// What is asked for and the options of the call, which are two arguments in JavaScript.
fn read_both(params: &str, options: &str, names: &[&'static str]) -> Result<Zeroizing<Value>> {
    let mut params = Zeroizing::new(read(params, names)?);
    let mut options = read(options, names)?;
    if let (Value::Object(params), Value::Object(options)) = (&mut *params, &mut options) {
        params.append(options);
    } else if !matches!(options, Value::Object(_)) {
        // The core refuses both alike.
        params = Zeroizing::new(options);
    }
    Ok(params)
}

pub(crate) fn token_params(params: String, options: &str) -> Result<TokenParams> {
    let params = Zeroizing::new(params);
    TokenParams::from_value(&*read_both(&params, options, &TokenParams::names())?)
}

fn call_options(params: &str, options: &str) -> Result<CallOptions> {
    CallOptions::from_value(&*read_both(params, options, CallOptions::NAMES)?)
}

#[napi]
pub(crate) fn call_create_token(
    requests: &External<Requests>,
    identifier: String,
    params: String,
    options: String,
) -> Outcome<External<Pending>> {
    Outcome::of_client(|| {
        let identifier = value::read(&identifier, &[])?;
        let identifier = host::identifier(&identifier)?;
        let params = token_params(params, &options)?;
        let call = requests.create_token(identifier, &params);
        Pending::begin(call.map(|call| call.map(|token| sign::token(&token).to_string().into())))
    })
}

#[napi]
pub(crate) fn call_create_key(
    requests: &External<Requests>,
    params: String,
    options: String,
) -> Outcome<External<Pending>> {
    Outcome::of_client(|| {
        let call = requests.create_key(&call_options(&params, &options)?);
        Pending::begin(call.map(|call| call.map(|key| text(&key))))
    })
}

#[napi]
pub(crate) fn call_list_keys(
    requests: &External<Requests>,
    params: String,
    options: String,
) -> Outcome<External<Pending>> {
    Outcome::of_client(|| {
        let call = requests.list_keys(&call_options(&params, &options)?);
        Pending::begin(call.map(|call| call.map(|keys| text(&keys))))
    })
}

#[napi]
pub(crate) fn call_delete_key(
    requests: &External<Requests>,
    id: String,
    params: String,
    options: String,
) -> Outcome<External<Pending>> {
    Outcome::of_client(|| {
        let id = value::read(&id, &[])?;
        let options = call_options(&params, &options)?;
        let call = requests.delete_key(host::text(&id, "id")?, &options);
        Pending::begin(call.map(|call| call.map(|word| text(&word))))
    })
}

fn text(result: &impl Serialize) -> Text {
    Zeroizing::new(in_order(result).unwrap_or_default())
}

/// `{"method", "url", "headers": [[name, value], …], "body", "mostBytes"}`: it holds the credential.
#[napi]
pub(crate) fn call_request<'env>(
    env: &'env Env,
    call: &External<Pending>,
) -> Outcome<JsString<'env>> {
    Outcome::of(|| {
        let request = Zeroizing::new(request(call.lock().call()?)?);
        env.create_string(request.as_str()).map_err(no_value)
    })
}

fn request(call: &Call<Text>) -> Result<String> {
    let request = call.request();
    let header = |(name, value): (&HeaderName, &HeaderValue)| {
        let value = value.to_str().map_err(|_| ErrorCode::Internal)?;
        Ok((name.as_str().to_owned(), Zeroizing::new(value.to_owned())))
    };
    let body = std::str::from_utf8(request.body()).map_err(|_| ErrorCode::Internal)?;
    in_order(&Shown {
        method: request.method().as_str(),
        url: request.uri().to_string(),
        headers: request
            .headers()
            .iter()
            .map(header)
            .collect::<Result<_>>()?,
        body: (!body.is_empty()).then_some(body),
        most_bytes: MAX_BODY,
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    method: &'a str,
    url: String,
    headers: Vec<(String, Zeroizing<String>)>,
    body: Option<&'a str>,
    most_bytes: usize,
}

/// How many milliseconds the next attempt may take, `elapsed` milliseconds after the call began.
#[napi]
pub(crate) fn call_limit(call: &External<Pending>, elapsed: f64) -> Outcome<f64> {
    Outcome::of(|| Ok(milliseconds(call.lock().call()?.time_limit(span(elapsed)))))
}

/// When an outcome was there: milliseconds since the call began, epoch seconds, a random number from 0 to 1.
type When = (f64, i64, f64);

/// What to do next: wait so many milliseconds and try again, or take the result. A failure is the refusal.
type Next<'env> = (Option<f64>, Option<JsString<'env>>);

/// `headers` are names and values in turn.
#[napi]
pub(crate) fn call_answered<'env>(
    env: &'env Env,
    call: &External<Pending>,
    status: u32,
    headers: Vec<String>,
    body: &[u8],
    when: When,
) -> Outcome<Next<'env>> {
    Outcome::of(|| next(env, call, answer(status, &headers, body), when))
}

/// `why` is the name of a [`Broke`]; `arrived` says whether the request may have.
#[napi]
pub(crate) fn call_broken<'env>(
    env: &'env Env,
    call: &External<Pending>,
    why: String,
    arrived: bool,
    detail: String,
    when: When,
) -> Outcome<Next<'env>> {
    Outcome::of(|| {
        let arrived = if arrived { Arrived::Maybe } else { Arrived::No };
        let outcome = Attempted::Broken(broke(&why)?, arrived, detail);
        next(env, call, outcome, when)
    })
}

fn answer(status: u32, headers: &[String], body: &[u8]) -> Attempted {
    let status = u16::try_from(status).unwrap_or_default();
    let Ok(status) = StatusCode::from_u16(status) else {
        let detail = "the answer has no status".to_owned();
        return Attempted::Broken(Broke::Protocol, Arrived::Maybe, detail);
    };
    let mut response = Response::new(body.to_vec());
    *response.status_mut() = status;
    *response.headers_mut() = header_map(headers);
    Attempted::Answered(response)
}

/// Headers that are none are left out: none of those that matter is among them.
fn header_map(headers: &[String]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for header in headers.chunks_exact(2) {
        let name = header[0].parse::<HeaderName>();
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&header[1]))
            && map.try_append(name, value).is_err()
        {
            break;
        }
    }
    map
}

fn broke(why: &str) -> Result<Broke> {
    Ok(match why {
        "connection" => Broke::Connection,
        "timeout" => Broke::Timeout,
        "tls" => Broke::Tls,
        "protocol" => Broke::Protocol,
        "too_large" => Broke::TooLarge,
        "aborted" => Broke::Aborted,
        "deadline" => Broke::Deadline,
        _ => return Err(ErrorCode::Internal.into()),
    })
}

fn next<'env>(
    env: &'env Env,
    call: &Pending,
    outcome: Attempted,
    when: When,
) -> Result<Next<'env>> {
    let (elapsed, now, random) = when;
    let moment = Moment {
        elapsed: span(elapsed),
        now: u64::try_from(now).unwrap_or_default(),
        random,
    };
    match call.lock().after(outcome, moment)? {
        Step::Done(text) => {
            let text = env.create_string(text.as_str()).map_err(no_value)?;
            Ok((None, Some(text)))
        }
        Step::Wait(pause) => Ok((Some(milliseconds(pause)), None)),
        Step::Failed(error) => Err(error),
        _ => Err(ErrorCode::Internal.into()),
    }
}

/// The attempt that ended last: as a sentence, and as JSON text.
#[napi]
pub(crate) fn call_attempt(call: &External<Pending>) -> Outcome<(String, String)> {
    Outcome::of(|| {
        let state = call.lock();
        let attempt = state.attempt.as_ref().ok_or(ErrorCode::Internal)?;
        Ok((attempt.to_string(), in_order(attempt)?))
    })
}

/// The same token without a request.
#[napi]
pub(crate) fn sign_as_client(
    signer: &External<Signer>,
    identifier: String,
    params: String,
    options: String,
) -> AsyncTask<Work<String>> {
    let signer = Signer::clone(signer);
    promise(move || {
        let token = minted(&signer, &identifier, params, &options).map_err(value::spelt)?;
        Ok(sign::token(&token).to_string())
    })
}

fn minted(signer: &Signer, identifier: &str, params: String, options: &str) -> Result<Token> {
    let identifier = value::read(identifier, &[])?;
    let params = token_params(params, options)?;
    params.sign(signer, host::identifier(&identifier)?)
}

pub(crate) fn span(milliseconds: f64) -> Duration {
    Duration::try_from_secs_f64(milliseconds / 1000.0).unwrap_or_default()
}

fn milliseconds(span: Duration) -> f64 {
    span.as_secs_f64() * 1000.0
}
