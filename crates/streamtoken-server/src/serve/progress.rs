//! How far a connection is: shared by its stream, which sees bytes, and its service, which sees requests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::Limits;

/// What a connection is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Its first byte.
    Opened,
    /// The rest of a request's head.
    Head,
    /// A request is worked on, or its answer is on the way.
    Busy,
    /// The next request.
    Idle,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    since: Instant,
    /// Whether a body was left unread.
    left_body: bool,
}

/// How far a connection is.
#[derive(Debug, Clone)]
pub(super) struct Progress(Arc<Mutex<State>>);

impl Progress {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            phase: Phase::Opened,
            since: Instant::now(),
            left_body: false,
        })))
    }

    /// Bytes came. They begin a request unless one is under way.
    pub(super) fn arrived(&self) {
        let mut state = self.state();
        if matches!(state.phase, Phase::Opened | Phase::Idle) {
            state.enter(Phase::Head);
        }
    }

    /// A request's head is complete.
    pub(super) fn requested(&self) {
        self.state().enter(Phase::Busy);
    }

    /// A request's answer is complete, or was given up.
    pub(super) fn answered(&self) {
        self.state().enter(Phase::Idle);
    }

    /// A request's body was not read to its end.
    pub(super) fn left_body(&self) {
        self.state().left_body = true;
    }

    /// Whether bytes may wait that nobody will read.
    pub(super) fn has_left_body(&self) -> bool {
        self.state().left_body
    }

    /// Whether a request is worked on, so that an answer is under way already.
    pub(super) fn is_busy(&self) -> bool {
        self.state().phase == Phase::Busy
    }

    /// Until when the next bytes must have come.
    pub(super) fn deadline(&self, limits: &Limits) -> Option<Instant> {
        let state = self.state();
        let limit = match state.phase {
            Phase::Opened => limits.first_byte_timeout,
            Phase::Head => limits.head_timeout,
            Phase::Idle => limits.idle_timeout,
            // The body has a limit of its own.
            Phase::Busy => return None,
        };
        Some(state.since + limit)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn enter(&mut self, phase: Phase) {
        (self.phase, self.since) = (phase, Instant::now());
    }
}
