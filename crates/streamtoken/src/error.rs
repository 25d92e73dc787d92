//! The one error type, and the table of codes behind it.

mod api;
mod code;

pub use api::{ApiFailure, ApiNotice};
pub use code::ErrorCode;

use std::fmt;

/// A refusal: a stable code, the member it is about, and a sentence for people.
///
/// Messages are lower case without a closing dot; they name the limit and say what to do. They never
/// hold key material, a whole token, or content of a token that was not checked.
///
/// Compare [`Error::code`], never the text: texts may improve between releases.
#[derive(Clone, PartialEq)]
pub struct Error(Box<Parts>);

#[derive(Clone, PartialEq)]
struct Parts {
    code: ErrorCode,
    field: Option<String>,
    message: String,
    api: Option<ApiFailure>,
}

/// What every fallible function of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with `code` and a message of its own.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            code,
            field: None,
            message: message.into(),
            api: None,
        }))
    }

    /// The same error, about the member that `pointer` names (RFC 6901, in wire names).
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.0.field = Some(pointer.into());
        self
    }

    /// The stable code: its number, slug, HTTP status and exit code are answered by it.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// JSON pointer to the member that is refused, in wire names (`/accessRules/2/ip/0`); `None` when
    /// the error is not about a member.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The same error, told after `text`: what was done before, or what it means for the whole.
    #[must_use]
    pub fn preceded_by(mut self, text: &str) -> Self {
        self.0.message = format!("{text}: {}", self.0.message);
        self
    }

    /// What the API said, when the error came of a request to it.
    pub fn api(&self) -> Option<&ApiFailure> {
        self.0.api.as_ref()
    }

    /// The same error, with what the API said.
    #[cfg(any(feature = "http", test))]
    #[must_use]
    pub(crate) fn with_api(mut self, failure: ApiFailure) -> Self {
        self.0.api = Some(failure);
        self
    }

    /// The sentence for people.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The same error one level further out: `prefix` (such as `/accessRules/0`) before its pointer.
    #[must_use]
    pub(crate) fn within(mut self, prefix: &str) -> Self {
        let inner = self.0.field.take().unwrap_or_default();
        self.0.field = Some(format!("{prefix}{inner}"));
        self
    }
}

impl From<ErrorCode> for Error {
    /// An error with the code's own text.
    fn from(code: ErrorCode) -> Self {
        Self::new(code, code.text())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("code", &self.0.code)
            .field("field", &self.0.field)
            .field("message", &self.0.message)
            .field("api", &self.0.api)
            .finish()
    }
}

impl std::error::Error for Error {}

impl serde::Serialize for Error {
    /// `{"code": slug, "number": n, "field": pointer, "message": text}`; `field` is left out when there
    /// is none, and `api` ([`ApiFailure`]) unless the error came of a request. Every surface prints this
    /// object.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut out = serializer.serialize_struct("Error", 5)?;
        out.serialize_field("code", self.0.code.slug())?;
        out.serialize_field("number", &self.0.code.number())?;
        match &self.0.field {
            Some(field) => out.serialize_field("field", field)?,
            None => out.skip_field("field")?,
        }
        out.serialize_field("message", &self.0.message)?;
        match &self.0.api {
            Some(api) => out.serialize_field("api", api)?,
            None => out.skip_field("api")?,
        }
        out.end()
    }
}

#[cfg(test)]
mod tests {
    use super::{ApiFailure, Error, ErrorCode};

    #[test]
    fn an_error_told_after_something_else_keeps_all_it_had() {
        let mut error = Error::new(ErrorCode::ApiBadRequest, "it went wrong").at("/exp");
        error.0.api = Some(ApiFailure::default());
        let told = error.clone().preceded_by("this is done");
        assert_eq!(told.message(), "this is done: it went wrong");
        assert_eq!((told.code(), told.field()), (error.code(), error.field()));
        assert_eq!(told.api(), error.api());
    }
}
