//! The blocks of the README and of the pages on migrating and on refusals that are not Rust or shell, run as
//! they stand.
//! (Rust blocks are tests of the core's documentation, shell blocks of the command line.)

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::command;
use crate::dist::Example;
use crate::languages::{Script, c, node, python};
use crate::project;
use crate::test::Tally;

/// Runs every block: one test a program.
pub(crate) fn test(tally: &mut Tally) -> Result<()> {
    let scripts = [c::script()?, python::script()?, node::script()?];
    for script in &scripts {
        for (page, joined) in PAGES {
            let text = fs::read_to_string(project::root().join(page))?;
            let blocks = blocks(&text, script.fence);
            let programs = if joined {
                vec![blocks.join("\n")]
            } else {
                blocks
            };
            for program in programs.iter().filter(|program| !program.is_empty()) {
                run(script, program)
                    .with_context(|| format!("{page}, {}:\n{program}", script.fence))?;
                tally.passed += 1;
            }
        }
        let readme = fs::read_to_string(project::root().join("README.md"))?;
        ensure!(
            !blocks(&readme, script.fence).is_empty(),
            "README.md has no block of {}",
            script.fence
        );
    }
    Ok(())
}

fn run(script: &Script, program: &str) -> Result<()> {
    let example = Example::read()?;
    let folder = project::target().join("snippets");
    fs::create_dir_all(&folder)?;
    let file = folder.join(format!("snippet.{}", script.extension));
    fs::write(&file, program)?;
    let mut command = (script.command)(&file)?;
    command
        .env("CLOUDFLARE_STREAM_KEY_FILE", Example::key_file())
        .env("CLOUDFLARE_STREAM_KEY_ID", &example.key_id);
    let output = command::run(command)?;
    ensure!(!output.trim().is_empty(), "it prints nothing");
    ensure!(!output.contains("Assertion failed"), "{output}");
    Ok(())
}

/// The contents of all blocks fenced as `language`.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("\n```{language}\n");
    let starts = text.split(fence.as_str()).skip(1);
    starts
        .filter_map(|rest| rest.split_once("\n```").map(|(block, _)| block.to_owned()))
        .collect()
}

/// The pages, and whether their blocks make one program.
const PAGES: [(&str, bool); 3] = [
    ("README.md", false),
    ("crates/streamtoken/docs/migrating.md", true),
    ("crates/streamtoken/docs/refused.md", false),
];

#[cfg(test)]
mod tests {
    #[test]
    fn blocks_are_found_by_their_fence() {
        let text = "a\n```js\none\n\ntwo\n```\n```sh\nno\n```\nb\n```js\nthree\n```\n";
        assert_eq!(super::blocks(text, "js"), ["one\n\ntwo", "three"]);
        assert!(super::blocks(text, "python").is_empty());
    }
}
