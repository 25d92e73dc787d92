//! What one would use otherwise. Each runs in an oracle's process, which times its own blocks.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use xtask::measure::{Row, Work};
use xtask::oracle::{Backend, Oracle};

use crate::bare::{SIGNATURE, VERIFICATION};
use crate::fixture::Fixture;

/// How the program of a back end is started.
type Start = fn(Backend) -> Result<Oracle>;

pub(crate) fn rows(fixture: &Fixture, start: Start) -> Result<Vec<Row<'static>>> {
    use Backend::{AwsLc, RustCrypto};
    let sign = json!({ "op": "bench", "what": "sign",
        "header": fixture.header, "claims": fixture.claims, "pem": fixture.pem });
    let rsa =
        json!({ "op": "bench", "what": "rsa", "message": fixture.message, "pem": fixture.pem });
    let token = start(AwsLc)?.ask(&json!({ "op": "sign",
        "header": fixture.header, "claims": fixture.claims, "pem": fixture.pem }))?;
    let verify = json!({ "op": "bench", "what": "verify",
        "token": token["token"], "jwk": fixture.jwk });
    Ok(vec![
        Row::against(
            SIGNATURE,
            "jsonwebtoken on aws-lc, sign",
            block(start(AwsLc)?, &sign)?,
        ),
        Row::against(
            SIGNATURE,
            "jsonwebtoken on rust_crypto, sign",
            block(start(RustCrypto)?, &sign)?,
        ),
        Row::against(
            SIGNATURE,
            "the rsa crate, signature",
            block(start(RustCrypto)?, &rsa)?,
        ),
        Row::against(
            VERIFICATION,
            "jsonwebtoken on aws-lc, verify",
            block(start(AwsLc)?, &verify)?,
        ),
        Row::against(
            VERIFICATION,
            "jsonwebtoken on rust_crypto, verify",
            block(start(RustCrypto)?, &verify)?,
        ),
    ])
}

/// A block of `request`, repeated as often as the plan says.
fn block(mut oracle: Oracle, request: &Value) -> Result<Work<'static>> {
    let mut request = request.clone();
    Ok(Box::new(move |n| {
        request["n"] = json!(n);
        let answer = oracle.ask(&request)?;
        let nanoseconds = answer["nanoseconds"]
            .as_u64()
            .context("no time came back")?;
        Ok(Duration::from_nanos(nanoseconds))
    }))
}
