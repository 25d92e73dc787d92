//! A connection's stream, with the limits that hyper does not have: on the first byte, on the time between
//! requests, on slow readers. And without the empty answers that hyper gives by itself.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::{Limits, Progress};

/// A stream with limits.
pub(super) struct Guarded<S> {
    stream: S,
    limits: Arc<Limits>,
    progress: Progress,
    reading: Pin<Box<Sleep>>,
    /// Runs from the first byte that the reader did not take until it has taken all.
    writing: Option<Pin<Box<Sleep>>>,
    read_expired: bool,
    withheld: bool,
}

impl<S> Guarded<S> {
    pub(super) fn new(stream: S, limits: Arc<Limits>, progress: Progress) -> Self {
        Self {
            stream,
            limits,
            progress,
            reading: Box::pin(sleep_until(Instant::now())),
            writing: None,
            read_expired: false,
            withheld: false,
        }
    }

    /// Whether what was to be read did not come in time.
    pub(super) fn read_expired(&self) -> bool {
        self.read_expired
    }

    /// Whether an answer of hyper's own was withheld, so that one is owed.
    pub(super) fn withheld(&self) -> bool {
        self.withheld
    }

    pub(super) fn into_inner(self) -> S {
        self.stream
    }

    fn poll_reading(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(deadline) = self.progress.deadline(&self.limits) else {
            return Poll::Pending;
        };
        if self.reading.deadline() != deadline {
            self.reading.as_mut().reset(deadline);
        }
        self.reading.as_mut().poll(cx)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut this.stream).poll_read(cx, buffer) {
            if buffer.filled().len() > before {
                this.progress.arrived();
            }
            return Poll::Ready(read);
        }
        ready!(this.poll_reading(cx));
        this.read_expired = true;
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let ours = bytes.len() - hypers_own(bytes);
        if ours == 0 && !bytes.is_empty() {
            this.withheld = true;
            return Poll::Ready(Ok(bytes.len()));
        }
        if let Poll::Ready(written) = Pin::new(&mut this.stream).poll_write(cx, &bytes[..ours]) {
            return Poll::Ready(written);
        }
        let limit = this.limits.answer_timeout;
        let timer = this
            .writing
            .get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + limit)));
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// hyper flushes once it has written everything.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_flush(cx))?;
        this.writing = None;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// How many bytes at the end are an answer of hyper's own: a refusal of a head that cannot be read, without
/// a body. It is the last that hyper writes. All answers of ours have a request id, and no body of ours ends
/// with an empty line.
fn hypers_own(bytes: &[u8]) -> usize {
    if !bytes.ends_with(b"\r\n\r\n") {
        return 0;
    }
    let Some(start) = bytes.windows(7).rposition(|seven| seven == b"HTTP/1.") else {
        return 0;
    };
    let head = String::from_utf8_lossy(&bytes[start..]).to_ascii_lowercase();
    let is_refusal = head.get(8..10).is_some_and(|begin| begin == " 4");
    let is_empty = head.contains("\r\ncontent-length: 0\r\n");
    if is_refusal && is_empty && !head.contains("\r\nx-request-id: ") {
        bytes.len() - start
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::hypers_own;

    #[test]
    fn answers_of_hypers_own_are_told_from_ours() {
        let own = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(hypers_own(own), own.len());
        let ours = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\nx-request-id: 0\r\n\r\n{}";
        assert_eq!(hypers_own(ours), 0);
        assert_eq!(hypers_own(&[&ours[..], own].concat()), own.len());
        for bytes in [
            &b"HTTP/1.1 100 Continue\r\n\r\n"[..],
            b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nx-request-id: 0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            b"\r\n\r\n",
            b"",
        ] {
            assert_eq!(hypers_own(bytes), 0);
        }
    }
}
