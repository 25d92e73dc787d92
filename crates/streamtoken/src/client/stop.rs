//! Ends calls from another thread: the connection that an attempt uses is shut, so that whoever reads from it
//! or writes to it returns.
//!
//! ureq connects, reads and writes on the thread of the call. So what belongs to the attempt of a thread is
//! known there, and a connection is held for it while it is in use, whether it is new or was kept open.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use ureq::unversioned::transport::ShutdownHandle;

/// Ends calls from another thread: [`Stop::stop`] shuts the connection that an attempt uses, no other attempt
/// begins and no pause goes on. An attempt that is still connecting ends within its `connect_timeout`
/// ([`ClientOptions::connect_timeout`](super::ClientOptions::connect_timeout)). The error is
/// [`ErrorCode::ApiAborted`](crate::ErrorCode::ApiAborted); its message tells where what was asked for may have
/// been done all the same.
///
/// In a process that was forked off from the one that made it, it shuts nothing: its connections are the
/// parent's too.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Set while `held` is locked; read without it.
    is_stopped: AtomicBool,
    held: Mutex<Held>,
    process: u32,
}

/// A way to shut a socket from another thread.
type Handle = Weak<dyn ShutdownHandle>;

/// The connections in use, by attempt.
#[derive(Default)]
struct Held {
    connections: HashMap<u64, Handle>,
    attempts: u64,
}

impl Stop {
    /// One that was not used yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the calls that have it in their options.
    pub fn stop(&self) {
        if self.0.is_foreign() {
            self.0.is_stopped.store(true, Ordering::Relaxed);
            return;
        }
        let connections = {
            let mut held = self.0.held();
            self.0.is_stopped.store(true, Ordering::Relaxed);
            std::mem::take(&mut held.connections)
        };
        // Without the lock: ureq writes a line to the log, and who reads that may take locks of its own. None of
        // these connections is used by another call meanwhile, since `let_go` does not let them be kept.
        for connection in connections.values().filter_map(Weak::upgrade) {
            connection.shutdown();
        }
    }

    /// Whether it was used.
    pub fn is_stopped(&self) -> bool {
        self.0.is_stopped.load(Ordering::Relaxed)
    }

    /// Makes an attempt whose connections this one shuts.
    pub(super) fn during<T>(stop: Option<&Self>, attempt: impl FnOnce() -> T) -> T {
        /// Puts the attempt before back, also when this one panics.
        struct Before(Option<Attempt>);
        impl Drop for Before {
            fn drop(&mut self) {
                drop(ATTEMPT.replace(self.0.take()));
            }
        }
        let stop = stop.filter(|stop| !stop.0.is_foreign());
        let _before = Before(ATTEMPT.replace(stop.map(Attempt::new)));
        attempt()
    }
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            is_stopped: AtomicBool::new(false),
            held: Mutex::default(),
            process: process::id(),
        }
    }
}

impl Inner {
    /// Whether this is a fork of the process that made it, where the lock may be held for ever.
    fn is_foreign(&self) -> bool {
        self.process != process::id()
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Held")
            .field(&self.connections.len())
            .finish()
    }
}

thread_local! {
    static ATTEMPT: RefCell<Option<Attempt>> = const { RefCell::new(None) };
}

/// The attempt that this thread makes.
struct Attempt {
    stop: Arc<Inner>,
    number: u64,
}

impl Attempt {
    fn new(stop: &Stop) -> Self {
        let mut held = stop.0.held();
        held.attempts += 1;
        Self {
            stop: Arc::clone(&stop.0),
            number: held.attempts,
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.stop.held().connections.remove(&self.number);
    }
}

/// The socket of a connection, once there is one.
#[derive(Clone, Default)]
pub(super) struct Socket(Arc<Mutex<Option<Handle>>>);

impl Socket {
    /// The socket that was just made. Where several addresses are tried, the last one counts.
    pub(super) fn set(&self, handle: Handle) -> io::Result<()> {
        *self.handle() = Some(handle);
        self.hold()
    }

    /// Holds it for the attempt of this thread, which is about to use it.
    pub(super) fn hold(&self) -> io::Result<()> {
        let handle = self.handle();
        ATTEMPT.with_borrow(|attempt| {
            let (Some(Attempt { stop, number }), Some(handle)) = (attempt, &*handle) else {
                return Ok(());
            };
            let mut held = stop.held();
            if stop.is_stopped.load(Ordering::Relaxed) {
                return Err(stopped());
            }
            held.connections.insert(*number, handle.clone());
            Ok(())
        })
    }

    fn handle(&self) -> MutexGuard<'_, Option<Handle>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets go of the connection that this thread has used. Gives whether it may be kept for other calls: one that
/// was held when its call was stopped is shut, or about to be.
pub(super) fn let_go() -> bool {
    ATTEMPT.with_borrow(|attempt| {
        let Some(Attempt { stop, number }) = attempt else {
            return true;
        };
        let mut held = stop.held();
        held.connections.remove(number);
        !stop.is_stopped.load(Ordering::Relaxed)
    })
}

/// Fails when the call of this thread was stopped.
pub(super) fn check() -> io::Result<()> {
    ATTEMPT.with_borrow(|attempt| match attempt {
        Some(attempt) if attempt.stop.is_stopped.load(Ordering::Relaxed) => Err(stopped()),
        _ => Ok(()),
    })
}

fn stopped() -> io::Error {
    io::Error::other("the call was stopped")
}

#[cfg(test)]
mod tests;
