//! The rows under test, with the numbers that they ought to hold.

use std::time::Duration;

use anyhow::Result;
use streamtoken::{
    ExplainContext, KeySet, SignOptions, Signer, SigningKey, Token, VerifyContext, explain, verify,
};
use xtask::measure::{Row, Target};

use crate::bare::{SIGNATURE, TWO_THREADS, VERIFICATION, timed};
use crate::fixture::{Fixture, IDENTIFIER, NOW};

/// A window of reuse, in seconds.
const WINDOW: u64 = 600;

pub(crate) fn rows(fixture: &Fixture) -> Result<Vec<Row<'static>>> {
    let key = SigningKey::load(&fixture.pem, Some(&fixture.key_id))?;
    let mut rows = minting_and_verifying(key.clone())?;
    rows.extend(explaining(&key)?);
    rows.extend(reusing(&key)?);
    Ok(rows)
}

/// A good token, with the keys: every check is made.
fn explaining(key: &SigningKey) -> Result<Vec<Row<'static>>> {
    let token = Signer::new(key.clone()).sign(IDENTIFIER, &SignOptions::new().now(NOW))?;
    let keys = KeySet::from(key);
    let context = ExplainContext::new().now(NOW);
    Ok(vec![Row::against(
        VERIFICATION,
        "explain",
        Box::new(move |n| timed(n, || Ok(explain(token.as_str(), Some(&keys), &context)?))),
    )])
}

/// The token of a window: kept from the mint before, and minted because its window has just begun.
fn reusing(key: &SigningKey) -> Result<Vec<Row<'static>>> {
    let (hit, miss) = (Signer::new(key.clone()), Signer::new(key.clone()));
    let in_window = |now| {
        SignOptions::new()
            .now(now)
            .reuse_window(Duration::from_secs(WINDOW))
    };
    let options = in_window(NOW);
    let mut now = NOW;
    let mut next = move || -> Result<Token> {
        now += WINDOW;
        Ok(miss.sign(IDENTIFIER, &in_window(now))?)
    };
    Ok(vec![
        // Under a microsecond, where a signature takes 240.
        Row::against(
            SIGNATURE,
            "Signer::sign, reuse_window, kept",
            Box::new(move |n| timed(n, || Ok(hit.sign(IDENTIFIER, &options)?))),
        )
        .target(Target::TimeAtMost(0.004)),
        Row::against(
            SIGNATURE,
            "Signer::sign, reuse_window, minted",
            Box::new(move |n| timed(n, &mut next)),
        )
        .target(Target::TimeAtMost(1.03)),
    ])
}

fn minting_and_verifying(key: SigningKey) -> Result<Vec<Row<'static>>> {
    let keys = KeySet::from(&key);
    let (signer, many) = (Signer::new(key.clone()), Signer::new(key));
    let options = SignOptions::new().now(NOW);
    let token = signer.sign(IDENTIFIER, &options)?;
    let context = VerifyContext::new().now(NOW).identifier(IDENTIFIER);
    let item = (IDENTIFIER, options.clone());
    Ok(vec![
        Row::against(
            SIGNATURE,
            "Signer::sign",
            Box::new(move |n| timed(n, || Ok(signer.sign(IDENTIFIER, &options)?))),
        )
        .target(Target::TimeAtMost(1.03)),
        Row::against(
            VERIFICATION,
            "verify",
            Box::new(move |n| timed(n, || Ok(verify(token.as_str(), &keys, &context)?))),
        )
        .target(Target::TimeAtMost(1.25)),
        Row::against(
            TWO_THREADS,
            "sign_many",
            Box::new(move |n| {
                let items = vec![item.clone(); n.try_into()?];
                timed(1, || {
                    let tokens = many.sign_many(&items);
                    Ok(tokens.into_iter().collect::<Result<Vec<_>, _>>()?)
                })
            }),
        )
        .target(Target::RateAtLeast(0.95)),
    ])
}
