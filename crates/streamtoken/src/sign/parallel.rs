//! Work on all cores, results in order.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Items a worker takes at a time: few enough that the cores end together, and one signature takes so
/// long that the counter costs nothing.
const STRIDE: usize = 4;

/// `f` over all items, on as many threads as there are cores.
pub(super) fn map<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let workers = cores.min(items.len().div_ceil(STRIDE));
    if workers <= 1 {
        return items.iter().map(f).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let start = next.fetch_add(STRIDE, Ordering::Relaxed);
            let Some(rest) = items.get(start..).filter(|rest| !rest.is_empty()) else {
                return done;
            };
            let results = rest.iter().take(STRIDE).map(&f).collect::<Vec<_>>();
            done.push((start, results));
        }
    };
    let mut strides = thread::scope(|scope| {
        // The calling thread is one of the workers.
        // It does the work of those that the system does not give.
        let others: Vec<_> = (1..workers)
            .map_while(|_| thread::Builder::new().spawn_scoped(scope, work).ok())
            .collect();
        let mut strides = work();
        for other in others {
            match other.join() {
                Ok(done) => strides.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        strides
    });
    strides.sort_unstable_by_key(|(start, _)| *start);
    strides
        .into_iter()
        .flat_map(|(_, results)| results)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::map;

    #[test]
    fn results_keep_the_order_of_the_items() {
        for count in [0_usize, 1, 3, 4, 5, 8, 9, 1_000] {
            let items: Vec<_> = (0..count).collect();
            assert_eq!(
                map(&items, |item| item * 2),
                items.iter().map(|item| item * 2).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    #[should_panic(expected = "item 7")]
    fn a_panic_of_a_worker_reaches_the_caller() {
        let items: Vec<_> = (0..100).collect();
        map(&items, |item| assert_ne!(*item, 7, "item 7"));
    }
}
