//! Signed URL tokens for [Cloudflare Stream](https://developers.cloudflare.com/stream/): mint them in
//! your own process, verify them where Cloudflare's edge is not in front, and turn them into playback
//! URLs.
//!
//! ```
//! use streamtoken::{CustomerCode, KeySet, SignOptions, Signer, SigningKey, UrlOptions};
//! use streamtoken::{VerifyContext, playback_urls, verify};
//!
//! # fn main() -> streamtoken::Result<()> {
//! # let key_text = SigningKey::generate()?.to_jwk_base64();
//! // Whatever Cloudflare's `stream/keys` gave you: `pem` or `jwk` as it came, or the whole response.
//! let key = SigningKey::load(key_text.as_str(), None)?;
//! let keys = KeySet::from(&key);
//!
//! let token = Signer::new(key).sign("ea95132c15732412d22c1476fa83f27a", &SignOptions::new())?;
//! let urls = playback_urls(&token, &CustomerCode::parse("f33zs165nr7gyfy4")?, &UrlOptions::default())?;
//! println!("{}", urls.hls());
//!
//! let context = VerifyContext::new().identifier("ea95132c15732412d22c1476fa83f27a");
//! let claims = verify(&token, &keys, &context)?;
//! assert_eq!(claims.sub(), token.identifier());
//! # Ok(())
//! # }
//! ```
//!
//! # Where to look
//!
//! | task | start at |
//! |---|---|
//! | load, make, export a key | [`SigningKey`], [`PublicKey`], [`KeySet`], [`describe_key`] |
//! | mint | [`Signer`], [`SignOptions`], [`Token`] |
//! | mint with a key in a KMS or HSM | [`prepare`], [`Prepared`] |
//! | keep a fresh token for a video | [`TokenSource`], [`source`] |
//! | say who may watch | [`AccessRules`], [`Rule`], [`Condition`] |
//! | see what rules and options probably do not mean | [`lint`](lint()), [`LintLevel`], [`simulate`](simulate()) |
//! | check a token | [`verify`], [`VerifyContext`], [`Claims`] |
//! | read a token without checking it | [`inspect`], [`Unverified`] |
//! | ask Cloudflare's API, or a service that answers its routes | `client` (features `http` and `client`) |
//! | learn why a token is refused | [`explain`], [`Report`], [`Check`] |
//! | playback URLs | [`playback_urls`], [`rewrite`], [`CustomerCode`] |
//! | tell what went wrong | [`Error`], [`ErrorCode`] |
//! | wrap this crate for another language | [`host`] |
//!
//! # Features
//!
//! - `aws-lc` (default): RSA on AWS-LC. Needs a C compiler.
//! - `rust-crypto`: the same bytes in pure Rust, slower, without a C compiler
//!   (`default-features = false, features = ["rust-crypto"]`). With both on, AWS-LC is used.
//! - `http`: requests to Cloudflare's API, their answers and the plan of retries, as types of the crate `http`:
//!   for any client, asynchronous ones too.
//! - `client`: `Client`, which brings a blocking transport over rustls. Needs `aws-lc`.
//!
//! # Coming from elsewhere
//!
//! [`migrating`] sets the Worker snippet, PyJWT, `jose` and `jsonwebtoken` beside this crate.
//!
//! [`refused`] tells why a signed URL returns 401 or 403, by symptom and by check.
//!
//! # Time
//!
//! Times are whole seconds since the epoch. The clock is read only where no `now` was given.

#![forbid(unsafe_code)]

pub mod api;
mod base64url;
mod chance;
#[cfg(feature = "http")]
pub mod client;
mod clock;
mod crypto;
mod environment;
mod error;
mod explain;
mod fork;
pub mod host;
mod id;
mod inspect;
mod json;
mod jws;
mod key;
mod lint;
mod options;
mod rules;
mod sign;
mod simulate;
pub mod source;
mod time;
mod token;
pub mod urls;
mod verify;

#[doc = include_str!("../docs/migrating.md")]
pub mod migrating {}

#[doc = include_str!("../docs/refused.md")]
pub mod refused {}

#[cfg(feature = "client")]
pub use client::Client;
pub use error::{ApiFailure, ApiNotice, Error, ErrorCode, Result};
pub use explain::{
    Check, CheckId, CheckStatus, Delivery, ExplainContext, MAX_EXPLAIN, Report, Verdict,
    delivery_url, explain,
};
pub use inspect::{Unverified, inspect};
pub use json::Value;
pub use key::{KeyInfo, KeySet, MAX_KEY, MAX_KEY_SET, PublicKey, SigningKey, describe_key};
pub use lint::{Finding, Level, LintLevel, MAX_FINDINGS, Warning, lint, lint_at};
pub use options::{Flags, SignOptions, TimeFormat};
pub use rules::{AccessRules, Action, Condition, Country, Decision, Network, Rule, Viewer};
pub use sign::{
    BatchAnswer, MAX_KEPT, MAX_KEPT_TOKEN, MAX_LINE, MAX_TOKEN, Prepared, Signer, prepare,
    prepare_linted,
};
pub use simulate::{Simulated, simulate};
pub use source::TokenSource;
pub use time::{DEFAULT_HEAD_START, DEFAULT_LIFETIME, MAX_LIFETIME};
pub use token::Token;
pub use urls::{CustomerCode, PlaybackUrls, UrlOptions, playback_urls, rewrite};
pub use verify::{Claims, MAX_LEEWAY, VerifyContext, verify};

/// The README's Rust blocks, run as tests of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
