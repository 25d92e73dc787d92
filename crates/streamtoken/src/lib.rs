//! Signed URL tokens for Cloudflare Stream.
#![forbid(unsafe_code)]
mod base64url;
mod clock;
mod crypto;
mod error;
mod id;
mod inspect;
mod json;
mod jws;
mod key;
mod options;
mod rules;
mod sign;
mod time;
mod token;
mod verify;

pub use error::{Error, ErrorCode, Result};
pub use inspect::{Unverified, inspect};
pub use json::Value;
pub use key::{KeySet, PublicKey, SigningKey};
pub use options::{Flags, SignOptions, TimeFormat};
pub use rules::{AccessRules, Action, Condition, Country, Decision, Network, Rule, Viewer};
pub use sign::{MAX_LINE, MAX_TOKEN, Prepared, Signer, prepare};
pub use time::{DEFAULT_HEAD_START, DEFAULT_LIFETIME, MAX_LIFETIME};
pub use token::Token;
pub use verify::{Claims, MAX_LEEWAY, VerifyContext, verify};
