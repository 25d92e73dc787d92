//! The client in Rust, beside a server that answers as servers should not.

#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

mod faults;
mod live;
mod proxy_silence;
mod server;
mod silence;
mod source;
mod table;
mod trust;
mod tunnel;
