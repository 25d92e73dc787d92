//! A heading, the work, the time it took.

use std::time::Instant;

use anyhow::{Context, Result};

/// Runs `work` under the heading `name`, which its error begins with.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    timed(name, work).with_context(|| format!("{name} failed"))
}

/// Runs `work` under the heading `name`, for who names it in its error.
pub(crate) fn timed<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("== {name}");
    let start = Instant::now();
    let result = work();
    let seconds = start.elapsed().as_secs_f64();
    let ending = if result.is_ok() { "ok" } else { "FAILED" };
    println!("   {ending} in {seconds:.1} s");
    result
}

/// One line below the heading.
pub(crate) fn note(text: &str) {
    println!("   {text}");
}
