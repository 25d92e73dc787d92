//! C++: the wrapper and its golden vectors; the two libraries as they are installed; the examples in C,
//! C++ and Go.

mod examples;
mod libraries;
mod lints;
mod programs;

use std::path::PathBuf;

use anyhow::Result;

use crate::cases::Cases;
use crate::dist::{self, Example};
use crate::go;
use crate::languages::services::Services;
use crate::languages::{Examples, tools};
use crate::project;
use crate::step::note;
use crate::test::Tally;
use crate::vectors::Count;

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
    let example = Example::read()?;
    let mut found = Tally::default();
    let mut cases = Cases::new(&mut found);
    libraries::test(&prefix, &mut cases);
    let counts = programs::test(&prefix, &services, &mut cases);
    examples::test(&prefix, &services, &example, &mut cases);
    let outcome = cases.end();
    note(&found.to_string());
    tally.add(&found);
    outcome.map(|()| counts)
}

/// The example programs in C, C++ and Go, built.
pub(crate) fn examples() -> Result<Vec<Examples>> {
    examples::build(&prefix()?)
}

/// The libraries as they are installed, built in the profile of the tests.
fn prefix() -> Result<PathBuf> {
    dist::c::prefix("dev", &tools::folder("prefix")?)
}
