//! Batches as JSON lines: one object in, one object out.

use serde::Serialize;

use super::{Signer, parallel};
use crate::options::{member, wrong_type};
use crate::{Error, ErrorCode, Result, SignOptions, Token, Value, clock};

/// Longest batch line, in bytes without its line end.
pub const MAX_LINE: usize = 1 << 20;

impl Signer {
    /// Mints one token a line, on all cores, and answers one line of JSON a line, in order.
    ///
    /// A line is an object of [`SignOptions`] in wire names with the member `identifier`; what it
    /// leaves out is taken from `defaults`. The answer is `{"line": n, "token": "…"}` or
    /// `{"line": n, "error": {"code", "number", "field", "message"}}`, where `n` counts from
    /// `first_line`. A line end (`\n` or `\r\n`) is optional, in and never out.
    ///
    /// A line that is blank ([`ErrorCode::LineBlank`]), longer than 1 MiB ([`ErrorCode::LineTooLong`];
    /// the rest of a longer line need not be passed), not UTF-8 or not JSON is answered with its error,
    /// and the others are minted.
    pub fn sign_lines<L>(&self, defaults: &SignOptions, first_line: u64, lines: &[L]) -> Vec<String>
    where
        L: AsRef<[u8]> + Sync,
    {
        let clock = defaults.now.unwrap_or_else(clock::now);
        let number = |index| first_line.wrapping_add(index);
        let numbered: Vec<_> = (0..).map(number).zip(lines).collect();
        parallel::map(&numbered, |(number, line)| {
            answer(*number, &self.sign_line(defaults, clock, line.as_ref()))
        })
    }

    fn sign_line(&self, defaults: &SignOptions, clock: u64, line: &[u8]) -> Result<Token> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        if line.len() > MAX_LINE + 1 {
            return Err(ErrorCode::LineTooLong.into());
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > MAX_LINE {
            return Err(ErrorCode::LineTooLong.into());
        }
        if line.trim_ascii().is_empty() {
            return Err(ErrorCode::LineBlank.into());
        }
        let request = Value::parse(line)?;
        let options = defaults.overlaid_beside(&request, &["identifier"])?;
        self.sign_at(
            options.now.unwrap_or(clock),
            identifier(&request)?,
            &options,
        )
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a Token>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Error>,
}

fn answer(line: u64, result: &Result<Token>) -> String {
    let answer = Answer {
        line,
        token: result.as_ref().ok(),
        error: result.as_ref().err(),
    };
    serde_json::to_string(&answer).expect("numbers and strings are JSON")
}

fn identifier(request: &Value) -> Result<&str> {
    match member(request.as_object().unwrap_or_default(), "identifier") {
        Some(Value::String(identifier)) => Ok(identifier),
        None | Some(Value::Null) => Err(Error::new(
            ErrorCode::IdentifierInvalid,
            "the line has no identifier, the video UID or live-input UID to sign for",
        )
        .at("/identifier")),
        Some(other) => Err(wrong_type("a string", other).at("/identifier")),
    }
}
