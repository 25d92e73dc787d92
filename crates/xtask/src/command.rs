//! Running programs: at the top of the tree, without standard input, with the output kept until it is
//! known whether anybody needs it.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::panic::resume_unwind;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

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
    without(command, &["CARGO_PKG_", "CARGO_MANIFEST_"]);
}

/// Takes away what this machine says to programs of ours and to Cloudflare's clients: a test says it itself.
pub(crate) fn without_settings(command: &mut Command) {
    without(command, &["CLOUDFLARE_"]);
}

/// Takes away the variables whose names begin so.
fn without(command: &mut Command, beginnings: &[&str]) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if beginnings.iter().any(|begin| text.starts_with(begin)) {
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

/// Runs programs side by side, each to its end; one that could not be prepared is passed through.
pub(crate) fn capture_all(commands: Vec<Result<Command>>) -> Vec<Result<Ended>> {
    thread::scope(|scope| {
        let running: Vec<_> = commands
            .into_iter()
            .map(|command| scope.spawn(|| capture(command?)))
            .collect();
        running
            .into_iter()
            .map(|one| match one.join() {
                Ok(ended) => ended,
                Err(panic) => resume_unwind(panic),
            })
            .collect()
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

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::capture_all;

    #[test]
    fn programs_run_side_by_side_and_answer_in_order() {
        let folder = std::env::temp_dir().join(format!("xtask-beside-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        // Each waits for the other, which it would in vain if they ran in turn.
        let commands = ["a b", "b a"].map(|names| {
            let (mine, other) = names.split_once(' ').unwrap();
            let mut command = Command::new("sh");
            let script = format!(
                "touch {mine}; n=0; while [ ! -e {other} ]; do sleep 0.01; n=$((n + 1)); \
                 [ $n -lt 3000 ] || exit 1; done; echo {mine}"
            );
            command.args(["-c", &script]).current_dir(&folder);
            Ok(command)
        });
        let ended = capture_all(commands.into());
        std::fs::remove_dir_all(folder).unwrap();
        let said: Vec<_> = ended.into_iter().map(|one| one.unwrap().output).collect();
        assert_eq!(said, ["a\n", "b\n"]);
    }
}
