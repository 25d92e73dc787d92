//! What was answered is there, whatever happened to the process, the disk or the file.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

mod disk;
mod kill;
mod process;
mod rotate;
