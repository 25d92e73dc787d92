//! Batches as JSON lines: one object in, one object out.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::{Signer, parallel};
use crate::options::{member, wrong_type};
use crate::{Error, ErrorCode, Result, SignOptions, Token, Value, clock};

/// Longest batch line, in bytes without its line end.
pub const MAX_LINE: usize = 1 << 20;

/// The answer to one line of a batch.
///
/// `Display` and `Serialize` give `{"line": n, "token": "…"}` or
/// `{"line": n, "error": {"code", "number", "field", "message"}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchAnswer {
    line: u64,
    result: Result<Token>,
}

impl BatchAnswer {
    /// The number of the line.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The token, or why there is none.
    pub fn result(&self) -> &Result<Token> {
        &self.result
    }
}

impl Serialize for BatchAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut answer = serializer.serialize_struct("BatchAnswer", 2)?;
        answer.serialize_field("line", &self.line)?;
        match &self.result {
            Ok(token) => answer.serialize_field("token", token)?,
            Err(error) => answer.serialize_field("error", error)?,
        }
        answer.end()
    }
}

impl fmt::Display for BatchAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl Signer {
    /// Mints one token a line, on all cores, and answers each line, in order.
    ///
    /// A line is an object of [`SignOptions`] in wire names with the member `identifier`; what it
    /// leaves out is taken from `defaults`. Lines are counted from `first_line`. A line end (`\n` or
    /// `\r\n`) is optional.
    ///
    /// A line that is blank ([`ErrorCode::LineBlank`]), longer than 1 MiB ([`ErrorCode::LineTooLong`];
    /// the rest of a longer line need not be passed), not UTF-8 or not JSON is answered with its error,
    /// and the others are minted.
    pub fn sign_lines<L>(
        &self,
        defaults: &SignOptions,
        first_line: u64,
        lines: &[L],
    ) -> Vec<BatchAnswer>
    where
        L: AsRef<[u8]> + Sync,
    {
        let clock = defaults.now.unwrap_or_else(clock::now);
        let number = |index| first_line.wrapping_add(index);
        let numbered: Vec<_> = (0..).map(number).zip(lines).collect();
        parallel::map(&numbered, |(number, line)| BatchAnswer {
            line: *number,
            result: self.sign_line(defaults, clock, line.as_ref()),
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
