//! What every row works on: the published example key and one token's worth of bytes.

use std::fs;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use streamtoken::SigningKey;

/// The moment at which tokens are minted and verified.
pub(crate) const NOW: u64 = 1_537_456_765;

pub(crate) const IDENTIFIER: &str = "ea95132c15732412d22c1476fa83f27a";

pub(crate) struct Fixture {
    /// PKCS#1, as text and as DER.
    pub(crate) pem: String,
    pub(crate) der: Vec<u8>,
    /// The public half, as a JWK.
    pub(crate) jwk: Value,
    pub(crate) key_id: String,
    pub(crate) header: Value,
    pub(crate) claims: Value,
    /// What a token with default options has before its last dot.
    pub(crate) message: String,
}

impl Fixture {
    pub(crate) fn read() -> Result<Self> {
        let path = xtask::root().join("crates/streamtoken/vectors/example-key.json");
        let example: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
        let member = |name: &str| {
            let text = example[name].as_str();
            text.with_context(|| format!("the example has no {name}"))
        };
        let pem = String::from_utf8(STANDARD.decode(member("pem_base64")?)?)?;
        let der = STANDARD.decode(body(&pem))?;
        let key_id = member("key_id")?.to_owned();
        let key = SigningKey::load(&pem, Some(&key_id))?;
        let header = json!({ "alg": "RS256", "kid": key_id });
        let claims =
            json!({ "sub": IDENTIFIER, "kid": key_id, "exp": NOW + 3600, "nbf": NOW - 3600 });
        Ok(Self {
            message: message(&header, &claims),
            jwk: serde_json::from_str(&key.public_key().to_jwk())?,
            pem,
            der,
            key_id,
            header,
            claims,
        })
    }
}

/// The base64 between the lines of a PEM.
fn body(pem: &str) -> String {
    pem.lines()
        .filter(|line| !line.starts_with("-----"))
        .map(str::trim)
        .collect()
}

fn message(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}
