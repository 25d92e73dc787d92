//! The lookup of a name, within a time limit and beside forks.

use std::convert::Infallible;
use std::panic;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

use http::Uri;
use ureq::Error;
use ureq::config::Config;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{NextTimeout, time};

use super::phase::{self, Phase, cut};
use crate::fork::{Lookup, is_forking};

/// A resolver, watched: what it fails with is sometimes of the kind that a broken connection has.
#[derive(Debug)]
pub(super) struct Names<R>(pub(super) R);

impl<R: Resolver> Resolver for Names<R> {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let before = phase::enter(Phase::Connecting);
        let addresses = self.0.resolve(uri, config, cut(timeout)?)?;
        phase::enter(before);
        Ok(addresses)
    }
}

/// The system's resolver, on a thread that is left behind when the time is over. So does ureq's own, which does not
/// wait for the thread's end even when the name is found.
#[derive(Debug)]
pub(super) struct System;

impl Resolver for System {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let (uri, config) = (uri.clone(), config.clone());
        let endless = NextTimeout {
            after: time::Duration::NotHappening,
            ..timeout
        };
        let ask = move || DefaultResolver::default().resolve(&uri, &config, endless);
        look_up(ask, timeout)?
    }
}

/// What `ask` answers on a thread of its own.
fn look_up<T: Send + 'static>(
    ask: impl FnOnce() -> T + Send + 'static,
    timeout: NextTimeout,
) -> Result<T, Error> {
    let (running, ended) = mpsc::channel::<Infallible>();
    let is_forking = is_forking();
    let thread = thread::Builder::new().spawn(move || {
        let _running = running;
        let lookup = (!is_forking).then(Lookup::begin);
        (ask(), lookup)
    })?;
    if ended.recv_timeout(*timeout.after) == Err(RecvTimeoutError::Timeout) {
        return Err(Error::Timeout(timeout.reason));
    }
    let ended = thread.join();
    let (answer, lookup) = ended.unwrap_or_else(|fault| panic::resume_unwind(fault));
    if let Some(lookup) = lookup {
        lookup.end();
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use http::Uri;
    use ureq::config::Config;
    use ureq::unversioned::resolver::Resolver;
    use ureq::unversioned::transport::NextTimeout;
    use ureq::{Error, Timeout};

    use super::{System, look_up};
    use crate::host::{after_fork, before_fork};

    const MINUTE: Duration = Duration::from_secs(60);

    fn within(limit: Duration) -> NextTimeout {
        NextTimeout {
            after: limit.into(),
            reason: Timeout::Connect,
            ..NextTimeout::default()
        }
    }

    fn resolve(url: &'static str) -> Result<Vec<String>, Error> {
        let url = Uri::from_static(url);
        let found = System.resolve(&url, &Config::default(), within(MINUTE))?;
        Ok(found.iter().map(ToString::to_string).collect())
    }

    fn is_over<T>(answer: &Result<T, Error>) -> bool {
        matches!(answer, Err(Error::Timeout(Timeout::Connect)))
    }

    #[test]
    fn a_name_has_addresses_or_is_not_found() {
        let here = resolve("https://localhost/").unwrap();
        let has_port = |address: &String| address.ends_with(":443");
        assert!(!here.is_empty() && here.iter().all(has_port), "{here:?}");
        assert_eq!(resolve("http://[::1]:7/").unwrap(), ["[::1]:7"]);
        let none = resolve("http://empty..label/").unwrap_err().to_string();
        assert!(none.contains("failed to lookup address"), "{none}");
    }

    #[test]
    fn what_takes_too_long_is_left_behind() {
        let (answer, answered) = mpsc::channel::<()>();
        let over = look_up(move || answered.recv(), within(Duration::from_millis(1)));
        assert!(is_over(&over));
        drop(answer);
    }

    #[test]
    fn what_is_answered_is_over_to_the_end_of_its_thread() {
        static HAS_ENDED: AtomicBool = AtomicBool::new(false);
        struct AtEnd;
        impl Drop for AtEnd {
            fn drop(&mut self) {
                thread::sleep(Duration::from_millis(20));
                HAS_ENDED.store(true, Ordering::SeqCst);
            }
        }
        thread_local!(static AT_END: AtEnd = const { AtEnd });
        look_up(|| AT_END.with(|_| ()), within(MINUTE)).unwrap();
        assert!(HAS_ENDED.load(Ordering::SeqCst));
    }

    #[test]
    fn a_fault_stays_one() {
        let ask = || look_up(|| panic!("as asked"), within(MINUTE)).map(|()| 7);
        let fault = catch_unwind(ask).unwrap_err();
        assert_eq!(fault.downcast_ref(), Some(&"as asked"));
    }

    #[test]
    fn to_wait_for_a_fork_counts_as_well() {
        before_fork();
        thread::scope(|scope| {
            let waits = || look_up(|| (), within(Duration::from_millis(20)));
            let over = scope.spawn(waits).join().unwrap();
            let own = look_up(|| 7, within(MINUTE));
            after_fork();
            assert!(is_over(&over));
            assert_eq!(own.unwrap(), 7, "the thread that forks is not held off");
        });
    }
}
