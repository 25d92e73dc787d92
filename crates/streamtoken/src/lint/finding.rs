//! One finding of a lint.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::{Warning, remedy};
use crate::Error;

/// Something that is wrong, or probably not meant, and where.
///
/// `Serialize` gives `{"id", "level", "field", "message", "remedy"}`, all of them strings; `Display` one
/// line, `warning[allow_without_block]: … at /accessRules/0`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    id: &'static str,
    level: Level,
    field: String,
    message: String,
    remedy: &'static str,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Level {
    /// Signing accepts it, and it probably is not meant.
    Warning,
    /// Signing refuses it.
    Error,
}

impl Level {
    /// The name for programs: `error` or `warning`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Finding {
    pub(super) fn warning(warning: Warning, field: impl Into<String>, message: String) -> Self {
        Self {
            id: warning.id(),
            level: Level::Warning,
            field: field.into(),
            message,
            remedy: warning.remedy(),
        }
    }

    pub(super) fn error(error: &Error) -> Self {
        Self {
            id: error.code().slug(),
            level: Level::Error,
            field: error.field().unwrap_or_default().to_owned(),
            message: error.message().to_owned(),
            remedy: remedy::of(error.code()),
        }
    }

    /// The stable id: of a warning [`Warning::id`], of an error the slug of the
    /// [`ErrorCode`](crate::ErrorCode) with which signing refuses it.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// Whether signing refuses it.
    pub fn level(&self) -> Level {
        self.level
    }

    /// JSON pointer to what it is about, in wire names (`/accessRules/2/ip/0`); empty for the whole.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What is wrong here, in one sentence without a closing dot. It shows networks, countries and times
    /// that were understood, and nothing else of the input.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do, in one sentence without a closing dot.
    pub fn remedy(&self) -> &'static str {
        self.remedy
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            id,
            level,
            field,
            message,
            ..
        } = self;
        write!(f, "{level}[{id}]: {message}")?;
        if field.is_empty() {
            return Ok(());
        }
        write!(f, " at {field}")
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Finding", 5)?;
        out.serialize_field("id", self.id)?;
        out.serialize_field("level", &self.level)?;
        out.serialize_field("field", &self.field)?;
        out.serialize_field("message", &self.message)?;
        out.serialize_field("remedy", self.remedy)?;
        out.end()
    }
}
