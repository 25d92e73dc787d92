//! The other languages as the benchmark sees them: processes that time blocks of our package, and of what
//! one would use otherwise there.

use anyhow::Result;
use serde_json::Value;

use crate::command;
use crate::dist::{MOST_INSTALLED, MOST_PACKED};
use crate::languages::{c, node, python};
use crate::oracle::Oracle;

/// C, with the library as it is released. It answers `{"what", "n"}`.
///
/// # Errors
/// When it cannot be built or started.
pub fn c() -> Result<Oracle> {
    Oracle::spawn(c::bench_server()?)
}

/// Python, with our package, PyJWT and joserfc. It answers `{"what", "library", "n"}`.
///
/// # Errors
/// When it cannot be built or started.
pub fn python() -> Result<Oracle> {
    Oracle::spawn(python::bench_server()?)
}

/// Node.js, with our package, fast-jwt, jose and jsonwebtoken. It answers as Python does.
///
/// # Errors
/// When it cannot be built or started.
pub fn node() -> Result<Oracle> {
    Oracle::spawn(node::bench_server()?)
}

/// What loading the packages costs, and how large they are, beside Cloudflare's own clients: two lines of text a
/// language.
///
/// # Errors
/// When a report cannot be made or read.
pub fn footprint(quick: bool) -> Result<String> {
    let python = report(python::bench_report(quick)?)?;
    let node = report(node::bench_report(quick)?)?;
    Ok(format!(
        "Python: import adds {} ms (target {MOST_LOADING}), {} bytes installed (target {MOST_INSTALLED})\n\
         Python, cloudflare alone: {} ms, {} bytes\n\
         Node.js: require adds {} ms (target {MOST_LOADING}), {} bytes packed (target {MOST_PACKED}), \
         {} installed (target {MOST_INSTALLED})\n\
         Node.js, cloudflare alone: {} ms, {} bytes",
        python["import_milliseconds"]["streamtoken"],
        python["installed"]["streamtoken"]["bytes"],
        python["import_milliseconds"]["cloudflare"],
        python["installed"]["cloudflare"]["bytes"],
        node["require_ms"],
        node["packed"],
        node["installed"],
        node["official"]["require_ms"],
        node["official"]["installed"],
    ))
}

fn report(command: std::process::Command) -> Result<Value> {
    Ok(serde_json::from_str(command::run(command)?.trim())?)
}

/// The budget of what loading a package adds: milliseconds.
const MOST_LOADING: u32 = 15;
