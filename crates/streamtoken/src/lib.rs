//! Signed URL tokens for Cloudflare Stream.
#![forbid(unsafe_code)]
mod base64url;
mod clock;
mod error;
mod id;
mod json;
mod rules;

pub use error::{Error, ErrorCode, Result};
pub use json::Value;
pub use rules::{AccessRules, Action, Condition, Country, Decision, Network, Rule, Viewer};
