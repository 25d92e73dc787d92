//! A heading, the work, the time it took.

use std::time::Instant;

use anyhow::{Context, Result};

/// Runs `work` under the heading `name`.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("== {name}");
    let start = Instant::now();
    let result = work();
    let seconds = start.elapsed().as_secs_f64();
    let ending = if result.is_ok() { "ok" } else { "FAILED" };
    println!("   {ending} in {seconds:.1} s");
    result.with_context(|| format!("{name} failed"))
}

/// One line below the heading.
pub(crate) fn note(text: &str) {
    println!("   {text}");
}
