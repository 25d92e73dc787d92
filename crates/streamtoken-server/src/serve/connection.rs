//! One connection, from its first byte to its end.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::IntoResponse as _;
use http_body_util::BodyExt as _;
use hyper::server::conn::http1::{Builder, Connection};
use hyper_util::rt::{TokioIo, TokioTimer};
use streamtoken::ErrorCode;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::watch;
use tokio::time::timeout;

use super::front::Front;
use super::guarded::Guarded;
use super::{Limits, Progress};
use crate::answer::Refusal;
use crate::log::{self, RequestId};

/// Serves the requests of one connection.
pub(super) async fn run<S>(
    stream: S,
    routes: Router,
    limits: Arc<Limits>,
    mut stopping: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let progress = Progress::new();
    let front = Front {
        routes,
        limits: Arc::clone(&limits),
        progress: progress.clone(),
        stopping: stopping.clone(),
    };
    let guarded = Guarded::new(stream, Arc::clone(&limits), progress.clone());
    let mut connection = builder(&limits).serve_connection(TokioIo::new(guarded), front);
    let ended = tokio::select! {
        outcome = poll_fn(|cx| connection.poll_without_shutdown(cx)) => Some(outcome),
        () = stopped(&mut stopping) => None,
    };
    let outcome = match ended {
        Some(outcome) => outcome,
        None => {
            // Closes it at once unless a request was begun.
            Pin::new(&mut connection).graceful_shutdown();
            poll_fn(|cx| connection.poll_without_shutdown(cx)).await
        }
    };
    drop(timeout(FAREWELL, end(connection, outcome, &progress)).await);
}

pub(super) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    drop(stopping.wait_for(|stopping| *stopping).await);
}

fn builder(limits: &Limits) -> Builder {
    let mut builder = Builder::new();
    builder
        .timer(TokioTimer::new())
        // The stream has the limits on time. This one is for what the stream takes for a pause: a request
        // that was begun before the answer to the one before it was complete. It also makes hyper read again
        // after an answer, which starts the stream's limits.
        .header_read_timeout(limits.idle_timeout + limits.head_timeout)
        .max_headers(limits.max_headers)
        .max_header_size(limits.max_head);
    builder
}

/// Says why the connection ends where hyper does not, and closes it so that the reader gets to see it.
async fn end<S>(
    connection: Connection<TokioIo<Guarded<S>>, Front>,
    outcome: hyper::Result<()>,
    progress: &Progress,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let parts = connection.into_parts();
    let guarded = parts.io.into_inner();
    let error = outcome.err();
    let refusal = refusal(
        &guarded,
        error.as_ref(),
        !parts.read_buf.is_empty(),
        progress,
    );
    let mut stream = guarded.into_inner();
    if let Some(code) = refusal {
        let answer = raw(code).await;
        if stream.write_all(&answer).await.is_err() {
            return;
        }
    }
    if stream.shutdown().await.is_ok() && (refusal.is_some() || progress.has_left_body()) {
        // Closing with bytes unread resets the connection, and the answer is lost on the way.
        let mut rest = stream.take(MOST_IGNORED);
        drop(tokio::io::copy(&mut rest, &mut tokio::io::sink()).await);
    }
}

/// The answer that is still owed. A request that is worked on has its own.
fn refusal<S>(
    guarded: &Guarded<S>,
    error: Option<&hyper::Error>,
    is_begun: bool,
    progress: &Progress,
) -> Option<ErrorCode> {
    if guarded.read_expired() || error.is_some_and(hyper::Error::is_timeout) {
        return (is_begun && !progress.is_busy()).then_some(ErrorCode::RequestTimeout);
    }
    let error = error.filter(|_| guarded.withheld() || !progress.is_busy())?;
    if error.is_parse_too_large() {
        Some(ErrorCode::HeadersTooLarge)
    } else if error.is_parse() || error.is_parse_version_h2() || error.is_incomplete_message() {
        Some(ErrorCode::RequestMalformed)
    } else {
        None
    }
}

/// A refusal as bytes.
async fn raw(code: ErrorCode) -> Vec<u8> {
    let id = RequestId::new();
    log::unread(&id, code);
    let (head, body) = Refusal::from(code).into_response().into_parts();
    let body = body
        .collect()
        .await
        .map_or_else(|_| Vec::new(), |body| body.to_bytes().to_vec());
    let mut answer = format!("HTTP/1.1 {}\r\n", head.status).into_bytes();
    for (name, value) in &head.headers {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            answer.extend_from_slice(part);
        }
    }
    let rest = format!(
        "x-request-id: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        id.as_str(),
        body.len()
    );
    answer.extend_from_slice(rest.as_bytes());
    answer.extend_from_slice(&body);
    answer
}

/// How long the end of a connection may take.
const FAREWELL: Duration = Duration::from_secs(2);
/// Most bytes that are read to be ignored.
const MOST_IGNORED: u64 = 1 << 20;
