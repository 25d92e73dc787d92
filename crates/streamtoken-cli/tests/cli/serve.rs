//! `serve`: what its tests share.

mod ending;
mod listening;
mod logging;
mod running;
mod settings;
mod stores;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tempfile::TempDir;

use crate::common::{Run, feed, streamtoken};

/// A folder with a master key.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("master.key");
    std::fs::write(&key, master_key(1)).expect("a file");
    // Others may not read it, or the service warns.
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&key, private).expect("a mode");
    folder
}

fn master_key(byte: u8) -> String {
    BASE64_STANDARD.encode([byte; 32])
}

/// `serve` in a folder, with its master key.
fn serve(folder: &TempDir, arguments: &[&str]) -> Command {
    let mut command = streamtoken();
    command
        .current_dir(folder.path())
        .args(["serve", "--master-key-file", "master.key"])
        .args(arguments);
    command
}

/// The command as the last arguments of another.
fn under(outer: &[&str], command: &Command) -> Command {
    let mut whole = Command::new(outer[0]);
    whole
        .args(&outer[1..])
        .arg(command.get_program())
        .args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        whole.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => whole.env(name, value),
            None => whole.env_remove(name),
        };
    }
    whole
}

fn check(folder: &TempDir, arguments: &[&str]) -> Run {
    feed(serve(folder, arguments).arg("--check-config"), "")
}

/// Runs a command that is not to serve, and ends it if it does.
fn start_and_end(command: &mut Command) -> Run {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let begun = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if begun.elapsed() > Duration::from_secs(30) {
            child.kill().expect("a child that runs");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().expect("an output").into()
}
