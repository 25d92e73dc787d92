//! Asking before something that cannot be undone.

use std::io::{self, IsTerminal as _, Read as _, Write as _};

use streamtoken::{Error, ErrorCode, Result};

use crate::input::take_stdin;
use crate::output::printable;

/// Goes on when `yes` was said, or is said now at a terminal.
pub(super) fn confirm(question: &str, yes: bool) -> Result<()> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        let message = format!("{question} There is no terminal to ask at: give --yes");
        return Err(Error::new(ErrorCode::UsageInvalid, message));
    }
    let mut screen = io::stderr().lock();
    drop(write!(screen, "{} [y/N] ", printable(question)));
    drop(screen.flush());
    // Whoever else has something to say does not wait for the answer.
    drop(screen);
    if matches!(answer()?.trim(), "y" | "Y" | "yes" | "Yes" | "YES") {
        return Ok(());
    }
    let message = "the answer was not yes; nothing was changed";
    Err(Error::new(ErrorCode::UsageInvalid, message))
}

/// The line that was typed, as much of it as matters.
fn answer() -> Result<String> {
    let mut line = String::new();
    let mut input = take_stdin("the answer")?.lock().take(LONGEST_ANSWER);
    // What cannot be read is no yes.
    drop(io::BufRead::read_line(&mut input, &mut line));
    Ok(line)
}

const LONGEST_ANSWER: u64 = 64;
