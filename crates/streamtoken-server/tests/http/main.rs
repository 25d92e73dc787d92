//! The service over connections.
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

mod dev;
mod routes;
mod support;
mod vectors;
