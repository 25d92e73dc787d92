//! The core stays small: every crate in its tree is code that its users trust with a private key.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use crate::command::{self, cargo_line};
use crate::step::note;

const MOST: usize = 50;

pub(super) fn run() -> Result<()> {
    let output = command::run(cargo_line(
        "tree --quiet --locked -p streamtoken -e normal --prefix none --no-dedupe -f {p}",
    ))?;
    let count = crates(&output);
    ensure!(count > 1, "cargo tree listed no dependencies");
    note(&format!(
        "streamtoken and its dependencies: {count} crates, at most {MOST}"
    ));
    ensure!(
        count <= MOST,
        "the core's default tree has {count} crates, at most {MOST} are wanted"
    );
    Ok(())
}

fn crates(listing: &str) -> usize {
    listing
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<BTreeSet<_>>()
        .len()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_crate_counts_once_and_each_version_of_it() {
        let listing = "a v1.0.0\nb v1.0.0\nb v2.0.0\n\na v1.0.0\n";
        assert_eq!(super::crates(listing), 3);
    }
}
