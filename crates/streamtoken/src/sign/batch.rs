//! Batches as JSON lines: one object in, one object out.

use std::fmt;
use std::sync::atomic::AtomicBool;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::{Signer, parallel};
use crate::options::member;
use crate::{ErrorCode, Result, SignOptions, Token, Value, clock, host};

/// Longest batch line, in bytes without its line end.
pub const MAX_LINE: usize = 1 << 20;

/// The content of one line of a batch: the line without its end (`\n` or `\r\n`), which is optional.
///
/// # Errors
/// [`ErrorCode::LineTooLong`] above 1 MiB, [`ErrorCode::LineBlank`] for white space alone.
pub fn batch_line(line: &[u8]) -> Result<&[u8]> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() > MAX_LINE {
        return Err(ErrorCode::LineTooLong.into());
    }
    if line.trim_ascii().is_empty() {
        return Err(ErrorCode::LineBlank.into());
    }
    Ok(line)
}

/// The answer to one line of a batch.
///
/// `Display` and `Serialize` give `{"line": n, "token": "…"}`, with [`Token::warnings`] as the member
/// `warnings` where there are some, or `{"line": n, "error": {"code", "number", "field", "message"}}`.
#[derive(Debug, Clone, PartialEq)]
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
        let mut answer = serializer.serialize_struct("BatchAnswer", 3)?;
        answer.serialize_field("line", &self.line)?;
        match &self.result {
            Ok(token) => answer.serialize_field("token", token)?,
            Err(error) => answer.serialize_field("error", error)?,
        }
        match self.result.as_ref().map(Token::warnings) {
            Ok([]) | Err(_) => answer.skip_field("warnings")?,
            Ok(warnings) => answer.serialize_field("warnings", warnings)?,
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
        self.sign_value(defaults, clock, &Value::parse(batch_line(line)?)?)
    }

    /// Mints one token for each of `requests`, on all cores, and answers each, in order.
    ///
    /// A request is an object of [`SignOptions`] in wire names with the member `identifier`; what it
    /// leaves out is taken from `defaults`. An error of one never loses the others. `None` when `stop`
    /// was set before the last was begun: what was minted until then is dropped.
    pub fn sign_values(
        &self,
        defaults: &SignOptions,
        requests: &[Value],
        stop: &AtomicBool,
    ) -> Option<Vec<Result<Token>>> {
        let clock = defaults.now.unwrap_or_else(clock::now);
        parallel::map_until(requests, stop, |request| {
            self.sign_value(defaults, clock, request)
        })
    }

    fn sign_value(&self, defaults: &SignOptions, clock: u64, request: &Value) -> Result<Token> {
        let options = defaults.overlaid_beside(request, &["identifier"])?;
        let members = request.as_object().unwrap_or_default();
        let identifier = host::identifier(member(members, "identifier").unwrap_or(&Value::Null))?;
        self.sign_at(options.now.unwrap_or(clock), identifier, &options)
    }
}
