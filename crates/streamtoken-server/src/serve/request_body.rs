//! The body of a request, with limits on its length and on its time.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::BoxError;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use streamtoken::{Error, ErrorCode};
use tokio::time::{Instant, Sleep, sleep_until};

use super::{Limits, Progress};

/// Why a body was not read to its end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum BodyFault {
    /// It has more bytes than these.
    TooLarge(usize),
    /// It did not come in time.
    TooSlow,
}

impl BodyFault {
    /// The fault behind an error of a body, however it is wrapped.
    pub(crate) fn behind(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        std::iter::successors(Some(error), |error| error.source())
            .find_map(|error| error.downcast_ref().copied())
    }
}

impl From<BodyFault> for Error {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::TooLarge(limit) => Self::new(
                ErrorCode::BodyTooLarge,
                format!("the body is above {limit} bytes"),
            ),
            BodyFault::TooSlow => ErrorCode::RequestTimeout.into(),
        }
    }
}

impl fmt::Display for BodyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge(_) => "the body is too large",
            Self::TooSlow => "the body is too slow",
        })
    }
}

impl std::error::Error for BodyFault {}

/// A body with limits.
pub(super) struct RequestBody {
    incoming: Incoming,
    left: usize,
    limit: usize,
    deadline: Pin<Box<Sleep>>,
    progress: Progress,
    ended: bool,
}

impl RequestBody {
    pub(super) fn new(incoming: Incoming, limits: &Limits, progress: Progress) -> Self {
        Self {
            incoming,
            left: limits.max_body,
            limit: limits.max_body,
            deadline: Box::pin(sleep_until(Instant::now() + limits.body_timeout)),
            progress,
            ended: false,
        }
    }

    /// Takes a frame from what the body may still have.
    fn admit(&mut self, frame: Frame<Bytes>) -> Result<Frame<Bytes>, BoxError> {
        let length = frame.data_ref().map_or(0, Bytes::len);
        self.left = self
            .left
            .checked_sub(length)
            .ok_or(BodyFault::TooLarge(self.limit))?;
        Ok(frame)
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        // Before anything is read: whoever asked by `Expect` whether to send it is told not to.
        if this.incoming.size_hint().lower() > this.left as u64 {
            return Poll::Ready(Some(Err(BodyFault::TooLarge(this.limit).into())));
        }
        match Pin::new(&mut this.incoming).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => Poll::Ready(Some(this.admit(frame))),
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => {
                this.ended = true;
                Poll::Ready(None)
            }
            Poll::Pending => this
                .deadline
                .as_mut()
                .poll(cx)
                .map(|()| Some(Err(BodyFault::TooSlow.into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        if !self.ended && !self.incoming.is_end_stream() {
            self.progress.left_body();
        }
    }
}
