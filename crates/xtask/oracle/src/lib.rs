//! jsonwebtoken as an independent judge: JSON lines in on standard input, one JSON line out for each.
//!
//! - `{"op":"verify","token","jwk","now"?}` → `{"claims": …}`: RS256 only, `exp` required, times must
//!   be numbers. Without `now` the library compares them with its own clock, without leeway.
//! - `{"op":"sign","header","claims","pem"}` → `{"token": …}`
//! - `{"op":"bench","what":"sign","header","claims","pem","n"}` → `{"nanoseconds": …}` for n signatures
//! - `{"op":"bench","what":"verify","token","jwk","n"}` → the same for n verifications
//! - `{"op":"bench","what":"rsa","message","pem","n"}` → the same for n signatures of the `rsa` crate
//!   (in the `rust_crypto` program only)
//!
//! A refusal, of a request too, is `{"error": text}`.

#[cfg(all(feature = "aws_lc_rs", feature = "rust_crypto"))]
compile_error!("one back end a program: jsonwebtoken panics when it has two");
#[cfg(not(any(feature = "aws_lc_rs", feature = "rust_crypto")))]
compile_error!("choose --features aws_lc_rs or rust_crypto");

mod bench;

use std::io::{self, BufRead, Write};

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::Deserialize;
use serde_json::{Value, json};

/// What goes wrong is told to the caller as text; nobody branches on it.
type Answer = Result<Value, Box<dyn std::error::Error>>;

/// Answers every line of `requests` on `answers` until there are no more.
pub fn serve(requests: impl BufRead, mut answers: impl Write) -> io::Result<()> {
    for line in requests.lines() {
        let answer =
            answer(&line?).unwrap_or_else(|refusal| json!({ "error": refusal.to_string() }));
        writeln!(answers, "{answer}")?;
        answers.flush()?;
    }
    Ok(())
}

fn answer(line: &str) -> Answer {
    match serde_json::from_str(line)? {
        Request::Verify { token, jwk, now } => verify(&token, &jwk, now),
        Request::Sign {
            header,
            claims,
            pem,
        } => sign(&header, &claims, &pem),
        Request::Bench(work) => {
            let elapsed = bench::run(&work)?;
            Ok(json!({ "nanoseconds": u64::try_from(elapsed.as_nanos())? }))
        }
    }
}

fn verify(token: &str, jwk: &Jwk, now: Option<u64>) -> Answer {
    let key = DecodingKey::from_jwk(jwk)?;
    let mut validation = validation();
    if now.is_some() {
        validation.validate_exp = false;
        validation.validate_nbf = false;
    }
    let claims: Value = jsonwebtoken::decode(token, &key, &validation)?.claims;
    if let Some(now) = now {
        check_times(&claims, now)?;
    }
    Ok(json!({ "claims": claims }))
}

fn sign(header: &Header, claims: &Value, pem: &str) -> Answer {
    let key = EncodingKey::from_rsa_pem(pem.as_bytes())?;
    Ok(json!({ "token": jsonwebtoken::encode(header, claims, &key)? }))
}

fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_nbf = true;
    validation.leeway = 0;
    validation
}

/// The library's own comparison, at a given time: it has no switch for the clock.
fn check_times(claims: &Value, now: u64) -> Result<(), String> {
    let times = Times::deserialize(claims).map_err(|error| error.to_string())?;
    if now >= times.exp {
        return Err("expired".to_owned());
    }
    if times.nbf.is_some_and(|nbf| now < nbf) {
        return Err("not yet valid".to_owned());
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "lowercase", deny_unknown_fields)]
enum Request {
    Verify {
        token: String,
        jwk: Box<Jwk>,
        now: Option<u64>,
    },
    Sign {
        header: Box<Header>,
        claims: Value,
        pem: String,
    },
    Bench(bench::Work),
}

#[derive(Deserialize)]
struct Times {
    exp: u64,
    nbf: Option<u64>,
}
