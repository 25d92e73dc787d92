//! Panics on demand, to show that none leaves the library. Not in the header, and not in a library that
//! is shipped.

use std::sync::atomic::{AtomicBool, Ordering};

static WANTED: AtomicBool = AtomicBool::new(false);

/// From now on every function of the library panics inside, until `wanted` is false.
///
/// cbindgen:ignore
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_provoke_panics(wanted: bool) {
    WANTED.store(wanted, Ordering::SeqCst);
}

#[expect(clippy::panic, reason = "this is what it is for")]
pub(crate) fn panic_if_wanted() {
    if WANTED.load(Ordering::SeqCst) {
        panic!("provoked by a test");
    }
}
