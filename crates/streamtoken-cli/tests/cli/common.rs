//! The binary as its users meet it: arguments, standard input, and what comes back.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::support::{binary, exchange};

/// The video of the published example.
pub(crate) const VIDEO: &str = "ea95132c15732412d22c1476fa83f27a";
/// The published example key's id.
pub(crate) const KEY_ID: &str = "e9db990a82666dd571c77f944a5c5c8d";
/// When the published example token was issued.
pub(crate) const ISSUED: &str = "1537456765";

/// The binary, without any variable of ours in its environment.
pub(crate) fn streamtoken() -> Command {
    let mut command = binary();
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command
}

/// What a run gave.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.stdout, self.stderr))
    }

    /// The output of a run that went well and had nothing to complain about.
    pub(crate) fn good(self) -> String {
        assert_eq!((self.code, &*self.stderr), (Some(0), ""), "{}", self.stdout);
        self.stdout
    }

    /// The message of a run that was refused with `slug`, and printed nothing else.
    pub(crate) fn refused(self, exit: i32, slug: &str) -> String {
        assert_eq!(
            (self.code, &*self.stdout),
            (Some(exit), ""),
            "{}",
            self.stderr
        );
        let message = self.stderr.strip_prefix(&format!("error[{slug}]: "));
        message
            .unwrap_or_else(|| panic!("{slug}? {}", self.stderr))
            .to_owned()
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8 on standard output"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8 on standard error"),
        }
    }
}

/// Runs `command` with `input` on standard input.
pub(crate) fn feed(command: &mut Command, input: impl Into<Vec<u8>>) -> Run {
    exchange(command, input).into()
}

/// Runs the binary with `args` and an empty standard input.
pub(crate) fn run(args: &[&str]) -> Run {
    feed(streamtoken().args(args), "")
}

/// A member of the published example.
pub(crate) fn example(member: &str) -> String {
    let json: Json = serde_json::from_str(include_str!(
        "../../../streamtoken/vectors/example-key.json"
    ))
    .expect("JSON");
    json[member].as_str().expect("a string").to_owned()
}

/// A folder with the published example key as the API gives it, and its public half.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        folder.write("key", example("pem_base64"));
        let jwks = run(&["key", "public", &folder.at("key"), "--key-id", KEY_ID]).good();
        folder.write("jwks", jwks);
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn at(&self, name: &str) -> String {
        self.0.path().join(name).to_str().expect("UTF-8").to_owned()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).expect("a writable folder");
        path
    }

    /// `sign` with the example key at the example's time.
    pub(crate) fn sign(&self) -> Command {
        let mut command = streamtoken();
        command
            .args([
                "sign",
                "--key",
                &self.at("key"),
                "--key-id",
                KEY_ID,
                "--now",
                ISSUED,
            ])
            .current_dir(self.path());
        command
    }

    /// `verify` with the example key at the example's time.
    pub(crate) fn verify(&self) -> Command {
        let mut command = streamtoken();
        command.args(["verify", "--keys", &self.at("jwks"), "--now", ISSUED]);
        command
    }
}
