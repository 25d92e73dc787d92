//! The log: one line a request, and what goes wrong inside. It never holds bodies, tokens, keys,
//! credentials or query strings.

mod queue;

use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use aws_lc_rs::{digest, rand};
use axum::body::Body;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{MatchedPath, RawPathParams, Request};
use axum::middleware::Next;
use http::{Method, Response};
use streamtoken::{ErrorCode, api};
use tracing::Level;
use tracing_subscriber::fmt;

use crate::answer::Refusal;
use queue::Queue;

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// The log of this process. Whoever drops it waits for its last lines, but not for long.
#[must_use = "the last lines are lost when it is dropped at once"]
pub struct Log(Queue);

impl Drop for Log {
    fn drop(&mut self) {
        self.0.flush();
    }
}

/// From now on this process logs to `writer` what is at least as important as `level`; without a level,
/// nothing. What a process logs to is set once: a second call changes nothing.
///
/// A thread of its own writes, so that a writer that nobody reads holds up no request: lines are dropped
/// then, and counted. A writer that fails is no fault of the requests either.
pub fn start(format: LogFormat, level: Option<Level>, writer: impl Write + Send + 'static) -> Log {
    let queue = Queue::to(writer);
    let log = fmt()
        .with_max_level(level.map_or(
            tracing::level_filters::LevelFilter::OFF,
            tracing::level_filters::LevelFilter::from_level,
        ))
        // It would say so on standard error, and panic where that is what cannot be written.
        .log_internal_errors(false)
        .with_writer(queue.clone());
    let set = match format {
        LogFormat::Json => log
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .try_init(),
        LogFormat::Text => log.with_ansi(false).try_init(),
    };
    drop(set);
    Log(queue)
}

/// Logs a fault of ours.
pub fn fault(message: &str) {
    tracing::error!(target: "streamtoken", "{message}");
}

/// Names a token in the log: the first 12 hexadecimal digits of its SHA-256.
pub fn fingerprint(token: &str) -> String {
    hex(&digest::digest(&digest::SHA256, token.as_bytes()).as_ref()[..6])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Names a request: random, and never the caller's own word.
pub(crate) struct RequestId(String);

impl RequestId {
    pub(crate) fn new() -> Self {
        let mut bytes = [0; 16];
        // Without random numbers there is no TLS and no key either; ids are the least of it.
        let _ = rand::fill(&mut bytes);
        Self(hex(&bytes))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the routes know of a request.
#[derive(Debug, Default)]
struct Noted {
    route: Option<String>,
    path: Option<String>,
    account: Option<String>,
    identifier: Option<String>,
    credential: Option<String>,
    token: Option<String>,
}

/// Where routes leave what the log says of a request. It is among the request's extensions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes(Arc<Mutex<Noted>>);

impl Notes {
    /// The request came with the credential of this id.
    pub(crate) fn credential(&self, id: &str) {
        self.noted().credential = Some(id.to_owned());
    }

    /// The request was answered with this token.
    pub(crate) fn token(&self, token: &str) {
        self.noted().token = Some(fingerprint(token));
    }

    /// Of a path, the names in it are left out unless they are what they should be: somebody may have put
    /// a secret into it.
    fn route(&self, route: &str, params: &RawPathParams) {
        let mut noted = self.noted();
        noted.route = Some(route.to_owned());
        for (name, value) in params {
            match name {
                "account_id" if api::account_id(value).is_ok() => {
                    noted.account = Some(value.to_owned());
                }
                "identifier" if api::identifier(value).is_ok() => {
                    noted.identifier = Some(value.to_owned());
                }
                _ => {}
            }
        }
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes the route of a request.
pub(crate) async fn note_route(
    params: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let extensions = request.extensions();
    if let (Some(notes), Some(route), Ok(params)) = (
        extensions.get::<Notes>(),
        extensions.get::<MatchedPath>(),
        params,
    ) {
        notes.route(route.as_str(), &params);
    }
    next.run(request).await
}

/// Notes the path of a request as it came: for an emulator, which has no secrets to keep.
pub(crate) async fn note_path(request: Request, next: Next) -> Response<Body> {
    if let Some(notes) = request.extensions().get::<Notes>() {
        notes.noted().path = Some(request.uri().path().to_owned());
    }
    next.run(request).await
}

/// A request that is under way.
pub(crate) struct Entry {
    method: Method,
    began: Instant,
    notes: Notes,
}

impl Entry {
    pub(crate) fn begin(method: Method, notes: Notes) -> Self {
        Self {
            method,
            began: Instant::now(),
            notes,
        }
    }

    /// Writes the line.
    pub(crate) fn end(self, id: &RequestId, response: &Response<Body>) {
        let noted = self.notes.noted();
        let error = response
            .extensions()
            .get::<Refusal>()
            .map(|refusal| &refusal.0);
        let status = response.status().as_u16();
        let milliseconds = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        macro_rules! line {
            ($level:expr, $detail:expr) => {
                tracing::event!(
                    target: "streamtoken",
                    $level,
                    request = id.as_str(),
                    method = method(&self.method),
                    route = noted.route.as_deref(),
                    path = noted.path.as_deref(),
                    status,
                    code = error.map(|error| error.code().slug()),
                    milliseconds,
                    credential = noted.credential.as_deref(),
                    account = noted.account.as_deref(),
                    identifier = noted.identifier.as_deref(),
                    token = noted.token.as_deref(),
                    detail = $detail,
                    "request"
                )
            };
        }
        if status >= 500 {
            line!(Level::ERROR, error.map(streamtoken::Error::message));
        } else {
            line!(Level::INFO, None::<&str>);
        }
    }
}

/// A method that HTTP knows; any other is the caller's text.
fn method(method: &Method) -> &str {
    const KNOWN: [Method; 9] = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
        Method::CONNECT,
        Method::PATCH,
        Method::TRACE,
    ];
    if KNOWN.contains(method) {
        method.as_str()
    } else {
        "other"
    }
}

/// A request that could not be read.
pub(crate) fn unread(id: &RequestId, code: ErrorCode) {
    tracing::event!(
        target: "streamtoken",
        Level::INFO,
        request = id.as_str(),
        status = code.http_status(),
        code = code.slug(),
        "request"
    );
}
