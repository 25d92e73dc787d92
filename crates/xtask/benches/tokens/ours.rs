//! The rows under test, with the numbers that they ought to hold.

use anyhow::Result;
use streamtoken::{KeySet, SignOptions, Signer, SigningKey, VerifyContext, verify};
use xtask::measure::{Row, Target};

use crate::bare::{SIGNATURE, TWO_THREADS, VERIFICATION, timed};
use crate::fixture::{Fixture, IDENTIFIER, NOW};

pub(crate) fn rows(fixture: &Fixture) -> Result<Vec<Row<'static>>> {
    let key = SigningKey::load(&fixture.pem, Some(&fixture.key_id))?;
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
