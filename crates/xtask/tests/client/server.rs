//! The server of faults, and the published example.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use streamtoken::SigningKey;

use crate::table::Places;

/// The server that `cargo xtask test` has started, or one that lives as long as this value.
pub(crate) struct Faults {
    /// What the server prints.
    pub(crate) line: String,
    pub(crate) places: Places,
    child: Option<Child>,
}

impl Faults {
    pub(crate) fn start() -> Self {
        let (line, child) = match env::var("STREAMTOKEN_FAULTS") {
            Ok(line) => (line, None),
            Err(_) => spawn(),
        };
        Self {
            places: serde_json::from_str(&line).expect("the server says where it is"),
            line,
            child,
        }
    }

    /// The base URL under which `case` is answered by HTTP, and counted for this process alone.
    pub(crate) fn base(&self, case: &str) -> String {
        let process = std::process::id();
        format!(
            "{}/{case}.rust{process}/client/v4",
            self.places.bases["http"]
        )
    }
}

fn spawn() -> (String, Option<Child>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("faults")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let mut line = String::new();
    let output = child.stdout.take().expect("it has an output");
    BufReader::new(output)
        .read_line(&mut line)
        .expect("it prints a line");
    (line, Some(child))
}

impl Drop for Faults {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // The end of its input ends it.
            drop(child.stdin.take());
            drop(child.wait());
        }
    }
}

/// The published key and token.
pub(crate) fn example() -> (SigningKey, String) {
    let file = xtask::root().join("crates/streamtoken/vectors/example-key.json");
    let text = fs::read_to_string(file).expect("the example is readable");
    let example: serde_json::Value = serde_json::from_str(&text).expect("the example is JSON");
    let text = |name: &str| example[name].as_str().expect("it has its members");
    let key = SigningKey::load(text("pem_base64"), Some(text("key_id")));
    (key.expect("the key is good"), text("token").to_owned())
}
