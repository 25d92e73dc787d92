//! Reading what the API answered: leniently where it may vary, strictly where it matters.

use std::time::{Duration, UNIX_EPOCH};

use http::header::{HeaderMap, RETRY_AFTER};
use http::{Response, StatusCode};

use super::redact::{shown, shown_value};
use crate::error::{ApiFailure, ApiNotice};
use crate::{Error, ErrorCode, Result, Value};

/// Most notices that are kept of an answer.
const MAX_NOTICES: usize = 20;

/// An answer taken apart.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) failure: ApiFailure,
    envelope: Result<Envelope>,
}

struct Envelope {
    success: Option<bool>,
    result: Value,
}

impl Answer {
    /// `secrets` are the texts that must not come back in a message; `now` is for dates.
    pub(super) fn read(response: &Response<Vec<u8>>, secrets: &[&str], now: u64) -> Self {
        let headers = response.headers();
        let mut failure = ApiFailure {
            status: Some(response.status().as_u16()),
            ray: text(headers, "cf-ray").map(|ray| shown(ray, secrets.iter().copied())),
            retry_after: retry_after(headers, now),
            ..ApiFailure::default()
        };
        let envelope = Value::parse(response.body()).map(|body| {
            failure.errors = notices(body.get("errors"), secrets);
            failure.messages = notices(body.get("messages"), secrets);
            Envelope::read(body)
        });
        Self {
            status: response.status(),
            failure,
            envelope,
        }
    }

    /// The result of an answer under a status of success.
    pub(super) fn result(&mut self) -> Result<Value> {
        let invalid = |what: &str| Error::new(ErrorCode::ApiResponseInvalid, what);
        let envelope = self.envelope.as_mut().map_err(|error| {
            let what = format!("the API's answer is not the JSON that is expected: {error}");
            Error::new(ErrorCode::ApiResponseInvalid, what)
        })?;
        match envelope.success {
            Some(true) => Ok(std::mem::replace(&mut envelope.result, Value::Null)),
            Some(false) => Err(self.refusal(ErrorCode::ApiUnsuccessful)),
            None => Err(invalid(
                "the API's answer does not say whether it was a success",
            )),
        }
    }

    /// The error of an answer that is none of success.
    pub(super) fn refusal(&self, code: ErrorCode) -> Error {
        let status = self.status.as_u16();
        let first = self.failure.errors.first();
        let said = first
            .and_then(ApiNotice::message)
            .filter(|text| !text.is_empty());
        let number = first.and_then(ApiNotice::code);
        let message = match (said, number) {
            (Some(said), Some(number)) => {
                format!("the API answered {status}: {said} (code {number})")
            }
            (Some(said), None) => format!("the API answered {status}: {said}"),
            (None, _) => format!("the API answered {status} and gave no reason"),
        };
        let error = Error::new(code, message);
        match self.failure.errors.iter().find_map(ApiNotice::pointer) {
            Some(pointer) => error.at(pointer),
            None => error,
        }
    }
}

impl Envelope {
    fn read(body: Value) -> Self {
        let success = match body.get("success") {
            Some(Value::Bool(success)) => Some(*success),
            _ => None,
        };
        let result = match body {
            Value::Object(members) => members
                .into_iter()
                .find_map(|(name, value)| (name == "result").then_some(value)),
            _ => None,
        };
        Self {
            success,
            result: result.unwrap_or(Value::Null),
        }
    }
}

/// The code of a status that is none of success.
pub(super) fn code(status: StatusCode) -> ErrorCode {
    match status.as_u16() {
        300..=399 => ErrorCode::ApiRedirect,
        400 => ErrorCode::ApiBadRequest,
        401 => ErrorCode::ApiUnauthorized,
        403 => ErrorCode::ApiForbidden,
        404 => ErrorCode::ApiNotFound,
        409 => ErrorCode::ApiConflict,
        422 => ErrorCode::ApiUnprocessable,
        429 => ErrorCode::ApiRateLimited,
        500..=599 => ErrorCode::ApiServerError,
        _ => ErrorCode::ApiStatusUnexpected,
    }
}

/// Whether the same request may fare better later, as the official clients see it.
pub(super) fn may_pass(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 409 | 429 | 500..=599)
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// Seconds, or a date.
fn retry_after(headers: &HeaderMap, now: u64) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    let date = date.duration_since(UNIX_EPOCH).ok()?;
    Some(date.saturating_sub(Duration::from_secs(now)))
}

/// A list of notices; anything else, `null` among it, is none.
fn notices(value: Option<&Value>, secrets: &[&str]) -> Vec<ApiNotice> {
    let items = value.and_then(Value::as_array).unwrap_or_default();
    let items = items.iter().take(MAX_NOTICES);
    items
        .map(|item| ApiNotice(shown_value(item, secrets)))
        .collect()
}
