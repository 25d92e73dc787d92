//! Work on all cores, results in order.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// Items a worker takes at a time: few enough that the cores end together, and one signature takes so
/// long that the counter costs nothing.
const STRIDE: usize = 4;

/// `f` over all items, on as many threads as there are cores.
pub(super) fn map<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync) -> Vec<R> {
    map_until(items, &AtomicBool::new(false), f).unwrap_or_default()
}

/// As [`map`]; `None` when `stop` was set before `f` was begun on the last item.
pub(super) fn map_until<T: Sync, R: Send>(
    items: &[T],
    stop: &AtomicBool,
    f: impl Fn(&T) -> R + Sync,
) -> Option<Vec<R>> {
    let f = |item: &T| (!stop.load(Ordering::Relaxed)).then(|| f(item));
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
            let Some(results) = rest.iter().take(STRIDE).map(&f).collect::<Option<Vec<_>>>() else {
                return done;
            };
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
    let results: Vec<_> = strides.into_iter().flat_map(|(_, done)| done).collect();
    (results.len() == items.len()).then_some(results)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use super::{map, map_until};

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
    fn a_stop_ends_the_work_between_two_items() {
        for count in [1_usize, 2, 1_000] {
            let items: Vec<_> = (0..count).collect();
            let (stop, begun) = (AtomicBool::new(false), AtomicUsize::new(0));
            let work = |item: &usize| {
                begun.fetch_add(1, Ordering::Relaxed);
                stop.store(*item == 0, Ordering::Relaxed);
            };
            let done = map_until(&items, &stop, work);
            // Set while the last item was worked on, it comes too late to be heeded.
            assert_eq!(done.is_some(), count == 1 || begun.into_inner() == count);
            stop.store(true, Ordering::Relaxed);
            assert_eq!(map_until(&items, &stop, |item| *item), None);
        }
    }

    #[test]
    #[should_panic(expected = "item 7")]
    fn a_panic_of_a_worker_reaches_the_caller() {
        let items: Vec<_> = (0..100).collect();
        map(&items, |item| assert_ne!(*item, 7, "item 7"));
    }
}
