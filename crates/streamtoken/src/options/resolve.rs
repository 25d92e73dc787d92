//! From options to the times of a token.

use super::SignOptions;
use crate::time::{DEFAULT_HEAD_START, DEFAULT_LIFETIME, MAX_LIFETIME, check_magnitude};
use crate::{Error, ErrorCode, Result, clock};

/// The times of one token, checked against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) exp: u64,
    pub(crate) nbf: u64,
    /// When a caller that keeps tokens should mint the next one: after four fifths of the lifetime.
    pub(crate) renew_at: u64,
}

impl SignOptions {
    /// These options with the clock's time where no time was given.
    pub(crate) fn at_now(&self) -> u64 {
        self.now.unwrap_or_else(clock::now)
    }

    /// Works out the times; `now` is the caller's or the clock's.
    pub(crate) fn times(&self, now: u64) -> Result<Times> {
        self.check_magnitudes()?;
        let (exp, field) = self.resolve_exp(now)?;
        if exp <= now {
            return Err(Error::new(
                ErrorCode::ExpNotAfterNow,
                format!("the token would have expired already: exp {exp} is not after now {now}"),
            )
            .at(field));
        }
        if exp - now > MAX_LIFETIME {
            return Err(Error::new(
                ErrorCode::ExpTooFar,
                format!(
                    "the token would live {} s; the maximum is {MAX_LIFETIME} s",
                    exp - now
                ),
            )
            .at(field));
        }
        let nbf = self
            .nbf
            .unwrap_or_else(|| now.saturating_sub(DEFAULT_HEAD_START));
        if nbf >= exp {
            return Err(Error::new(
                ErrorCode::NbfNotBeforeExp,
                format!("the token would never be valid: nbf {nbf} is not before exp {exp}"),
            )
            .at("/nbf"));
        }
        Ok(Times {
            exp,
            nbf,
            renew_at: now + 4 * (exp - now) / 5,
        })
    }

    /// The typed setters take any integer; loosely typed values were checked on their way in.
    fn check_magnitudes(&self) -> Result<()> {
        for (value, field) in [
            (self.exp, "/exp"),
            (self.expires_in, "/expires_in"),
            (self.nbf, "/nbf"),
            (self.now, "/now"),
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
