//! Signed URL tokens for Cloudflare Stream.
#![forbid(unsafe_code)]
mod base64url;
mod clock;
mod crypto;
mod error;
mod id;
mod json;
mod key;

pub use error::{Error, ErrorCode, Result};
pub use json::Value;
pub use key::{KeyInfo, KeySet, PublicKey, SigningKey, describe_key};
