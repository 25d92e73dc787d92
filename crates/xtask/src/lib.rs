//! The workshop behind `cargo xtask`: one module a subcommand, and what the tests and the benchmark
//! share with them.

pub mod bench;
mod built;
mod cases;
pub mod certificates;
pub mod check;
mod command;
pub mod dist;
mod emulator;
pub mod faults;
mod go;
pub mod header;
mod languages;
mod markdown;
mod matrix;
pub mod measure;
mod official;
pub mod oracle;
pub mod peers;
mod project;
mod running;
mod service;
mod snippets;
mod step;
pub mod test;
pub mod vectors;

pub use project::root;
