//! Lookups of names, for which a fork waits a little.
//!
//! glibc takes the lock of its resolver, for an instant each, as a lookup begins and ends and as the thread of it
//! ends; while it waits for the network it holds none. So a fork need not wait until every lookup is over.

use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::is_forking;

/// A lookup that takes longer waits for the network.
const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_micros(100);

/// Those of this process.
pub(super) static LOOKUPS: Lookups = Lookups::new();

/// The lookups that are under way.
pub(super) struct Lookups {
    count: AtomicUsize,
    /// When the last one began. Whoever has it locked holds off the next.
    last: Mutex<Option<Instant>>,
}

/// While this lives, no lookup begins but those of its own thread.
pub(super) type NoLookups = MutexGuard<'static, Option<Instant>>;

impl Lookups {
    const fn new() -> Self {
        Self {
            count: AtomicUsize::new(0),
            last: Mutex::new(None),
        }
    }

    fn begin(&'static self, process: u32) -> Lookup {
        let mut last = (!is_forking()).then(|| self.lock());
        self.count.fetch_add(1, Ordering::SeqCst);
        if let Some(last) = &mut last {
            **last = Some(Instant::now());
        }
        Lookup {
            among: self,
            process,
        }
    }

    /// Waits until no lookup is under way, or all that are have been for [`PATIENCE`].
    pub(super) fn wait(&'static self) -> NoLookups {
        let last = self.lock();
        let is_recent = || last.is_some_and(|last| last.elapsed() < PATIENCE);
        while self.count.load(Ordering::SeqCst) > 0 && is_recent() {
            thread::sleep(PAUSE);
        }
        last
    }

    fn lock(&'static self) -> NoLookups {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// In a child: the threads that look up names are the parent's.
    pub(super) fn forget(&self) {
        self.count.store(0, Ordering::SeqCst);
    }
}

/// A lookup that is under way until this is dropped.
pub(crate) struct Lookup {
    among: &'static Lookups,
    process: u32,
}

impl Lookup {
    /// Waits for a fork that another thread is at.
    pub(crate) fn begin() -> Self {
        LOOKUPS.begin(process::id())
    }
}

impl Drop for Lookup {
    /// In a child it was forgotten: a handler of signals may fork in the midst of a call.
    fn drop(&mut self) {
        if self.process == process::id() {
            self.among.count.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;
    use std::time::{Duration, Instant};

    use super::super::{after_fork, before_fork};
    use super::{Lookup, Lookups, PATIENCE};

    #[test]
    fn a_fork_waits_for_a_lookup() {
        static SOME: Lookups = Lookups::new();
        static IS_OVER: AtomicBool = AtomicBool::new(false);
        let lookup = SOME.begin(process::id());
        // As if it had begun in an hour: nothing but its end ends the wait.
        *SOME.last.lock().unwrap() = Some(Instant::now() + Duration::from_secs(3600));
        thread::scope(|scope| {
            scope.spawn(move || {
                thread::sleep(Duration::from_millis(20));
                IS_OVER.store(true, Ordering::SeqCst);
                drop(lookup);
            });
            drop(SOME.wait());
            assert!(IS_OVER.load(Ordering::SeqCst));
        });
    }

    #[test]
    fn a_fork_does_not_wait_for_the_network() {
        static SOME: Lookups = Lookups::new();
        let _lookup = SOME.begin(process::id());
        drop(SOME.wait());
        let last = SOME.last.lock().unwrap().unwrap();
        assert!(last.elapsed() >= PATIENCE);
    }

    #[test]
    fn a_lookup_waits_for_a_fork() {
        static HAS_BEGUN: AtomicBool = AtomicBool::new(false);
        before_fork();
        thread::scope(|scope| {
            scope.spawn(|| {
                let _lookup = Lookup::begin();
                HAS_BEGUN.store(true, Ordering::SeqCst);
            });
            thread::sleep(Duration::from_millis(50));
            let has_begun = HAS_BEGUN.load(Ordering::SeqCst);
            after_fork();
            assert!(!has_begun);
        });
        assert!(HAS_BEGUN.load(Ordering::SeqCst));
    }

    #[test]
    fn a_child_has_none_of_its_parents() {
        static SOME: Lookups = Lookups::new();
        let parents = SOME.begin(process::id() + 1);
        SOME.forget();
        let own = SOME.begin(process::id());
        drop(parents);
        assert_eq!(SOME.count.load(Ordering::SeqCst), 1);
        drop(own);
        assert_eq!(SOME.count.load(Ordering::SeqCst), 0);
    }
}
