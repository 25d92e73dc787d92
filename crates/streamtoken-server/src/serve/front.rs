//! What happens to every request before and after its route: what HTTP asks of its head, the request id,
//! the log, and what becomes of a panic.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse as _;
use http::header::{CONNECTION, EXPECT, HOST, TRANSFER_ENCODING};
use http::uri::Authority;
use http::{HeaderValue, Method, Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use hyper_util::service::TowerToHyperService;
use streamtoken::{Error, ErrorCode};
use tokio::sync::watch;

use super::answer_body::AnswerBody;
use super::request_body::RequestBody;
use super::{Limits, Progress};
use crate::answer::Refusal;
use crate::log::{Entry, Notes, RequestId};

/// The service of one connection.
pub(super) struct Front {
    pub(super) routes: Router,
    pub(super) limits: Arc<Limits>,
    pub(super) progress: Progress,
    pub(super) stopping: watch::Receiver<bool>,
}

impl hyper::service::Service<Request<Incoming>> for Front {
    type Response = Response<AnswerBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.progress.requested();
        let (limits, progress) = (&self.limits, self.progress.clone());
        let request =
            request.map(|body| Body::new(RequestBody::new(body, limits, self.progress.clone())));
        let routes = self.routes.clone();
        let is_stopping = *self.stopping.borrow();
        // A task of its own: what was begun is ended, also when the caller goes away meanwhile.
        let answer = tokio::spawn(answer(routes, request, is_stopping));
        Box::pin(async move {
            let answer = answer
                .await
                .unwrap_or_else(|_| Refusal::from(ErrorCode::Internal).into_response());
            Ok(answer.map(|body| AnswerBody::new(body, progress)))
        })
    }
}

/// Answers a request, and says so in the log.
async fn answer(routes: Router, mut request: Request<Body>, is_stopping: bool) -> Response<Body> {
    let id = RequestId::new();
    let notes = Notes::default();
    let entry = Entry::begin(request.method().clone(), notes.clone());
    request.extensions_mut().insert(notes);
    let refusal = refusal(&request);
    // Both kinds of length at once make two servers in a row disagree, and hyper does not say whether there
    // were both. Nothing after such a request is read, nor after one that should not have been sent.
    let ends = refusal.is_some() || request.headers().contains_key(TRANSFER_ENCODING);
    let mut response = match refusal {
        Some(refusal) => refusal,
        None if is_stopping && request.uri().path() == READY => {
            let error = Error::new(ErrorCode::Overloaded, "the service is stopping");
            Refusal(error).into_response()
        }
        None => caught(routes, request).await,
    };
    if ends {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    entry.end(&id, &response);
    response
}

/// The answer to a head that hyper can read and HTTP/1.1 does not allow.
fn refusal(request: &Request<Body>) -> Option<Response<Body>> {
    let refused =
        |message| Refusal(Error::new(ErrorCode::RequestMalformed, message)).into_response();
    if let Some(message) = wrong_host(request) {
        return Some(refused(message));
    }
    if request.method() == Method::CONNECT {
        return Some(refused("this is no proxy"));
    }
    if request.uri().authority().is_some() && request.uri().scheme().is_none() {
        return Some(refused("the request's target is not a path"));
    }
    if !request.headers().get_all(EXPECT).iter().all(is_continue) {
        let mut response = refused("of all expectations, 100-continue alone is met");
        *response.status_mut() = StatusCode::EXPECTATION_FAILED;
        return Some(response);
    }
    None
}

fn wrong_host(request: &Request<Body>) -> Option<&'static str> {
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(_), Some(_)) => Some("the request has more than one Host header"),
        (Some(host), None) if !is_host(host) => Some("the Host header is not a host and a port"),
        (None, _) if request.version() >= Version::HTTP_11 => {
            Some("the request has no Host header")
        }
        _ => None,
    }
}

fn is_host(host: &HeaderValue) -> bool {
    host.to_str().is_ok_and(|host| {
        !host.contains('@')
            && host
                .parse::<Authority>()
                .is_ok_and(|authority| !authority.host().is_empty())
    })
}

fn is_continue(expect: &HeaderValue) -> bool {
    expect.as_bytes().eq_ignore_ascii_case(b"100-continue")
}

/// The answer of the routes. A panic in them is an answer as well.
async fn caught(routes: Router, request: Request<Body>) -> Response<Body> {
    use hyper::service::Service as _;
    let service = TowerToHyperService::new(routes);
    let mut routed = pin!(async move { service.call(request).await });
    let polled = poll_fn(|cx| {
        // What panicked is not polled again.
        match catch_unwind(AssertUnwindSafe(|| routed.as_mut().poll(cx))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(answer)) => Poll::Ready(Some(answer)),
            Err(_) => Poll::Ready(None),
        }
    });
    match polled.await {
        Some(Ok(response)) => response,
        Some(Err(never)) => match never {},
        None => {
            let error = Error::new(ErrorCode::Internal, "a route panicked");
            Refusal(error).into_response()
        }
    }
}

/// Names the answer, for callers and in the log.
const REQUEST_ID: &str = "x-request-id";
/// Answered here while the service stops, so that nothing more is sent to it.
const READY: &str = "/readyz";
