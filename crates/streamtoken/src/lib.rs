//! Signed URL tokens for Cloudflare Stream.
#![forbid(unsafe_code)]
mod base64url;
mod clock;
mod error;
mod id;
mod json;
pub mod urls;

pub use error::{Error, ErrorCode, Result};
pub use json::Value;
pub use urls::{CustomerCode, PlaybackUrls, UrlOptions, playback_urls, rewrite};
