//! The command line, as processes.

mod admin;
mod batch;
mod common;
mod help;
mod keys;
mod reading;
mod secrets;
mod serve;
mod serve_dev;
#[path = "../support/process.rs"]
mod support;
mod tokens;
