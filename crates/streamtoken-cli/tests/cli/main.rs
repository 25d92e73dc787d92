//! The command line, as processes.

mod admin;
mod api;
mod api_keys;
mod api_tls;
mod api_token;
mod batch;
#[path = "../../../xtask/src/certificates.rs"]
pub mod certificates;
mod common;
mod emulator;
mod explain;
mod help;
mod keys;
mod lint;
mod reading;
mod secrets;
mod serve;
mod serve_dev;
mod service;
mod simulate;
mod stub;
#[path = "../support/process.rs"]
mod support;
mod tokens;
