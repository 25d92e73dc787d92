//! Timed blocks. Keys are read before the clock starts.

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, EncodingKey, Header};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(tag = "what", rename_all = "lowercase")]
pub enum Work {
    Sign {
        header: Box<Header>,
        claims: Value,
        pem: String,
        n: u32,
    },
    Verify {
        token: String,
        jwk: Box<Jwk>,
        n: u32,
    },
    Rsa {
        message: String,
        pem: String,
        n: u32,
    },
}

pub fn run(work: &Work) -> Result<Duration, Box<dyn Error>> {
    match work {
        Work::Sign {
            header,
            claims,
            pem,
            n,
        } => sign(header, claims, pem, *n),
        Work::Verify { token, jwk, n } => verify(token, jwk, *n),
        Work::Rsa { message, pem, n } => rsa(message, pem, *n),
    }
}

fn sign(header: &Header, claims: &Value, pem: &str, n: u32) -> Result<Duration, Box<dyn Error>> {
    let key = EncodingKey::from_rsa_pem(pem.as_bytes())?;
    timed(n, || Ok(jsonwebtoken::encode(header, claims, &key)?))
}

/// The signature over fixed claims, without the clock: tokens of the benchmark may be old.
fn verify(token: &str, jwk: &Jwk, n: u32) -> Result<Duration, Box<dyn Error>> {
    let key = DecodingKey::from_jwk(jwk)?;
    let mut validation = crate::validation();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    timed(n, || {
        Ok(jsonwebtoken::decode::<Value>(token, &key, &validation)?.claims)
    })
}

#[cfg(feature = "rust_crypto")]
fn rsa(message: &str, pem: &str, n: u32) -> Result<Duration, Box<dyn Error>> {
    use rsa::pkcs1::DecodeRsaPrivateKey;
    use rsa::pkcs1v15::SigningKey;
    use rsa::sha2::Sha256;
    use rsa::signature::Signer;
    let key = SigningKey::<Sha256>::new(rsa::PrivateKey::from_pkcs1_pem(pem)?);
    timed(n, || Ok(key.try_sign(message.as_bytes())?))
}

#[cfg(not(feature = "rust_crypto"))]
fn rsa(_message: &str, _pem: &str, _n: u32) -> Result<Duration, Box<dyn Error>> {
    Err("the rsa crate is in the rust_crypto program".into())
}

fn timed<T>(
    n: u32,
    mut once: impl FnMut() -> Result<T, Box<dyn Error>>,
) -> Result<Duration, Box<dyn Error>> {
    let start = Instant::now();
    for _ in 0..n {
        black_box(once()?);
    }
    Ok(start.elapsed())
}
