//! A fork waits for the signatures of other threads, and for threads that end.

use std::sync::Once;

use streamtoken::host::{self, after_fork, before_fork, watch_threads};

extern "C" fn before() {
    before_fork();
}

extern "C" fn after() {
    after_fork();
}

fn make() {
    // SAFETY: it touches nothing but the errors of this thread, which nobody reads.
    unsafe { host::ERR_clear_error() }
}

fn clear() {
    // SAFETY: what it frees is of this thread alone, and made anew where AWS-LC is used once more.
    unsafe { host::AWSLC_thread_local_clear() };
}

/// Makes forks safe from now on; once is enough for the process.
pub(crate) fn watch() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        watch_threads(make, clear);
        // SAFETY: the three functions live as long as the library, and touch nothing but a lock.
        let status = unsafe { libc::pthread_atfork(Some(before), Some(after), Some(after)) };
        debug_assert_eq!(status, 0, "no memory for three pointers");
    });
}
