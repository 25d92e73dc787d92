//! Results and refusals as HTTP answers in the API's envelope.

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use streamtoken::api::{Envelope, Notice};
use streamtoken::{Error, ErrorCode};
use zeroize::Zeroizing;

/// What a route answers.
pub(crate) type Answer = Result<Response, Refusal>;

/// A refusal on its way out.
#[derive(Debug, Clone)]
pub(crate) struct Refusal(pub(crate) Error);

impl<E: Into<Error>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let code = self.0.code();
        let status =
            StatusCode::from_u16(code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = json(status, &Envelope::failure(&for_callers(&self.0)));
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if code.retryable() && status.is_server_error() {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// What went wrong inside is for the log alone.
fn for_callers(error: &Error) -> Error {
    if error.code().http_status() >= 500 && error.code() != ErrorCode::Overloaded {
        error.code().into()
    } else {
        error.clone()
    }
}

/// A result in the envelope.
pub(crate) fn success(result: impl Serialize, messages: Vec<Notice>) -> Response {
    json(StatusCode::OK, &Envelope::success(result, messages))
}

/// JSON that no cache may keep: it holds tokens and keys.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let Ok(text) = serde_json::to_vec(body).map(Zeroizing::new) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, text.to_vec()).into_response()
}
