//! The yardsticks: AWS-LC over the same bytes, with nothing around it.

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
};
use xtask::measure::{Row, Work};

use crate::fixture::Fixture;

pub(crate) const SIGNATURE: &str = "bare aws-lc-rs signature";
pub(crate) const VERIFICATION: &str = "bare aws-lc-rs verification";
pub(crate) const TWO_THREADS: &str = "two threads of bare signatures";

pub(crate) fn rows(fixture: &Fixture) -> Result<Vec<Row<'_>>> {
    let threads = Bare::new(fixture)?;
    let public = public(fixture)?;
    let signature = Bare::new(fixture)?.sign()?;
    let message = fixture.message.as_bytes();
    Ok(vec![
        Row::baseline(SIGNATURE, self::signature(fixture)?),
        Row::baseline(
            VERIFICATION,
            Box::new(move |n| {
                timed(n, || {
                    let verified = public.verify_sig(message, &signature);
                    verified.map_err(|_| anyhow!("a good signature is refused"))
                })
            }),
        ),
        Row::baseline(TWO_THREADS, Box::new(move |n| threads.sign_on_two(n))),
    ])
}

/// The work of one bare signature, for a process of its own.
pub(crate) fn signature(fixture: &Fixture) -> Result<Work<'_>> {
    let bare = Bare::new(fixture)?;
    Ok(Box::new(move |n| timed(n, || bare.sign())))
}

/// Does `once` n times.
pub(crate) fn timed<T>(n: u32, mut once: impl FnMut() -> Result<T>) -> Result<Duration> {
    let start = Instant::now();
    for _ in 0..n {
        black_box(once()?);
    }
    Ok(start.elapsed())
}

struct Bare<'a> {
    pair: KeyPair,
    random: SystemRandom,
    message: &'a [u8],
}

impl<'a> Bare<'a> {
    fn new(fixture: &'a Fixture) -> Result<Self> {
        Ok(Self {
            pair: pair(fixture)?,
            random: SystemRandom::new(),
            message: fixture.message.as_bytes(),
        })
    }

    fn sign(&self) -> Result<Vec<u8>> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &self.random,
                self.message,
                &mut signature,
            )
            .map_err(|_| anyhow!("AWS-LC does not sign"))?;
        Ok(signature)
    }

    /// `n` signatures shared by two threads.
    fn sign_on_two(&self, n: u32) -> Result<Duration> {
        let start = Instant::now();
        let half = n / 2;
        thread::scope(|scope| {
            let workers =
                [half, n - half].map(|part| scope.spawn(move || timed(part, || self.sign())));
            workers.into_iter().try_for_each(|worker| {
                let outcome = worker.join().map_err(|_| anyhow!("a thread panicked"))?;
                outcome.map(drop)
            })
        })?;
        Ok(start.elapsed())
    }
}

fn pair(fixture: &Fixture) -> Result<KeyPair> {
    KeyPair::from_der(&fixture.der).context("AWS-LC refuses the example key")
}

fn public(fixture: &Fixture) -> Result<ParsedPublicKey> {
    let pair = pair(fixture)?;
    ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref())
        .context("AWS-LC refuses the example's public key")
}
