//! The addon under the Node.js package `streamtoken`.
//!
//! The package's JavaScript reads what the caller passes, once and before any work, and hands it over as
//! text and handles; the functions here convert, call one function of the core, and convert back. None
//! of them throws: each answers with a refusal or a value, so that the error is made in JavaScript, in
//! one class, where the caller's `await` is on the stack.
//!
//! Work for RSA in promises runs on libuv's pool. There is no runtime, no I/O and no callback from
//! another thread.

#![expect(
    clippy::needless_pass_by_value,
    reason = "Node-API hands over strings that the function owns"
)]
mod client;
mod explain;
mod keys;
mod lint;
mod outcome;
mod panics;
mod rules;
mod sign;
mod source;
mod surface;
mod urls;
mod value;
mod verify;

#[cfg(panic = "abort")]
compile_error!("a panic must unwind: here it becomes an error of the host language");
