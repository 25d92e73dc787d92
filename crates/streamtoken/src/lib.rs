//! Signed URL tokens for Cloudflare Stream.
#![forbid(unsafe_code)]
mod base64url;
mod clock;
mod error;
mod id;
mod json;

pub use error::{Error, ErrorCode, Result};
pub use json::Value;
