//! The changelog speaks of the version that the workspace has.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::project;

pub(super) fn run() -> Result<()> {
    let text = fs::read_to_string(project::root().join("CHANGELOG.md")).context("CHANGELOG.md")?;
    check(&text, env!("CARGO_PKG_VERSION"))
}

/// The newest entry is `## VERSION`, then anything with a date.
fn check(text: &str, version: &str) -> Result<()> {
    let newest = text
        .lines()
        .find_map(|line| line.strip_prefix("## "))
        .context("the changelog has no entry")?;
    ensure!(
        newest.split([' ', ',']).next() == Some(version),
        "the changelog begins with \"{newest}\", the workspace has version {version}"
    );
    ensure!(
        newest.split(['(', ')', ',', ' ']).any(is_date),
        "the changelog's entry \"{newest}\" has no date like 2026-11-23"
    );
    Ok(())
}

fn is_date(word: &str) -> bool {
    word.len() == 10
        && word.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_newest_entry_names_the_version_and_a_date() {
        let check = |heading: &str| super::check(&format!("# Changelog\n\n{heading}\n"), "0.1.0");
        assert!(check("## 0.1.0 (2026-11-23, unreleased)").is_ok());
        assert!(check("## 0.1.0, unreleased (2026-11-23)").is_ok());
        assert!(check("## 0.1.0 unreleased (2026-11-23)").is_ok());
        assert!(check("## 0.1.0 (2026-11-23)").is_ok());
        assert!(check("## 0.1.1 (2026-11-23)").is_err());
        assert!(check("## 0.1.0").is_err());
        assert!(check("").is_err());
    }
}
