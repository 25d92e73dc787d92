//! The binary as a process, shared by the tests that start it.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use std::thread;

/// The binary, without any variable of ours in its environment.
pub(crate) fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_streamtoken"));
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        if name_text.starts_with("CLOUDFLARE_") || name_text.starts_with("STREAMTOKEN_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs `command` with `input` on standard input to its end.
pub(crate) fn exchange(command: &mut Command, input: impl Into<Vec<u8>>) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.into();
    let writer = thread::spawn(move || {
        // The reader may well go away before it has read everything, or anything.
        drop(stdin.write_all(&input));
    });
    let output = child.wait_with_output().expect("the binary ends");
    writer.join().expect("the writer ends");
    output
}
