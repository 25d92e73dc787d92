//! The command line, as processes.

mod batch;
mod common;
mod help;
mod keys;
mod reading;
mod secrets;
mod serve;
#[path = "../support/process.rs"]
mod support;
mod tokens;
