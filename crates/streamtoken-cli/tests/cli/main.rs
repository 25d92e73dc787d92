//! The command line, as processes.

mod batch;
mod common;
mod help;
mod keys;
mod reading;
mod secrets;
mod tokens;
