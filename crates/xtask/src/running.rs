//! Programs that say in one line of JSON where they are, and go on.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::command;

/// Such a program. It ends with this value, and when its standard input does: with this process.
pub(crate) struct Running {
    child: Child,
    /// What it says of itself.
    pub(crate) said: Value,
}

impl Running {
    /// Starts it, and waits for its line.
    pub(crate) fn start(mut command: Command) -> Result<Self> {
        let shown = command::show(&command);
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("`{shown}` cannot be started"))?;
        let mut running = Self {
            child,
            said: Value::Null,
        };
        let mut line = String::new();
        let output = running.child.stdout.take();
        BufReader::new(output.context("a child has an output")?).read_line(&mut line)?;
        running.said = serde_json::from_str(&line)
            .with_context(|| format!("`{shown}` does not introduce itself: {line:?}"))?;
        Ok(running)
    }

    /// A text of what it says.
    pub(crate) fn told(&self, name: &str) -> Result<&str> {
        text(&self.said, name)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The member of this name, which is a text.
pub(crate) fn text<'s>(said: &'s Value, name: &str) -> Result<&'s str> {
    let text = said.get(name).and_then(Value::as_str);
    text.with_context(|| format!("a program does not tell its {name}"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::Running;

    fn saying(line: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("echo '{line}'; cat")]);
        command
    }

    #[test]
    fn a_program_introduces_itself_and_ends_with_its_value() {
        let running = Running::start(saying(r#"{"place": "here", "port": 1}"#)).unwrap();
        assert_eq!(running.told("place").unwrap(), "here");
        assert!(running.told("port").is_err());
        let process = format!("/proc/{}", running.child.id());
        assert!(std::fs::exists(&process).unwrap());
        drop(running);
        assert!(!std::fs::exists(&process).unwrap());
    }

    #[test]
    fn one_that_says_something_else_is_refused_with_what_it_said() {
        let refused = Running::start(saying("no place")).err().unwrap();
        let said = format!("{refused:#}");
        assert!(
            said.contains(r#"does not introduce itself: "no place\n""#),
            "{said}"
        );
        assert!(Running::start(Command::new("true")).is_err());
    }
}
