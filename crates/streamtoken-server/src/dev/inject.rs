//! Faults on their way to the caller.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Bytes, Frame};
use serde_json::Value as Json;
use streamtoken::{ErrorCode, api};

use super::Dev;
use super::faults::{BadBody, Fault, Target};
use crate::answer::Refusal;

/// Lets a request meet the fault that is meant for it. The emulator's own routes, and those of health, have
/// none.
pub(super) async fn inject(State(dev): State<Arc<Dev>>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with(api::BASE_PATH) {
        return next.run(request).await;
    }
    let Some(fault) = dev.faults.meet(target(&request)) else {
        return next.run(request).await;
    };
    if let Some(latency) = fault.latency_ms {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
    if is_real(&fault) {
        return spoil(next.run(request).await, fault.body).await;
    }
    // A connection that ends before its request was read is reset, and the answer is lost with it.
    drop(Limited::new(request.into_body(), LARGEST).collect().await);
    if fault.close {
        return Response::new(Body::new(Broken::at_once()));
    }
    spoil(made_up(&fault), fault.body).await
}

fn target(request: &Request) -> Option<Target> {
    let path = request.extensions().get::<MatchedPath>()?.as_str();
    if path.ends_with("/token") {
        Some(Target::Token)
    } else if path.contains("/stream/keys") {
        Some(Target::Keys)
    } else {
        None
    }
}

/// Whether the request is served, and the fault is in how.
fn is_real(fault: &Fault) -> bool {
    fault.status.is_none()
        && !fault.close
        && matches!(
            fault.body,
            None | Some(BadBody::Truncated | BadBody::MessagesNull)
        )
}

/// The answer of a service that fails.
fn made_up(fault: &Fault) -> Response {
    let mut response = Refusal(ErrorCode::FaultInjected.into()).into_response();
    let status = fault
        .status
        .and_then(|code| StatusCode::from_u16(code).ok());
    let status = status.unwrap_or(StatusCode::OK);
    *response.status_mut() = status;
    limits(response.headers_mut(), status, fault.retry_after);
    response
}

/// `retry-after`, and with 429 the platform's headers of its limit: 1,200 requests in 5 minutes.
fn limits(headers: &mut HeaderMap, status: StatusCode, retry_after: Option<u32>) {
    headers.remove(RETRY_AFTER);
    let limited = status == StatusCode::TOO_MANY_REQUESTS;
    let Some(seconds) = retry_after.or_else(|| limited.then_some(1)) else {
        return;
    };
    headers.insert(RETRY_AFTER, seconds.into());
    if limited {
        let left = format!("\"default\";r=0;t={seconds}");
        if let Ok(left) = HeaderValue::from_str(&left) {
            headers.insert("ratelimit", left);
        }
        let policy = HeaderValue::from_static("\"default\";q=1200;w=300");
        headers.insert("ratelimit-policy", policy);
    }
}

async fn spoil(response: Response, how: Option<BadBody>) -> Response {
    let Some(how) = how else {
        return response;
    };
    let (mut parts, body) = response.into_parts();
    let whole = match Limited::new(body, LARGEST).collect().await {
        Ok(whole) => whole.to_bytes(),
        Err(_) => Bytes::new(),
    };
    parts.headers.remove(CONTENT_LENGTH);
    let body = match how {
        BadBody::SuccessFalse => Body::from(whole),
        BadBody::Empty => Body::empty(),
        BadBody::NotJson => {
            let html = HeaderValue::from_static("text/html");
            parts.headers.insert(CONTENT_TYPE, html);
            Body::from("<html><body>Bad Gateway</body></html>\n")
        }
        BadBody::MessagesNull => Body::from(without_messages(&whole)),
        BadBody::Truncated => {
            parts.headers.insert(CONTENT_LENGTH, whole.len().into());
            Body::new(Broken::after(whole.slice(..whole.len() / 2)))
        }
    };
    Response::from_parts(parts, body)
}

fn without_messages(body: &[u8]) -> Vec<u8> {
    match serde_json::from_slice(body) {
        Ok(Json::Object(mut envelope)) if envelope.contains_key("messages") => {
            envelope.insert("messages".to_owned(), Json::Null);
            Json::Object(envelope).to_string().into_bytes()
        }
        _ => body.to_vec(),
    }
}

/// The longest answer, which is a list of a thousand keys, is far below.
const LARGEST: usize = 1 << 20;

/// A body that breaks off, and the connection with it.
enum Broken {
    Begins(Bytes),
    /// What was begun is on its way before the end comes.
    Waits,
    Ends,
}

impl Broken {
    /// Before anything was sent, not even the status: it is still in a buffer then.
    fn at_once() -> Self {
        Self::Ends
    }

    fn after(beginning: Bytes) -> Self {
        Self::Begins(beginning)
    }
}

impl hyper::body::Body for Broken {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match std::mem::replace(&mut *self, Self::Ends) {
            Self::Begins(beginning) => {
                *self = Self::Waits;
                Poll::Ready(Some(Ok(Frame::data(beginning))))
            }
            Self::Waits => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Ends => Poll::Ready(Some(Err(io::Error::other("told to break off")))),
        }
    }
}
