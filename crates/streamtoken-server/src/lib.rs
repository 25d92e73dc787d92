//! The token service: Cloudflare Stream's endpoint for signed URL tokens and its routes for signing keys,
//! under the same paths, so that the official clients work against it by changing their base URL.
//!
//! | part | where |
//! |---|---|
//! | what is answered | [`routes`] |
//! | who may ask, and for what | [`access`] |
//! | keys, decrypted and ready to sign | [`keyring`] |
//! | what is kept | [`store`] |
//! | encryption at rest | [`vault`] |
#![forbid(unsafe_code)]

pub mod access;
mod answer;
mod clock;
pub mod keyring;
pub mod log;
pub mod routes;
pub mod serve;
mod service;
pub mod store;
pub mod vault;

pub use clock::Clock;
pub use service::{Minting, Service};
