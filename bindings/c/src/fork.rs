//! A fork waits for the signatures of other threads.

use std::sync::Once;

use streamtoken::host::{after_fork, before_fork};

extern "C" fn before() {
    before_fork();
}

extern "C" fn after() {
    after_fork();
}

/// Makes forks safe from now on; once is enough for the process.
pub(crate) fn watch() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        // SAFETY: the three functions live as long as the library, and touch nothing but a lock.
        let status = unsafe { libc::pthread_atfork(Some(before), Some(after), Some(after)) };
        debug_assert_eq!(status, 0, "no memory for three pointers");
    });
}
