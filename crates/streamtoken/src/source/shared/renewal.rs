//! One renewal, for all who wait for it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, ThreadId};

use crate::{Error, ErrorCode, Result, Token};

/// A renewal under way.
#[derive(Default)]
pub(super) struct Renewal {
    outcome: Mutex<Option<Result<Arc<Token>>>>,
    ended: Condvar,
    by: OnceLock<ThreadId>,
}

impl Renewal {
    /// Does the work of the renewal on this thread, which must not wait for itself: what the client calls on
    /// its way may ask the source.
    pub(super) fn by_this_thread<T>(&self, work: impl FnOnce() -> T) -> T {
        self.by.get_or_init(|| thread::current().id());
        work()
    }

    pub(super) fn end(&self, outcome: Result<Arc<Token>>) {
        *self.outcome() = Some(outcome);
        self.ended.notify_all();
    }

    pub(super) fn wait(&self) -> Result<Arc<Token>> {
        let mut outcome = self.outcome();
        loop {
            if let Some(outcome) = &*outcome {
                return outcome.clone();
            }
            if self.by.get() == Some(&thread::current().id()) {
                let message = "a token is wanted by what is called to renew it";
                return Err(Error::new(ErrorCode::Internal, message));
            }
            outcome = self
                .ended
                .wait(outcome)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn outcome(&self) -> MutexGuard<'_, Option<Result<Arc<Token>>>> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
