//! Go: what its programs in this repository have in common.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::command;

/// Refuses a Go that is older than the module in `folder` wants, before that says so in its own way or
/// another one is downloaded.
pub(crate) fn check_version(folder: &Path) -> Result<()> {
    let manifest = fs::read_to_string(folder.join("go.mod"))?;
    let wanted = manifest.lines().find_map(|line| line.strip_prefix("go "));
    let wanted = wanted.context("go.mod names no version")?.trim();
    let mut go = Command::new("go");
    go.arg("version").env("GOTOOLCHAIN", "local");
    let found = command::run(go);
    let found = found.with_context(|| format!("Go {wanted} or newer is needed"))?;
    compare(wanted, found.trim())
}

/// The layout of the sources in `folder`, by `gofmt`.
pub(crate) fn format(folder: &Path, write: bool) -> Result<()> {
    let mut gofmt = Command::new("gofmt");
    gofmt.arg(if write { "-w" } else { "-l" }).arg(folder);
    let changed = command::run(gofmt)?;
    ensure!(changed.is_empty(), "gofmt would change {changed}");
    Ok(())
}

/// `found` is what `go version` prints: `go version go1.26.8 linux/amd64`.
fn compare(wanted: &str, found: &str) -> Result<()> {
    let version = |text: &str| release(text.strip_prefix("go")?);
    let Some(is) = found.split_whitespace().find_map(version) else {
        bail!("`go version` names no version: {found}");
    };
    let least = release(wanted).with_context(|| format!("go.mod wants {wanted}"))?;
    ensure!(
        is >= least,
        "Go {wanted} or newer is needed, and this is {found}"
    );
    Ok(())
}

/// `1.26.8`, `1.22` and `1.22rc1` by their first two numbers.
fn release(version: &str) -> Option<(u32, u32)> {
    let (major, rest) = version.split_once('.')?;
    let minor = rest.split(|letter: char| !letter.is_ascii_digit()).next()?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::compare;

    #[test]
    fn an_older_go_is_refused_with_both_versions() {
        for found in [
            "go version go1.22 linux/amd64",
            "go version go1.22rc1 linux/amd64",
            "go version go1.26.8 linux/amd64",
            "go version devel go1.27-3f4977b linux/amd64",
            "go version go2.0 linux/amd64",
        ] {
            assert!(compare("1.22", found).is_ok(), "{found}");
        }
        let old = compare("1.22", "go version go1.19.8 linux/amd64").unwrap_err();
        let said = "Go 1.22 or newer is needed, and this is go version go1.19.8 linux/amd64";
        assert_eq!(old.to_string(), said);
        assert!(compare("1.22", "go version go1.9 linux/amd64").is_err());
        assert!(compare("1.22", "gccgo").is_err());
    }
}
