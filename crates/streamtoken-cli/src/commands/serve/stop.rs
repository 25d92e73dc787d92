//! What ends `serve`: signals, and the end of standard input where that counts.

use std::future::pending;
#[cfg(unix)]
use std::future::poll_fn;
#[cfg(unix)]
use std::io;
use std::io::Read as _;
#[cfg(unix)]
use std::task::Poll;
use std::thread;

#[cfg(unix)]
use streamtoken::ErrorCode;
use streamtoken::Result;
use tokio::sync::oneshot;

use crate::input::take_stdin;
#[cfg(unix)]
use crate::signals;

/// What tells the process to stop.
pub(super) struct Stop {
    signals: Signals,
    /// The end of standard input, as long as it may come.
    closed: Option<oneshot::Receiver<()>>,
}

impl Stop {
    /// From now on the signals do not end the process by themselves.
    pub(super) fn new(on_stdin: bool) -> Result<Self> {
        Ok(Self {
            closed: on_stdin.then(stdin_closes).transpose()?,
            signals: Signals::new()?,
        })
    }

    /// Comes with the next signal, or with the end of standard input.
    pub(super) async fn next(&mut self) {
        let closed = async {
            match &mut self.closed {
                Some(closed) => drop(closed.await),
                None => pending().await,
            }
        };
        tokio::select! {
            () = self.signals.next() => return,
            () = closed => {}
        }
        self.closed = None;
    }
}

/// Reads standard input to its end, on a thread that the process does not wait for.
fn stdin_closes() -> Result<oneshot::Receiver<()>> {
    let mut stdin = take_stdin("the sign to end")?;
    let (closes, closed) = oneshot::channel::<()>();
    thread::spawn(move || {
        let mut ignored = [0; 1024];
        while stdin.read(&mut ignored).is_ok_and(|read| read > 0) {}
        drop(closes);
    });
    Ok(closed)
}

/// SIGTERM, SIGINT as Ctrl-C sends it, and SIGHUP.
#[cfg(unix)]
struct Signals(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Signals {
    /// From now on these signals do not end the process by themselves.
    fn new() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut kinds = vec![SignalKind::terminate(), SignalKind::interrupt()];
        // Where nobody can tell, it stays as it is: `nohup` or the like may have set it to be ignored.
        let hangup = SignalKind::hangup();
        if !signals::ignored(hangup.as_raw_value()).unwrap_or(true) {
            kinds.push(hangup);
        }
        let signals = kinds.into_iter().map(signal).collect::<io::Result<_>>();
        signals.map(Self).map_err(|_| ErrorCode::Internal.into())
    }

    /// Comes with the next one.
    async fn next(&mut self) {
        poll_fn(|context| {
            let mut signals = self.0.iter_mut();
            if signals.any(|signal| signal.poll_recv(context).is_ready()) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Result<Self> {
        Ok(Self)
    }

    /// Comes with the next one.
    async fn next(&mut self) {
        drop(tokio::signal::ctrl_c().await);
    }
}
