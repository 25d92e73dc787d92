//! What the API said of a request that it refused, and how often it was asked.

use std::time::Duration;

use serde::Serialize;
use serde::ser::SerializeStruct as _;

use crate::Value;

/// The facts behind an error that came of a request to Cloudflare's API.
///
/// Texts come from another machine: control characters are gone, long words are cut, and what looks like a
/// credential of the request is left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ApiFailure {
    pub(crate) status: Option<u16>,
    pub(crate) errors: Vec<ApiNotice>,
    pub(crate) messages: Vec<ApiNotice>,
    pub(crate) other: Option<Value>,
    pub(crate) ray: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) attempts: u32,
}

impl ApiFailure {
    /// The names of all members, in the order in which they are written.
    pub const NAMES: &'static [&'static str] = &[
        "status",
        "errors",
        "messages",
        "other",
        "cf_ray",
        "retry_after",
        "attempts",
    ];

    /// The HTTP status; `None` where no answer came.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// The errors in the answer's envelope.
    pub fn errors(&self) -> &[ApiNotice] {
        &self.errors
    }

    /// The messages in the answer's envelope.
    pub fn messages(&self) -> &[ApiNotice] {
        &self.messages
    }

    /// What else stands in the answer's envelope: an object of the members that are not known here.
    pub fn other(&self) -> Option<&Value> {
        self.other.as_ref()
    }

    /// The header `cf-ray`: what Cloudflare's support asks for.
    pub fn ray(&self) -> Option<&str> {
        self.ray.as_deref()
    }

    /// How long to wait before the next attempt, as the answer says.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// How many requests were made: 1 and the retries.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }
}

impl Serialize for ApiFailure {
    /// Every member, `null` where there is nothing; `retry_after` in seconds.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("ApiFailure", Self::NAMES.len())?;
        out.serialize_field("status", &self.status)?;
        out.serialize_field("errors", &self.errors)?;
        out.serialize_field("messages", &self.messages)?;
        out.serialize_field("other", &self.other)?;
        out.serialize_field("cf_ray", &self.ray)?;
        out.serialize_field("retry_after", &self.retry_after.map(|wait| wait.as_secs()))?;
        out.serialize_field("attempts", &self.attempts)?;
        out.end()
    }
}

/// An error or a message of the API, with whatever members it has.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ApiNotice(pub(crate) Value);

impl ApiNotice {
    /// The API's own number for it, 1000 or more.
    pub fn code(&self) -> Option<i64> {
        match self.0.get("code")? {
            Value::Integer(code) => i64::try_from(*code).ok(),
            _ => None,
        }
    }

    /// The sentence for people.
    pub fn message(&self) -> Option<&str> {
        self.0.get("message").unwrap_or(&self.0).as_str()
    }

    /// A page about it.
    pub fn documentation_url(&self) -> Option<&str> {
        self.0.get("documentation_url")?.as_str()
    }

    /// JSON pointer to the member of the body that is refused.
    pub fn pointer(&self) -> Option<&str> {
        self.0.get("source")?.get("pointer")?.as_str()
    }

    /// The whole notice, with the members that have no name here.
    pub fn value(&self) -> &Value {
        &self.0
    }
}
