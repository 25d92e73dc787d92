//! The oracles: jsonwebtoken on either of its back ends, each a program of its own that answers JSON
//! lines. Their workspace is `crates/xtask/oracle`, outside of this one's feature unification.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::command::{self, cargo_line};
use crate::project;

/// The back end of jsonwebtoken that a program links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Backend {
    /// AWS-LC, the same C library as the core's default.
    AwsLc,
    /// The RustCrypto crates.
    RustCrypto,
}

impl Backend {
    /// Both.
    pub const ALL: [Self; 2] = [Self::AwsLc, Self::RustCrypto];

    fn program(self) -> &'static str {
        match self {
            Self::AwsLc => "oracle-aws-lc",
            Self::RustCrypto => "oracle-rust-crypto",
        }
    }

    fn feature(self) -> &'static str {
        match self {
            Self::AwsLc => "aws_lc_rs",
            Self::RustCrypto => "rust_crypto",
        }
    }
}

/// A running oracle; it ends with this value.
pub struct Oracle {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    /// Builds the program if it is not up to date, in the profile of tests, and starts it.
    ///
    /// # Errors
    /// When it cannot be built or started.
    pub fn start(backend: Backend) -> Result<Self> {
        Self::spawn(Command::new(build(backend)?))
    }

    /// As [`Oracle::start`], to be measured.
    ///
    /// # Errors
    /// When it cannot be built or started.
    pub fn start_released(backend: Backend) -> Result<Self> {
        Self::spawn(Command::new(build_released(backend)?))
    }

    /// Starts a program that answers JSON lines.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn spawn(mut program: Command) -> Result<Self> {
        let mut child = program
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("`{}` cannot be started", command::show(&program)))?;
        let requests = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().context("the oracle has no output")?);
        Ok(Self {
            child,
            requests,
            answers,
        })
    }

    /// Asks one question, in the form that the oracle's own documentation describes.
    ///
    /// # Errors
    /// The oracle's refusal, or that it does not answer.
    pub fn ask(&mut self, request: &Value) -> Result<Value> {
        let requests = self.requests.as_mut().context("the oracle is shut")?;
        writeln!(requests, "{request}")?;
        requests.flush()?;
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            bail!("the oracle ended without an answer");
        }
        let answer: Value = serde_json::from_str(&line)?;
        match answer.get("error").and_then(Value::as_str) {
            Some(refusal) => bail!("{refusal}"),
            None => Ok(answer),
        }
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // End of input ends the program; there is nobody left to tell a failure.
        drop(self.requests.take());
        let _ = self.child.wait();
    }
}

/// Builds the program of one back end, in the profile of tests, and says where it is.
///
/// # Errors
/// When Cargo fails; its output has been printed then.
pub fn build(backend: Backend) -> Result<PathBuf> {
    build_with("build --quiet --locked", "debug", backend)
}

/// As [`build`], to be measured.
///
/// # Errors
/// When Cargo fails; its output has been printed then.
pub fn build_released(backend: Backend) -> Result<PathBuf> {
    build_with("build --quiet --locked --release", "release", backend)
}

fn build_with(line: &str, folder: &str, backend: Backend) -> Result<PathBuf> {
    // The target folder of this workspace: what both link, AWS-LC above all, is compiled once.
    let target = project::target();
    let mut cargo = cargo_line(line);
    cargo
        .args(["--bin", backend.program()])
        .args(["--features", backend.feature()])
        .arg("--manifest-path")
        .arg(manifest())
        .arg("--target-dir")
        .arg(&target);
    command::run(cargo)?;
    Ok(target.join(folder).join(backend.program()))
}

/// The manifest of the oracles' workspace.
pub(crate) fn manifest() -> PathBuf {
    project::root().join("crates/xtask/oracle/Cargo.toml")
}
