//! The plan of a source of tokens. JavaScript has the clock and waits; the core decides.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use napi::bindgen_prelude::External;
use napi_derive::napi;
use streamtoken::client::{Requests, TokenParams};
use streamtoken::source::{Freshness, Life, Moment, Step};
use streamtoken::{Result, SignOptions, Signer, host};

use crate::client::{span, token_params};
use crate::outcome::Outcome;
use crate::value;

/// A plan. Its token is kept in JavaScript.
pub(crate) struct Source(Mutex<Freshness<()>>);

/// Milliseconds by a monotonic clock, epoch seconds, a random number from 0 to 1.
type When = (f64, i64, f64);

impl Source {
    fn begin(options: &SignOptions) -> Result<External<Self>> {
        Ok(External::new(Self(Mutex::new(Freshness::new(options)?))))
    }

    fn plan(&self) -> MutexGuard<'_, Freshness<()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[napi]
pub(crate) fn source_of_signer(
    signer: &External<Signer>,
    identifier: String,
    options: String,
) -> Outcome<External<Source>> {
    Outcome::of(|| {
        let options = SignOptions::from_value(&value::read(&options, SignOptions::NAMES)?)?;
        let source = Source::begin(&options)?;
        let identifier = value::read(&identifier, &[])?;
        signer.check(host::identifier(&identifier)?, &options)?;
        Ok(source)
    })
}

#[napi]
pub(crate) fn source_of_requests(
    requests: &External<Requests>,
    identifier: String,
    options: String,
) -> Outcome<External<Source>> {
    Outcome::of_client(|| {
        source(&identifier, options, |identifier, params| {
            requests.create_token(identifier, params).map(|_| ())
        })
    })
}

#[napi]
pub(crate) fn source_of_local_client(
    signer: &External<Signer>,
    identifier: String,
    options: String,
) -> Outcome<External<Source>> {
    Outcome::of_client(|| {
        source(&identifier, options, |identifier, params| {
            params.check(signer, identifier)
        })
    })
}

/// A plan for tokens that a client asks for.
fn source(
    identifier: &str,
    options: String,
    check: impl FnOnce(&str, &TokenParams) -> Result<()>,
) -> Result<External<Source>> {
    let params = token_params(options, "{}")?;
    let source = Source::begin(params.sign_options())?;
    let identifier = value::read(identifier, &[])?;
    check(host::identifier(&identifier)?, &params)?;
    Ok(source)
}

/// Whether there is a token to give, and whether a renewal is to begin. With neither, the one that is under way
/// has what there is to give, or the one that ended last, with its error.
#[napi]
pub(crate) fn source_ask(source: &External<Source>, when: When) -> (bool, bool) {
    match source.plan().ask(moment(when)) {
        Step::Use(()) => (true, false),
        Step::UseAndRenew(()) => (true, true),
        Step::Renew => (false, true),
        _ => (false, false),
    }
}

/// The times are those of the new token.
#[napi]
pub(crate) fn source_renewed(
    source: &External<Source>,
    exp: i64,
    renew_at: i64,
    when: When,
) -> Outcome<()> {
    Outcome::of(|| {
        let life = Life {
            exp: seconds(exp),
            renew_at: seconds(renew_at),
        };
        source.plan().renewed((), life, moment(when))
    })
}

/// `retry_after` is in seconds.
#[napi]
pub(crate) fn source_failed(source: &External<Source>, retry_after: Option<f64>, when: When) {
    let wait = retry_after.and_then(|wait| Duration::try_from_secs_f64(wait).ok());
    source.plan().failed(wait, moment(when));
}

fn moment((elapsed, now, random): When) -> Moment {
    Moment {
        now: seconds(now),
        elapsed: span(elapsed),
        random,
    }
}

fn seconds(time: i64) -> u64 {
    u64::try_from(time).unwrap_or_default()
}
