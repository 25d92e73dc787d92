//! Lints judged by what they claim: what is warned of can go without a change for any viewer, and what is
//! called an error is what signing refuses.

#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

mod bounds;
mod options;
mod rules;
mod signer;

use streamtoken::Finding;

const NOW: u64 = 1_537_456_765;

fn ids(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(Finding::id).collect()
}
