//! The C library of streamtoken: handles, pointers and status codes over the core.
//!
//! A function here converts, calls one function of the core, and converts. The contract that a caller in
//! C has to keep stands in `preamble.h`, at the top of the header that `cargo xtask header` makes from
//! this crate.

#![expect(
    non_camel_case_types,
    reason = "types are named as the header names them, so that one search finds both"
)]
#![expect(
    unsafe_code,
    reason = "pointers come from C; each block says why it holds"
)]
#![expect(
    clippy::missing_safety_doc,
    reason = "the header's chapters say it once for all functions"
)]
#![deny(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::todo,
    clippy::unimplemented,
    clippy::indexing_slicing
)]

#[cfg(panic = "abort")]
compile_error!("streamtoken-capi turns panics into error codes: build it with panic = \"unwind\"");

mod aside;
mod boundary;
mod builder;
#[cfg(unix)]
mod fork;
mod options;

// In the order of the header, which reads like a book: what is needed first comes first.
pub mod about;

pub mod error_code;

pub mod error;

pub mod signing_key;

pub mod public_key;

pub mod key_set;

pub mod sign_options;

pub mod signer;

pub mod token;

pub mod prepared;

pub mod verify_context;

pub mod claims;

pub mod unverified;

pub mod explain_context;

pub mod report;

pub mod checks;

pub mod rules;

pub mod findings;

pub mod simulate;

pub mod customer_code;

pub mod url_options;

pub mod urls;

pub mod client_options;

pub mod call_options;

pub mod client;

pub mod created_key;

pub mod key_list;

#[cfg(feature = "provoke-panic")]
pub mod provoke;

/// Status of a call that did what it should. Every other status is the number of an error code.
pub const STREAMTOKEN_OK: i32 = 0;

/// Longest text or buffer that a call reads, in bytes. A greater length is refused with
/// `STREAMTOKEN_LENGTH_TOO_LARGE` before the pointer is looked at. Most texts have a lower limit of
/// their own: 16,384 for a token, 65,536 for a key, 1,048,576 for a key set and for a line of a batch.
pub const STREAMTOKEN_MAX_LENGTH: usize = 16777216;
