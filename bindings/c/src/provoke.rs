//! Panics on demand, to show that none leaves the library. Not in the header, and not in a library that
//! is shipped.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

static WANTED: AtomicBool = AtomicBool::new(false);
static PROVOKED: AtomicUsize = AtomicUsize::new(0);

/// From now on every function of the library panics inside, until `wanted` is false.
///
/// cbindgen:ignore
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_provoke_panics(wanted: bool) {
    WANTED.store(wanted, Ordering::SeqCst);
}

/// How many panics there were.
///
/// cbindgen:ignore
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_provoked_panics() -> usize {
    PROVOKED.load(Ordering::SeqCst)
}

#[expect(clippy::panic, reason = "this is what it is for")]
pub(crate) fn panic_if_wanted() {
    if WANTED.load(Ordering::SeqCst) {
        PROVOKED.fetch_add(1, Ordering::SeqCst);
        panic!("provoked by a test");
    }
}
