//! Forks wait for what other threads do under locks of the whole process, and that waits for forks.
//!
//! AWS-LC has such locks around the seed of its random numbers, which blind signatures, and around what it keeps
//! for each thread; the system's resolver has one around its settings. A child that is forked off while another
//! thread holds one waits for it for ever (seen with all three).

#[cfg_attr(
    not(any(feature = "client", test)),
    expect(dead_code, reason = "only the client looks up names")
)]
mod lookups;

use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::sync::{OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

#[cfg(feature = "client")]
pub(crate) use lookups::Lookup;

/// Shared by everything that is done under such a lock, and exclusive while the process forks.
static OPERATIONS: RwLock<()> = RwLock::new(());

static THREADS: OnceLock<Threads> = OnceLock::new();

/// What AWS-LC does with what it keeps for a thread. These are functions of C, which this crate does not call.
struct Threads {
    make: fn(),
    clear: fn(),
}

thread_local! {
    /// Nothing of it is dropped, so that it is there for a fork at the very end of a thread or process, too.
    static FORKING: RefCell<Option<ManuallyDrop<Forking>>> = const { RefCell::new(None) };
    static THREAD: Thread = Thread::new();
}

/// The fork that a thread is about to do, or has just done.
struct Forking {
    _no_operations: RwLockWriteGuard<'static, ()>,
    _no_new_lookups: lookups::NoNewLookups,
}

impl Forking {
    fn begin() -> Self {
        // May take longer, and signatures go on meanwhile.
        let no_new_lookups = lookups::LOOKUPS.wait();
        Self {
            _no_operations: OPERATIONS.write().unwrap_or_else(PoisonError::into_inner),
            _no_new_lookups: no_new_lookups,
        }
    }
}

/// A thread that uses AWS-LC.
struct Thread;

impl Thread {
    fn new() -> Self {
        if let Some(threads) = THREADS.get() {
            shared(threads.make);
        }
        Self
    }
}

impl Drop for Thread {
    /// Left to AWS-LC, this would be done by a destructor that runs later, beside any fork.
    fn drop(&mut self) {
        if let Some(threads) = THREADS.get() {
            shared(threads.clear);
        }
    }
}

/// Does `operation`, which may take a lock of AWS-LC, while no other thread forks. The thread that forks may sign
/// on its way: other handlers of the fork may want to.
pub(crate) fn held_off<T>(operation: impl FnOnce() -> T) -> T {
    watched();
    shared(operation)
}

/// To be called by a thread before it uses AWS-LC in ways that take no lock, but may fail: for its errors
/// AWS-LC keeps something for the thread, too.
pub(crate) fn watched() {
    // A thread that is ending may use AWS-LC after all, in a destructor: then this is over.
    let _ended = THREAD.try_with(|_| ());
}

fn shared<T>(operation: impl FnOnce() -> T) -> T {
    let guard = read();
    let answer = operation();
    drop(guard);
    answer
}

fn read() -> Option<RwLockReadGuard<'static, ()>> {
    let lock = || OPERATIONS.read().unwrap_or_else(PoisonError::into_inner);
    (!is_forking()).then(lock)
}

/// Whether this thread does: what it waits for must not wait for the fork.
pub(crate) fn is_forking() -> bool {
    FORKING.with_borrow(Option::is_some)
}

/// Tells what AWS-LC does with what it keeps for a thread: `make` is called before a thread uses it for the first
/// time, and makes what would be made later beside forks; `clear` at the thread's end. To be called once, before
/// the process forks for the first time.
pub fn watch_threads(make: fn(), clear: fn()) {
    THREADS.get_or_init(|| Threads { make, clear });
}

/// Waits for the operations of other threads, some milliseconds at most, and for their lookups of names, a quarter
/// of a second at most; holds off new ones until [`after_fork`]. For `pthread_atfork`: called by the thread that
/// forks, right before. What is registered first comes last before a fork: so it is to be registered as early as can
/// be, or it waits for a thread that signs and itself waits for what another handler has locked already.
pub extern "C" fn before_fork() {
    if !is_forking() {
        FORKING.set(Some(ManuallyDrop::new(Forking::begin())));
    }
}

/// Ends what [`before_fork`] began. Called after a fork by the thread that forked, in the parent and in the child.
pub extern "C" fn after_fork() {
    drop(FORKING.take().map(ManuallyDrop::into_inner));
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::{after_fork, before_fork, held_off, watch_threads};

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

    #[test]
    fn a_fork_and_the_end_of_a_thread_never_overlap() {
        static MADE: AtomicU32 = AtomicU32::new(0);
        static CLEARED: AtomicU32 = AtomicU32::new(0);
        thread_local! {
            static IS_COUNTED: Cell<bool> = const { Cell::new(false) };
        }
        // Threads of other tests end meanwhile.
        watch_threads(
            || _ = MADE.fetch_add(u32::from(IS_COUNTED.get()), Ordering::SeqCst),
            || _ = CLEARED.fetch_add(u32::from(IS_COUNTED.get()), Ordering::SeqCst),
        );
        let (go, gone) = mpsc::channel::<()>();
        let (done, did) = mpsc::channel();
        let ending = thread::spawn(move || {
            IS_COUNTED.set(true);
            let made = held_off(|| MADE.load(Ordering::SeqCst));
            held_off(|| done.send(made)).unwrap();
            gone.recv().unwrap();
        });
        assert_eq!(did.recv(), Ok(1), "made once, before it is used");
        before_fork();
        go.send(()).unwrap();
        thread::sleep(Duration::from_millis(50));
        let cleared = CLEARED.load(Ordering::SeqCst);
        after_fork();
        ending.join().unwrap();
        assert_eq!((cleared, CLEARED.load(Ordering::SeqCst)), (0, 1));
        assert_eq!(MADE.load(Ordering::SeqCst), 1);
    }
}
