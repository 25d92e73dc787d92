//! What is worth a line in a log about each attempt.

use std::fmt;

use serde::Serialize;

/// What is worth a line in a log. It holds no credential, no key and no token.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attempt {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) attempt: u32,
    pub(super) status: Option<u16>,
    pub(super) cf_ray: Option<String>,
    pub(super) error: Option<&'static str>,
    pub(super) pause: Option<f64>,
}

impl Attempt {
    /// `POST`, `GET` or `DELETE`.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path, with account id and identifier.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// 1 for the first.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The HTTP status, if an answer came.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// The header `cf-ray`.
    pub fn ray(&self) -> Option<&str> {
        self.cf_ray.as_deref()
    }

    /// The slug of the error that the attempt ended with.
    pub fn error(&self) -> Option<&str> {
        self.error
    }

    /// The pause before the next attempt, in seconds, if there is one.
    pub fn pause(&self) -> Option<f64> {
        self.pause
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} attempt {}", self.method, self.path, self.attempt)?;
        if let Some(status) = self.status {
            write!(f, ": {status}")?;
        }
        if let Some(error) = self.error {
            write!(f, ": {error}")?;
        }
        match self.pause {
            Some(pause) => write!(f, ", again in {pause:.2} s"),
            None => Ok(()),
        }
    }
}
