//! Python: build, lints, tests.

use anyhow::Result;

use crate::languages::Examples;
use crate::test::Tally;
use crate::vectors::Count;

/// Format, lints, types and generated files.
pub(crate) fn check(_write: bool) -> Result<()> {
    Ok(())
}

/// Every test of the surface. The golden vectors are among them: their counts are returned too.
pub(crate) fn test(_tally: &mut Tally) -> Result<Vec<Count>> {
    Ok(Vec::new())
}

/// The example programs, built.
pub(crate) fn examples() -> Result<Vec<Examples>> {
    Ok(Vec::new())
}
