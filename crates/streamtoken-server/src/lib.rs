//! The token service: Cloudflare Stream's endpoint for signed URL tokens and its routes for signing keys,
//! under the same paths, so that the official clients work against it by changing their base URL.
//!
//! | part | where |
//! |---|---|
//! | what is answered | [`routes`] |
//! | who may ask, and for what | [`access`] |
//! | connections, their limits and their end | [`serve`] |
//! | what it is set to | [`settings`] |
//! | what is logged | [`log`] |
//! | keys, decrypted and ready to sign | [`keyring`] |
//! | what is kept | [`store`] |
//! | encryption at rest | [`vault`] |
//! | the emulator for test suites | [`dev`] |
#![forbid(unsafe_code)]

pub mod access;
mod answer;
mod clock;
pub mod dev;
mod files;
pub mod keyring;
pub mod log;
mod open;
pub mod routes;
pub mod serve;
mod service;
pub mod settings;
pub mod store;
pub mod vault;

pub use clock::Clock;
pub use files::reason as io_reason;
pub use open::{MasterKeySource, OpenOptions, check, open};
pub use service::{Minting, Service};
