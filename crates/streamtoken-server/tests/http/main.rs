//! The service over connections.
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

#[cfg(feature = "tls")]
#[path = "../../../xtask/src/certificates.rs"]
pub mod certificates;
#[cfg(feature = "tls")]
mod client;
mod dev;
mod hanging;
mod log;
mod malformed;
mod patience;
mod routes;
mod support;
#[cfg(feature = "tls")]
mod tls;
mod vectors;
