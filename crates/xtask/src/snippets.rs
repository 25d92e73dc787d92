//! The blocks of the README and of the pages on migrating and on refusals that are not Rust or shell, run as
//! they stand.
//! (Rust blocks are tests of the core's documentation, shell blocks of the command line.)

use std::fs;

use anyhow::{Result, anyhow, ensure};

use crate::cases::Cases;
use crate::command;
use crate::dist::Example;
use crate::languages::{Script, c, node, python};
use crate::markdown;
use crate::project;
use crate::test::Tally;

/// Runs every block: one test a program.
pub(crate) fn test(tally: &mut Tally) -> Result<()> {
    let mut cases = Cases::new(tally);
    for (language, script) in SCRIPTS {
        let Some(script) = cases.get(language, |_| script()) else {
            continue;
        };
        for (page, joined) in PAGES {
            let name = format!("{page}, {language}");
            let programs = cases.get(&name, |_| programs(page, joined, script.fence));
            for program in programs.unwrap_or_default() {
                cases.run(&name, || {
                    run(&script, &program).map_err(|error| anyhow!("{error:#}\n{program}"))
                });
            }
        }
    }
    cases.end()
}

/// The programs of a page. The README has some in every language.
fn programs(page: &str, joined: bool, fence: &str) -> Result<Vec<String>> {
    let text = fs::read_to_string(project::root().join(page))?;
    let mut programs = markdown::blocks(&text, fence);
    ensure!(
        page != README || !programs.is_empty(),
        "there is no block of {fence}"
    );
    if joined {
        programs = vec![programs.join("\n")];
    }
    programs.retain(|program| !program.is_empty());
    Ok(programs)
}

fn run(script: &Script, program: &str) -> Result<()> {
    let folder = project::target().join("snippets");
    fs::create_dir_all(&folder)?;
    let file = folder.join(format!("snippet.{}", script.extension));
    fs::write(&file, program)?;
    let mut command = (script.command)(&file)?;
    Example::read()?.give_key(&mut command);
    let output = command::run(command)?;
    ensure!(!output.trim().is_empty(), "it prints nothing");
    ensure!(!output.contains("Assertion failed"), "{output}");
    Ok(())
}

/// A language's name, and how its blocks become programs.
type Language = (&'static str, fn() -> Result<Script>);

/// How the blocks in each language run.
const SCRIPTS: [Language; 3] = [
    ("C", c::script),
    ("Python", python::script),
    ("JavaScript", node::script),
];

const README: &str = "README.md";

/// The pages, and whether their blocks make one program.
const PAGES: [(&str, bool); 3] = [
    (README, false),
    ("crates/streamtoken/docs/migrating.md", true),
    ("crates/streamtoken/docs/refused.md", false),
];
