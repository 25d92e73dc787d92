//! A fork waits for the signatures, handshakes and lookups of names of other threads, and for threads that end.

use std::ffi::c_int;
use std::sync::atomic::{AtomicBool, Ordering};

use streamtoken::host;

// `aws-lc-rs` has no names for these. With another version of AWS-LC the library does not load.
unsafe extern "C" {
    /// Makes what AWS-LC keeps of the errors of this thread, which nobody reads.
    #[link_name = "aws_lc_0_47_0_ERR_clear_error"]
    safe fn make();
    /// Frees what AWS-LC keeps for this thread. Where it is used once more, that is made anew.
    #[link_name = "aws_lc_0_47_0_AWSLC_thread_local_clear"]
    safe fn clear() -> c_int;
}

/// Makes forks safe from now on; once is enough for the process.
pub(crate) extern "C" fn watch() {
    // Not `Once`: a child that is forked off meanwhile would wait for the thread that is at it.
    static IS_WATCHED: AtomicBool = AtomicBool::new(false);
    if IS_WATCHED.load(Ordering::Relaxed) {
        return;
    }
    host::watch_threads(|| make(), || _ = clear());
    let (before, after): (Handler, Handler) = (host::before_fork, host::after_fork);
    // SAFETY: the functions live as long as the library, and touch nothing but locks. To register them twice
    // does no harm.
    let status = unsafe { libc::pthread_atfork(Some(before), Some(after), Some(after)) };
    IS_WATCHED.store(status == 0, Ordering::Relaxed);
}

type Handler = unsafe extern "C" fn();

/// When the library is loaded, before the program has registered handlers of its own. In a static library this
/// may be left out; then it is done at the first call.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
#[used]
// SAFETY: the section holds pointers to such functions.
#[unsafe(link_section = ".init_array")]
static AT_LOAD: Handler = watch;
