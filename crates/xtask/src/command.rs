//! Running programs: at the top of the tree, without standard input, with the output kept until it is
//! known whether anybody needs it.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

use crate::project;

/// The Cargo that runs this program, ready for arguments.
pub(crate) fn cargo<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(project::root());
    // What is captured is printed as text, perhaps into a file.
    command.env("CARGO_TERM_COLOR", "never").env("TERM", "dumb");
    without_description(&mut command);
    command
}

/// Takes away what `cargo run` says of xtask: a build script that looks at one of these would run again on
/// every change between a nested Cargo and a direct one.
pub(crate) fn without_description(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
}

/// `cargo` with arguments from one line, split at blanks.
pub(crate) fn cargo_line(line: &str) -> Command {
    cargo(line.split_whitespace())
}

/// How a program ended and what it wrote to both of its outputs, in the order of writing.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) output: String,
}

/// Runs a program to its end.
pub(crate) fn capture(mut command: Command) -> Result<Ended> {
    let shown = show(&command);
    let (mut reader, writer) = io::pipe()?;
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer);
    let mut child = command
        .spawn()
        .with_context(|| format!("`{shown}` cannot be started"))?;
    // The command holds the writing ends; the pipe ends only when they are gone.
    drop(command);
    let mut output = Vec::new();
    reader.read_to_end(&mut output)?;
    Ok(Ended {
        status: child.wait()?,
        output: String::from_utf8_lossy(&output).into_owned(),
    })
}

/// Runs a program that must succeed and returns its output; a failure prints it.
pub(crate) fn run(command: Command) -> Result<String> {
    let shown = show(&command);
    let ended = capture(command)?;
    if !ended.status.success() {
        eprintln!("{}", ended.output.trim_end());
        bail!("`{shown}` failed ({})", ended.status);
    }
    Ok(ended.output)
}

/// Runs a program that must succeed, its output going where ours goes.
pub(crate) fn run_visibly(mut command: Command) -> Result<()> {
    let shown = show(&command);
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("`{shown}` cannot be started"))?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

/// The command as one would type it.
pub(crate) fn show(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    std::iter::once(name)
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}
