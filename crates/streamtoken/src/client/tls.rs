//! AWS-LC as rustls uses it, in a process that may fork.
//!
//! Handshakes draw random numbers, under the lock that a signature takes: while another thread holds it, a
//! child that is forked off would wait for it for ever (seen, in nine of ten forks beside a handshake).

use std::sync::LazyLock;

use rustls::crypto::{
    ActiveKeyExchange, CryptoProvider, GetRandomFailed, SecureRandom, SupportedKxGroup, aws_lc_rs,
};
use rustls::ffdhe_groups::FfdheGroup;
use rustls::{Error, NamedGroup, ProtocolVersion};

use crate::fork::held_off;

/// The provider whose random numbers wait for forks, and forks for them.
pub(super) fn provider() -> CryptoProvider {
    // Made by the first that comes here: a child that is forked off meanwhile would wait for it for ever.
    let groups = held_off(|| GROUPS.iter());
    CryptoProvider {
        kx_groups: groups.map(|group| group as &dyn SupportedKxGroup).collect(),
        secure_random: &Random,
        ..aws_lc_rs::default_provider()
    }
}

static GROUPS: LazyLock<Vec<Group>> = LazyLock::new(|| {
    let groups = aws_lc_rs::default_provider().kx_groups;
    groups.into_iter().map(Group).collect()
});

#[derive(Debug)]
struct Group(&'static dyn SupportedKxGroup);

impl SupportedKxGroup for Group {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        held_off(|| self.0.start())
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        self.0.ffdhe_group()
    }

    fn name(&self) -> NamedGroup {
        self.0.name()
    }

    fn fips(&self) -> bool {
        self.0.fips()
    }

    fn usable_for_version(&self, version: ProtocolVersion) -> bool {
        self.0.usable_for_version(version)
    }
}

#[derive(Debug)]
struct Random;

impl SecureRandom for Random {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), GetRandomFailed> {
        held_off(|| aws_lc_rs::default_provider().secure_random.fill(buffer))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread;
    use std::time::Duration;

    use rustls::crypto::SupportedKxGroup;

    use super::provider;
    use crate::host::{after_fork, before_fork};

    #[test]
    fn the_groups_are_all_there() {
        let names = |provider: rustls::crypto::CryptoProvider| {
            let groups = provider.kx_groups.into_iter();
            groups.map(<dyn SupportedKxGroup>::name).collect::<Vec<_>>()
        };
        let ours = names(provider());
        assert_eq!(ours, names(rustls::crypto::aws_lc_rs::default_provider()));
        assert!(!ours.is_empty());
    }

    #[test]
    fn a_handshake_waits_for_a_fork() {
        static DRAWN: AtomicU32 = AtomicU32::new(0);
        let provider = provider();
        before_fork();
        thread::scope(|scope| {
            scope.spawn(|| {
                provider.secure_random.fill(&mut [0; 32]).unwrap();
                DRAWN.fetch_add(1, Ordering::SeqCst);
            });
            for group in &provider.kx_groups {
                scope.spawn(|| {
                    assert!(group.start().is_ok());
                    DRAWN.fetch_add(1, Ordering::SeqCst);
                });
            }
            thread::sleep(Duration::from_millis(50));
            let drawn = DRAWN.load(Ordering::SeqCst);
            after_fork();
            assert_eq!(drawn, 0);
        });
        let all = provider.kx_groups.len() + 1;
        assert_eq!(DRAWN.load(Ordering::SeqCst) as usize, all);
    }
}
