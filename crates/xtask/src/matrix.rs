//! The matrix: every surface mints, and every surface verifies what every other minted.
//!
//! It runs the example programs, which take the same arguments in every language. Tokens of a window of reuse
//! are minted by a process of each, which do not talk, and are the same bytes.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::command::{self, Ended, cargo_line};
use crate::dist::Example;
use crate::languages::{Examples, cpp, node, python};
use crate::project;
use crate::step::note;
use crate::test::Tally;

/// Runs the matrix: one test for each pair of surfaces.
pub(crate) fn test(tally: &mut Tally) -> Result<()> {
    let example = Example::read()?;
    let identifier = example.identifier.as_str();
    let surfaces = surfaces()?;
    let mut urls = None;
    for minting in &surfaces {
        let mint = prints(
            &minting.surface,
            minting.run(&example, "mint", &[identifier]),
        )?;
        let token = mint.trim_end();
        for verifying in &surfaces {
            let pair = format!(
                "{} verifies what {} minted",
                verifying.surface, minting.surface
            );
            judge(verifying, &example, token).with_context(|| format!("{pair}: failed"))?;
            tally.passed += 1;
        }
        // All URLs of one token, from every surface: the same.
        let lines = prints(
            &minting.surface,
            minting.run(&example, "urls", &[&example.token, CODE]),
        )?;
        let lines: Vec<_> = lines.split_whitespace().map(str::to_owned).collect();
        let first = urls.get_or_insert_with(|| lines.clone());
        ensure!(
            *first == lines,
            "{} prints other URLs than {}",
            minting.surface,
            surfaces[0].surface
        );
        tally.passed += 1;
    }
    for minting in surfaces
        .iter()
        .filter(|one| REUSING.contains(&&*one.surface))
    {
        reuse(minting, &surfaces[0], &example)?;
        tally.passed += 1;
    }
    let names: Vec<_> = surfaces.iter().map(|one| one.surface.as_str()).collect();
    note(&format!(
        "each of {} verified every other's token",
        names.join(", ")
    ));
    Ok(())
}

/// At both ends of a window, the surface mints what the first one mints in the midst of it; not so in the next.
fn reuse(minting: &Examples, first: &Examples, example: &Example) -> Result<()> {
    const BEGIN: u64 = 1_749_999_600;
    const WINDOW: u64 = 600;
    let token = |by: &Examples, now: u64| {
        let (window, now) = (WINDOW.to_string(), now.to_string());
        let arguments = [&*example.identifier, &*window, &*now];
        prints(&by.surface, by.run(example, "reuse", &arguments))
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

fn prints(surface: &str, command: Command) -> Result<String> {
    let output = command::run(command).with_context(|| surface.to_owned())?;
    ensure!(!output.trim().is_empty(), "{surface} printed nothing");
    Ok(output)
}

/// Every surface that has the example programs, built.
fn surfaces() -> Result<Vec<Examples>> {
    command::run(cargo_line("build -p streamtoken --examples"))?;
    command::run(cargo_line("build -p streamtoken-cli"))?;
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
        command
            .args(arguments)
            .env("CLOUDFLARE_STREAM_KEY_FILE", Example::key_file())
            .env("CLOUDFLARE_STREAM_KEY_ID", &example.key_id)
            .env_remove("CLOUDFLARE_STREAM_KEY");
        command
    }
}

/// The surfaces that have the program `reuse`. C++ and Go have the library of C.
const REUSING: [&str; 5] = ["Rust", "the command line", "C", "Python", "JavaScript"];
/// The code of Cloudflare's own demonstration videos.
const CODE: &str = "f33zs165nr7gyfy4";
/// The examples as calls of the command line.
const SHIM: &str = "crates/streamtoken-cli/examples/examples.sh";
