//! The service over connections.
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

mod routes;
mod support;
mod vectors;
