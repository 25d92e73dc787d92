//! The lookup of a name, within a time limit and beside forks.

use std::io;
use std::sync::{Arc, mpsc};
use std::thread;

use http::Uri;
use mpsc::RecvTimeoutError;
use ureq::Error;
use ureq::config::Config;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{NextTimeout, time};

use super::phase::{self, Phase, cut};
use crate::fork::Lookup;

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

/// The system's resolver, on a thread that is left behind when the time is over. ureq's own does as much, but lets
/// nobody wait for the end of the thread, where glibc takes the lock once more.
#[derive(Debug)]
pub(super) struct System;

impl Resolver for System {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let lookup = Arc::new(Lookup::begin());
        let (answer, answered) = mpsc::sync_channel(1);
        let ask = {
            let (uri, config, lookup) = (uri.clone(), config.clone(), Arc::clone(&lookup));
            move || {
                let _under_way = lookup;
                // Nobody may be there any more to take it.
                let _taken = answer.send(ask(&uri, &config));
            }
        };
        let thread = thread::Builder::new().spawn(ask)?;
        match answered.recv_timeout(*timeout.after) {
            Ok(answer) => {
                let _ended = thread.join();
                answer
            }
            Err(RecvTimeoutError::Timeout) => Err(Error::Timeout(timeout.reason)),
            Err(RecvTimeoutError::Disconnected) => {
                Err(io::Error::other("the lookup broke off").into())
            }
        }
    }
}

fn ask(uri: &Uri, config: &Config) -> Result<ResolvedSocketAddrs, Error> {
    let endless = NextTimeout {
        after: time::Duration::NotHappening,
        ..NextTimeout::default()
    };
    DefaultResolver::default().resolve(uri, config, endless)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::Uri;
    use ureq::config::Config;
    use ureq::unversioned::resolver::Resolver;
    use ureq::unversioned::transport::NextTimeout;
    use ureq::{Error, Timeout};

    use super::System;

    fn resolve(url: &'static str, limit: Duration) -> Result<Vec<String>, Error> {
        let timeout = NextTimeout {
            after: limit.into(),
            reason: Timeout::Connect,
            ..NextTimeout::default()
        };
        let found = System.resolve(&Uri::from_static(url), &Config::default(), timeout)?;
        Ok(found.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_name_has_addresses_or_is_not_found() {
        let minute = Duration::from_secs(60);
        let here = resolve("https://localhost/", minute).unwrap();
        assert!(
            here.iter().all(|address| address.ends_with(":443")),
            "{here:?}"
        );
        assert!(!here.is_empty());
        assert_eq!(resolve("http://[::1]:7/", minute).unwrap(), ["[::1]:7"]);
        let no_name = resolve("http://empty..label/", minute).unwrap_err();
        assert!(matches!(no_name, Error::Io(_)), "{no_name}");
    }

    #[test]
    fn what_takes_too_long_is_left_behind() {
        let is_over = |_| {
            let found = resolve("https://localhost/", Duration::ZERO);
            matches!(found, Err(Error::Timeout(Timeout::Connect)))
        };
        // Now and then the lookup is faster.
        assert!((0..1000).any(is_over));
    }
}
