//! From options to the times of a token.

use super::SignOptions;
use crate::time::{DEFAULT_HEAD_START, DEFAULT_LIFETIME, MAX_LIFETIME, check_magnitude};
use crate::{Error, ErrorCode, Result, clock, time};

/// The times of one token, checked against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) exp: u64,
    pub(crate) nbf: u64,
    /// When a caller that keeps tokens should mint the next one: after four fifths of the lifetime, or
    /// when the next window of reuse begins.
    pub(crate) renew_at: u64,
}

impl SignOptions {
    /// The time to take for now: the clock's where none was given.
    pub(crate) fn now_or_clock(&self) -> u64 {
        self.now.unwrap_or_else(clock::now)
    }

    /// Works out the times; `now` is the caller's or the clock's.
    pub(crate) fn times(&self, now: u64) -> Result<Times> {
        self.check_magnitudes()?;
        check_magnitude(now).map_err(|error| error.at("/now"))?;
        let times = match self.reuse_window {
            Some(window) => self.times_in_window(now, window)?,
            None => self.times_from(now)?,
        };
        if times.nbf >= times.exp {
            let Times { nbf, exp, .. } = times;
            return Err(Error::new(
                ErrorCode::NbfNotBeforeExp,
                format!("the token would never be valid: nbf {nbf} is not before exp {exp}"),
            )
            .at("/nbf"));
        }
        Ok(times)
    }

    /// Times that begin at now.
    fn times_from(&self, now: u64) -> Result<Times> {
        let (exp, field) = self.resolve_exp(now)?;
        if exp <= now {
            return Err(Error::new(
                ErrorCode::ExpNotAfterNow,
                format!("the token would have expired already: exp {exp} is not after now {now}"),
            )
            .at(field));
        }
        if exp - now > MAX_LIFETIME {
            return Err(too_far(exp - now).at(field));
        }
        Ok(Times {
            exp,
            nbf: self.nbf_from(now),
            renew_at: time::renewal(now, exp),
        })
    }

    /// Times that are the same for everybody until the window ends.
    fn times_in_window(&self, now: u64, window: u64) -> Result<Times> {
        const FIELD: &str = "/reuse_window";
        let lifetime = self.expires_in.unwrap_or(DEFAULT_LIFETIME);
        if self.exp.is_some() {
            let message = "give exp or reuse_window, not both";
            return Err(Error::new(ErrorCode::ExpConflict, message).at(FIELD));
        }
        if window == 0 {
            let message = "reuse_window must be at least 1 second";
            return Err(Error::new(ErrorCode::OptionValue, message).at(FIELD));
        }
        if window + lifetime > MAX_LIFETIME {
            return Err(too_far(window + lifetime).at(FIELD));
        }
        let begin = now / window * window;
        Ok(Times {
            exp: begin + window + lifetime,
            nbf: self.nbf_from(begin),
            renew_at: begin + window,
        })
    }

    fn nbf_from(&self, begin: u64) -> u64 {
        self.nbf
            .unwrap_or_else(|| begin.saturating_sub(DEFAULT_HEAD_START))
    }

    /// The typed setters take any integer; loosely typed values were checked on their way in.
    fn check_magnitudes(&self) -> Result<()> {
        for (value, field) in [
            (self.exp, "/exp"),
            (self.expires_in, "/expires_in"),
            (self.nbf, "/nbf"),
            (self.now, "/now"),
            (self.reuse_window, "/reuse_window"),
        ] {
            check_magnitude(value.unwrap_or(0)).map_err(|error| error.at(field))?;
        }
        Ok(())
    }

    fn resolve_exp(&self, now: u64) -> Result<(u64, &'static str)> {
        match (self.exp, self.expires_in) {
            (Some(_), Some(_)) => Err(Error::from(ErrorCode::ExpConflict).at("/expires_in")),
            (Some(exp), None) => Ok((exp, "/exp")),
            (None, Some(lifetime)) => Ok((now + lifetime, "/expires_in")),
            (None, None) => Ok((now + DEFAULT_LIFETIME, "/exp")),
        }
    }
}

fn too_far(lifetime: u64) -> Error {
    Error::new(
        ErrorCode::ExpTooFar,
        format!("the token would live {lifetime} s; the maximum is {MAX_LIFETIME} s"),
    )
}
