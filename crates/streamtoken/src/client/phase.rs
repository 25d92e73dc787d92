//! How far the attempt of a thread is, and what is left of its time.
//!
//! ureq reckons some spans once and grants them anew: for every byte with which a proxy answers, and for
//! connecting once the name is looked up. So every wait is cut here to what is left until an instant that stays.

use std::cell::Cell;
use std::time::{Duration, Instant};

use ureq::unversioned::transport::{Buffers, NextTimeout, Transport, time};
use ureq::{Error, Timeout};

/// How far an attempt came: a request that failed while connecting did not arrive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Phase {
    /// Not begun, and perhaps not needed: a connection may be there already.
    BeforeConnecting,
    /// The name is looked up, or a connection is made.
    Connecting,
    Connected,
}

/// By when an attempt is connected, and by when it is over.
#[derive(Clone, Copy)]
struct Ends {
    connecting: Instant,
    attempt: Instant,
}

thread_local! {
    static PHASE: Cell<Phase> = const { Cell::new(Phase::BeforeConnecting) };
    static ENDS: Cell<Option<Ends>> = const { Cell::new(None) };
}

/// An attempt of this thread begins, `limit` long at most, connecting `connect` at most.
pub(super) fn begin(limit: Duration, connect: Duration) {
    let now = Instant::now();
    PHASE.set(Phase::BeforeConnecting);
    ENDS.set(Some(Ends {
        connecting: now + connect,
        attempt: now + limit,
    }));
}

pub(super) fn phase() -> Phase {
    PHASE.get()
}

/// Gives the phase before.
pub(super) fn enter(phase: Phase) -> Phase {
    PHASE.replace(phase)
}

/// `timeout`, or what is left of the attempt and of connecting where that is less. Fails when nothing is left,
/// since ureq takes no time at all for a second in some places.
pub(super) fn cut(mut timeout: NextTimeout) -> Result<NextTimeout, Error> {
    let Some(ends) = ENDS.get() else {
        return Ok(timeout);
    };
    let now = Instant::now();
    let mut shorten = |end: Instant, reason| {
        let left = time::Duration::from(end.saturating_duration_since(now));
        if left < timeout.after {
            timeout.after = left;
            timeout.reason = reason;
        }
    };
    shorten(ends.attempt, Timeout::Global);
    if phase() == Phase::Connecting {
        shorten(ends.connecting, Timeout::Connect);
    }
    if timeout.after.is_zero() {
        return Err(Error::Timeout(timeout.reason));
    }
    Ok(timeout)
}

/// A connection to a proxy, whose waits are cut.
#[derive(Debug)]
pub(super) struct Cut(pub(super) Box<dyn Transport>);

impl Transport for Cut {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, cut(timeout)?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.await_input(cut(timeout)?)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ureq::unversioned::transport::NextTimeout;
    use ureq::{Error, Timeout};

    use super::{Phase, begin, cut, enter};

    const HOUR: Duration = Duration::from_secs(3600);
    const MINUTE: Duration = Duration::from_secs(60);

    fn wait(after: Duration) -> NextTimeout {
        NextTimeout {
            after: after.into(),
            reason: Timeout::RecvBody,
            ..NextTimeout::default()
        }
    }

    #[test]
    fn waits_are_cut_to_what_is_left() {
        begin(HOUR, MINUTE);
        let reason = |after| cut(wait(after)).unwrap().reason;
        assert_eq!(reason(HOUR * 2), Timeout::Global);
        assert_eq!(reason(MINUTE * 2), Timeout::RecvBody);
        assert_eq!(cut(wait(MINUTE * 2)).unwrap(), wait(MINUTE * 2));
        enter(Phase::Connecting);
        for after in [HOUR * 2, MINUTE * 2] {
            let left = cut(wait(after)).unwrap();
            assert_eq!(left.reason, Timeout::Connect);
            assert!(*left.after <= MINUTE);
        }
        assert_eq!(reason(MINUTE / 2), Timeout::RecvBody);
        enter(Phase::Connected);
        assert_eq!(reason(MINUTE * 2), Timeout::RecvBody);
    }

    #[test]
    fn a_wait_without_time_is_none() {
        begin(HOUR, Duration::ZERO);
        assert!(cut(wait(HOUR)).is_ok());
        enter(Phase::Connecting);
        let over = cut(wait(HOUR)).unwrap_err();
        assert!(matches!(over, Error::Timeout(Timeout::Connect)), "{over}");
    }
}
