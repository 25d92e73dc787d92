//! Work that starts threads.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

/// Runs `work` in a thread of its own. Whoever starts threads in Rust leaves a note about itself behind,
/// which goes when it ends; the main thread of a C program only ends with the program, and valgrind would
/// call the note lost.
pub(crate) fn aside<T: Send + 'static>(work: impl Fn() -> T + Send + Sync + 'static) -> T {
    let work = Arc::new(work);
    let elsewhere = Arc::clone(&work);
    match thread::Builder::new().spawn(move || elsewhere()) {
        Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
        // The system gives no thread.
        Err(_) => work(),
    }
}
