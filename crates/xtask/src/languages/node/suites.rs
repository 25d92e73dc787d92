//! The test suites: on every supported version of Node.js, and once in Bun.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::{at_root, folder, workshop};
use crate::cases::Cases;
use crate::command;
use crate::faults;
use crate::languages::services::Services;
use crate::step::note;
use crate::test::Tally;
use crate::vectors::{self, Count};

/// The versions that are tested, by the names of their packages.
const RUNTIMES: [&str; 3] = ["node20", "node22", "node24"];

pub(super) fn run(tally: &mut Tally) -> Result<Vec<Count>> {
    let services = Services::start("node")?;
    let mut cases = Cases::new(tally);
    let mut counts = Vec::new();
    for runtime in RUNTIMES {
        let node = tool(&format!("{runtime}/bin/node"));
        let output = cases.get(runtime, |tally| suite(node, "tests", &services, tally));
        counts.extend(vectors::read_counts(&output.unwrap_or_default(), ""));
    }
    cases.get("once", |tally| {
        suite("node".into(), "tests/once", &services, tally)
    });
    cases.get("Bun", bun);
    cases.end()?;
    Ok(counts)
}

/// A program among the tools.
fn tool(path: &str) -> PathBuf {
    workshop().join("tools/node_modules").join(path)
}

/// Runs the test files of a folder.
fn suite(node: PathBuf, name: &str, services: &Services, tally: &mut Tally) -> Result<String> {
    let version = version(&node)?;
    let mut command = Command::new(node);
    command.args(["--test", "--test-reporter=tap"]);
    command.args(test_files(name)?);
    faults::tell(&mut command)?;
    services.introduce(&mut command);
    command.env("STREAMTOKEN_PANICS", workshop().join("panics"));
    command.env("STREAMTOKEN_TOOLS", workshop().join("tools"));
    let ended = command::capture(at_root(command))?;
    let found = read(&ended.output).context("the result of node --test is not understood")?;
    let suite = format!("Node.js {version}, {name}");
    note(&format!("{suite}: {found}"));
    tally.judge(&suite, &ended, &found)?;
    Ok(ended.output)
}

fn version(program: &PathBuf) -> Result<String> {
    let mut command = Command::new(program);
    command.arg("--version");
    Ok(command::run(command)?.trim().to_owned())
}

/// Older versions of Node.js take no folder and no pattern.
fn test_files(name: &str) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder().join(name))?;
    let mut files = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    files.retain(|file| file.to_string_lossy().contains(".test."));
    files.sort();
    Ok(files)
}

/// The closing lines `# pass 3`, `# fail 0`, `# skipped 0`, `# todo 0` of a report in TAP. A test that is still to
/// do may fail there, and would go unseen.
fn read(output: &str) -> Option<Tally> {
    let count = |name: &str| {
        let number = |line: &str| {
            line.strip_prefix("# ")?
                .strip_prefix(name)?
                .trim()
                .parse()
                .ok()
        };
        output.lines().rev().find_map(number)
    };
    Some(Tally {
        passed: count("pass ")?,
        failed: count("fail ")?,
        ignored: count("skipped ")? + count("todo ")?,
    })
}

/// The package in Bun: a program that checks as it goes and says how much it checked.
fn bun(tally: &mut Tally) -> Result<()> {
    let bun = tool("@oven/bun-linux-x64/bin/bun");
    let version = version(&bun)?;
    let mut command = Command::new(bun);
    command.arg(folder().join("tests/bun.mjs"));
    faults::tell(&mut command)?;
    let output = command::run(at_root(command))?;
    let passed: u64 = output
        .lines()
        .find_map(|line| line.strip_suffix(" checks passed")?.parse().ok())
        .context("Bun checked nothing")?;
    note(&format!("Bun {version}: {passed} passed"));
    tally.passed += passed;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::test::Tally;

    #[test]
    fn the_closing_lines_count() {
        let output =
            "# pass 9 of them\nok 1 - a\n# tests 4\n# pass 2\n# fail 1\n# skipped 1\n# todo 0\n";
        let expected = |ignored| {
            Some(Tally {
                passed: 2,
                failed: 1,
                ignored,
            })
        };
        assert_eq!(read(output), expected(1));
        assert_eq!(read(&output.replace("todo 0", "todo 2")), expected(3));
        assert_eq!(read("# pass 2\n"), None);
    }
}
