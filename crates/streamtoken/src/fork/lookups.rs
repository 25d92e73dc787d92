//! Lookups of names, for which a fork waits a little.
//!
//! glibc takes the lock of its resolver, for an instant each, as a lookup begins and ends and as the thread of it
//! ends; while it waits for the network it holds none. So a fork waits for those alone that began a moment before:
//! nearly all end in it. A child that is forked off at the very instant in which a slower one ends may still hang.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long after its begin a fork waits for a lookup. All threads of Python stop while one of them forks.
const PATIENCE: Duration = Duration::from_millis(250);
const PAUSE: Duration = Duration::from_micros(100);

/// Those of this process.
pub(super) static LOOKUPS: Lookups = Lookups::new();

/// Lookups that began a moment ago.
pub(super) struct Lookups(Mutex<Vec<Begun>>);

/// While this lives, no lookup begins.
pub(super) type NoNewLookups = MutexGuard<'static, Vec<Begun>>;

pub(super) struct Begun {
    at: Instant,
    is_over: Arc<AtomicBool>,
}

/// A lookup that is under way.
pub(crate) struct Lookup {
    is_over: Arc<AtomicBool>,
}

impl Lookups {
    const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    fn begin(&'static self) -> Lookup {
        let is_over = Arc::default();
        let mut begun = self.lock();
        begun.retain(Begun::counts);
        begun.push(Begun {
            at: Instant::now(),
            is_over: Arc::clone(&is_over),
        });
        Lookup { is_over }
    }

    /// Waits until those that began a moment ago are over.
    pub(super) fn wait(&'static self) -> NoNewLookups {
        let begun = self.lock();
        while begun.iter().any(Begun::counts) {
            thread::sleep(PAUSE);
        }
        begun
    }

    fn lock(&'static self) -> NoNewLookups {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Begun {
    fn counts(&self) -> bool {
        !self.is_over.load(Ordering::Acquire) && self.at.elapsed() < PATIENCE
    }
}

impl Lookup {
    /// Waits for a fork. Not to be called where the thread that forks waits for this one.
    #[cfg(feature = "client")]
    pub(crate) fn begin() -> Self {
        LOOKUPS.begin()
    }

    /// To be called when the thread of the lookup has ended. One that never is counts for [`PATIENCE`].
    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;
    use std::time::{Duration, Instant};

    use super::{Lookups, PATIENCE};

    #[test]
    fn a_fork_waits_for_a_lookup_that_has_just_begun() {
        static SOME: Lookups = Lookups::new();
        static IS_OVER: AtomicBool = AtomicBool::new(false);
        let lookup = SOME.begin();
        // As if it began in an hour: nothing but its end ends the wait.
        SOME.lock()[0].at = Instant::now() + Duration::from_secs(3600);
        thread::scope(|scope| {
            scope.spawn(move || {
                thread::sleep(Duration::from_millis(20));
                IS_OVER.store(true, Ordering::SeqCst);
                lookup.end();
            });
            drop(SOME.wait());
            assert!(IS_OVER.load(Ordering::SeqCst));
        });
    }

    #[test]
    fn a_fork_does_not_wait_for_the_network() {
        static SOME: Lookups = Lookups::new();
        drop(SOME.begin());
        let begun = SOME.wait();
        assert!(
            begun[0].at.elapsed() >= PATIENCE,
            "left behind, and no less"
        );
        drop(begun);
        SOME.begin().end();
        assert_eq!(SOME.wait().len(), 1, "the slow one is forgotten");
    }

    #[test]
    fn a_lookup_waits_for_a_fork() {
        static SOME: Lookups = Lookups::new();
        static HAS_BEGUN: AtomicBool = AtomicBool::new(false);
        let fork = SOME.wait();
        thread::scope(|scope| {
            scope.spawn(|| {
                SOME.begin();
                HAS_BEGUN.store(true, Ordering::SeqCst);
            });
            thread::sleep(Duration::from_millis(50));
            assert!(!HAS_BEGUN.load(Ordering::SeqCst));
            drop(fork);
        });
        assert!(HAS_BEGUN.load(Ordering::SeqCst));
    }
}
