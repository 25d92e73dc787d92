//! The matrix: every surface mints, and every surface verifies what every other minted.
//!
//! It runs the example programs, which take the same arguments in every language. Tokens of a window of reuse
//! are minted by a process of each, which do not talk, and are the same bytes.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::built;
use crate::cases::Cases;
use crate::command::{self, Ended};
use crate::dist::Example;
use crate::languages::{Examples, cpp, node, python};
use crate::project;
use crate::step::note;
use crate::test::Tally;

/// Runs the matrix: one test for each pair of surfaces.
pub(crate) fn test(tally: &mut Tally) -> Result<()> {
    let example = Example::read()?;
    let surfaces = surfaces()?;
    have_all(&surfaces)?;
    let mut cases = Cases::new(tally);
    let mut urls = None;
    for minting in &surfaces {
        let name = &minting.surface;
        let token = cases.get(&format!("{name} mints"), |_| {
            minting.prints(&example, "mint", &[&example.identifier])
        });
        if let Some(token) = token {
            for verifying in &surfaces {
                let pair = format!("{} verifies what {name} minted", verifying.surface);
                cases.run(&pair, || judge(verifying, &example, token.trim_end()));
            }
        }
        cases.run(&format!("{name} prints URLs"), || {
            same_urls(minting, &mut urls, &example)
        });
        if REUSING.contains(&&**name) {
            cases.run(&format!("{name} mints for a window"), || {
                reuse(minting, &surfaces[0], &example)
            });
        }
    }
    cases.end()?;
    let names: Vec<_> = surfaces.iter().map(|one| one.surface.as_str()).collect();
    note(&format!(
        "each of {} verified every other's token",
        names.join(", ")
    ));
    Ok(())
}

/// Whoever is called otherwise would be left out without a word.
fn have_all(surfaces: &[Examples]) -> Result<()> {
    for name in REUSING {
        let is_there = surfaces.iter().any(|one| one.surface == name);
        ensure!(is_there, "no surface is called {name}");
    }
    Ok(())
}

/// All URLs of one token, from every surface: those of the first.
fn same_urls(
    printing: &Examples,
    first: &mut Option<Vec<String>>,
    example: &Example,
) -> Result<()> {
    let lines = printing.prints(example, "urls", &[&example.token, CODE])?;
    let lines: Vec<_> = lines.split_whitespace().map(str::to_owned).collect();
    let first = first.get_or_insert_with(|| lines.clone());
    ensure!(*first == lines, "they are others than the first surface's");
    Ok(())
}

/// At both ends of a window, the surface mints what the first one mints in the midst of it; not so in the next.
fn reuse(minting: &Examples, first: &Examples, example: &Example) -> Result<()> {
    const BEGIN: u64 = 1_749_999_600;
    const WINDOW: u64 = 600;
    let token = |by: &Examples, now: u64| {
        let (window, now) = (WINDOW.to_string(), now.to_string());
        let arguments = [&*example.identifier, &*window, &*now];
        by.prints(example, "reuse", &arguments)
    };
    let wanted = token(first, BEGIN + WINDOW / 2)?;
    for now in [BEGIN, BEGIN + WINDOW / 2, BEGIN + WINDOW - 1] {
        ensure!(
            token(minting, now)? == wanted,
            "{} mints another token than {} in the window of {now}",
            minting.surface,
            first.surface
        );
    }
    for now in [BEGIN - 1, BEGIN + WINDOW] {
        ensure!(
            token(minting, now)? != wanted,
            "{} mints the token of another window at {now}",
            minting.surface
        );
    }
    Ok(())
}

/// The token plays its video for a viewer in Great Britain and for no other, and plays no other video.
fn judge(verifying: &Examples, example: &Example, token: &str) -> Result<()> {
    let verify = |identifier: &str, country: &str| {
        command::capture(verifying.run(example, "verify", &[token, identifier, country]))
    };
    let said = verify(&example.identifier, "GB")?;
    ensure!(
        said.status.success() && said.output.contains(&example.identifier),
        "{}",
        said.output
    );
    refused(
        &verify(&example.identifier, "FR")?,
        "error[blocked_by_rule]",
    )?;
    refused(
        &verify("6b9e68b07dfee8cc2d116e4c51d6a957", "GB")?,
        "error[sub_mismatch]",
    )
}

fn refused(said: &Ended, code: &str) -> Result<()> {
    ensure!(
        said.status.code() == Some(1) && said.output.starts_with(code),
        "{code} is missing: {} ({})",
        said.output,
        said.status
    );
    Ok(())
}

/// Every surface that has the example programs, built.
fn surfaces() -> Result<Vec<Examples>> {
    built::workspace(&[])?;
    let examples = project::target().join("debug/examples");
    let mut surfaces = vec![
        Examples::new("Rust", move |name| Command::new(examples.join(name))),
        Examples::new("the command line", |name| {
            let mut command = Command::new(project::root().join(SHIM));
            command
                .arg(project::target().join("debug/streamtoken"))
                .arg(name);
            command
        }),
    ];
    for more in [cpp::examples()?, python::examples()?, node::examples()?] {
        surfaces.extend(more);
    }
    Ok(surfaces)
}

impl Examples {
    /// The program `name` with `arguments`, and with the published key in its environment.
    fn run(&self, example: &Example, name: &str, arguments: &[&str]) -> Command {
        let mut command = (self.program)(name);
        command.args(arguments);
        example.give_key(&mut command);
        command
    }

    /// What the program prints, which succeeds.
    fn prints(&self, example: &Example, name: &str, arguments: &[&str]) -> Result<String> {
        let output = command::run(self.run(example, name, arguments));
        let output = output.with_context(|| self.surface.clone())?;
        ensure!(
            !output.trim().is_empty(),
            "{} printed nothing",
            self.surface
        );
        Ok(output)
    }
}

/// The surfaces that have the program `reuse`. C++ and Go have the library of C.
const REUSING: [&str; 5] = ["Rust", "the command line", "C", "Python", "JavaScript"];
/// The code of Cloudflare's own demonstration videos.
const CODE: &str = "f33zs165nr7gyfy4";
/// The examples as calls of the command line.
const SHIM: &str = "crates/streamtoken-cli/examples/examples.sh";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_surface_is_left_out_without_a_word() {
        let all = || REUSING.map(|name| Examples::new(name, |name| Command::new(name)));
        have_all(&all()).expect("all of them");
        let mut renamed = all();
        renamed[4].surface = "Node.js".to_owned();
        let refusal = have_all(&renamed).expect_err("one is missing");
        assert!(refusal.to_string().contains("JavaScript"), "{refusal}");
    }
}
