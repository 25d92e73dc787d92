//! Forks wait for signatures, and signatures for forks.

use std::cell::RefCell;
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

/// Shared by everything that AWS-LC does with a private key, and exclusive while the process forks.
///
/// A signature is blinded with random numbers, whose source AWS-LC seeds under a lock of its own; a child
/// that is forked off while another thread holds it waits for it for ever (seen).
static PRIVATE_OPERATIONS: RwLock<()> = RwLock::new(());

thread_local! {
    static FORKING: RefCell<Option<RwLockWriteGuard<'static, ()>>> = const { RefCell::new(None) };
}

/// Does `operation` while no other thread forks. The thread that forks may sign on its way: other
/// handlers of the fork may want to.
pub(crate) fn held_off<T>(operation: impl FnOnce() -> T) -> T {
    let forking = FORKING.with_borrow(Option::is_some);
    let guard = (!forking).then(|| PRIVATE_OPERATIONS.read());
    let answer = operation();
    drop(guard);
    answer
}

/// Waits for the private-key operations of other threads, and holds off new ones until [`after_fork`].
/// To be called right before a fork by the thread that forks; some milliseconds at most.
pub fn before_fork() {
    FORKING.with_borrow_mut(|forking| {
        forking.get_or_insert_with(|| {
            PRIVATE_OPERATIONS
                .write()
                .unwrap_or_else(PoisonError::into_inner)
        });
    });
}

/// Ends what [`before_fork`] began. To be called after a fork by the thread that forked, in the parent
/// and in the child.
pub fn after_fork() {
    FORKING.take();
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;
    use std::time::Duration;

    use super::{after_fork, before_fork, held_off};

    #[test]
    fn a_fork_and_a_signature_never_overlap() {
        static SIGNED: AtomicBool = AtomicBool::new(false);
        before_fork();
        before_fork();
        assert_eq!(held_off(|| 1), 1, "the thread that forks is not held off");
        thread::scope(|scope| {
            scope.spawn(|| held_off(|| SIGNED.store(true, Ordering::SeqCst)));
            thread::sleep(Duration::from_millis(50));
            assert!(!SIGNED.load(Ordering::SeqCst));
            after_fork();
        });
        assert!(SIGNED.load(Ordering::SeqCst));
        after_fork();
    }
}
