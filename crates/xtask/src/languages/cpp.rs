//! C++: the wrapper and its golden vectors; the two libraries as they are installed; the examples in C,
//! C++ and Go.

mod cases;
mod examples;
mod libraries;
mod lints;
mod programs;
mod tools;

use std::path::PathBuf;

use anyhow::Result;

use crate::dist;
use crate::go;
use crate::languages::Examples;
use crate::languages::services::Services;
use crate::project;
use crate::test::Tally;
use crate::vectors::Count;
use cases::Cases;

/// Format, lints, and that the wrapper compiles without a warning wherever it may be included.
pub(crate) fn check(write: bool) -> Result<()> {
    lints::format(write)?;
    lints::wrapper()?;
    go::format(&project::root().join("bindings/c/examples/go"), write)
}

/// Every test of the surface and of the installed libraries. The golden vectors are among them: their
/// counts are returned too.
pub(crate) fn test(tally: &mut Tally) -> Result<Vec<Count>> {
    let prefix = prefix()?;
    let services = Services::start("cpp")?;
    let mut cases = Cases::default();
    libraries::test(&prefix, &mut cases)?;
    let counts = programs::test(&prefix, &services, &mut cases);
    examples::test(&prefix, &services, &mut cases)?;
    cases.end(tally)?;
    counts
}

/// The example programs in C, C++ and Go, built.
pub(crate) fn examples() -> Result<Vec<Examples>> {
    examples::build(&prefix()?)
}

/// The libraries as they are installed, built in the profile of the tests.
fn prefix() -> Result<PathBuf> {
    dist::c::prefix("dev", &tools::folder("prefix")?)
}
