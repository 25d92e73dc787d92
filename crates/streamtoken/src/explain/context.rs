//! What an explanation is about: the facts of a verification, and how long the video is.

use crate::options::{known_members, read};
use crate::time::{check_magnitude, seconds};
use crate::{Result, Value, VerifyContext, Viewer};

/// The facts against which [`explain`](crate::explain()) looks at a token: those of [`VerifyContext`], and the
/// length of the video. All are optional; what is missing makes a check *unknown*.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExplainContext {
    pub(super) verify: VerifyContext,
    pub(super) duration: Option<u64>,
}

impl ExplainContext {
    /// The wire names of all facts, in the order in which they are checked.
    pub const NAMES: &'static [&'static str] = &[
        "identifier",
        "now",
        "ip",
        "country",
        "leeway",
        "download",
        "duration",
    ];

    /// No fact given.
    pub fn new() -> Self {
        Self::default()
    }

    /// Facts from JSON text.
    ///
    /// # Errors
    /// Those of [`Value::parse`] and [`ExplainContext::from_value`].
    pub fn from_json(text: impl AsRef<[u8]>) -> Result<Self> {
        Self::from_value(&Value::parse(text)?)
    }

    /// Facts from an object of loosely typed members; as [`VerifyContext::from_value`], and `duration`: a
    /// number of seconds, rounded up.
    ///
    /// # Errors
    /// Those of [`VerifyContext::from_value`], and the codes of times (120 to 124) at `/duration`.
    pub fn from_value(value: &Value) -> Result<Self> {
        let members = known_members(value, Self::NAMES, &[])?;
        let verify = VerifyContext::from_members(members)?;
        let mut context = Self::from(verify);
        read(members, "duration", &mut context.duration, |value| {
            whole_seconds(value).map(Some)
        })?;
        Ok(context)
    }

    /// The time to take for now, in epoch seconds. Default: the machine's clock.
    #[must_use]
    pub fn now(mut self, epoch_seconds: u64) -> Self {
        self.verify = self.verify.now(epoch_seconds);
        self
    }

    /// The length of the video in seconds: a token should outlast it.
    #[must_use]
    pub fn duration(mut self, seconds: u64) -> Self {
        self.duration = Some(seconds);
        self
    }

    /// Refuses a context that makes no sense.
    pub(super) fn check(&self) -> Result<()> {
        self.verify.check()?;
        let duration = check_magnitude(self.duration.unwrap_or(0));
        duration.map(drop).map_err(|error| error.at("/duration"))
    }

    pub(super) fn viewer(&self) -> &Viewer {
        &self.verify.viewer
    }
}

impl From<VerifyContext> for ExplainContext {
    fn from(verify: VerifyContext) -> Self {
        Self {
            verify,
            duration: None,
        }
    }
}

/// Cloudflare gives a video's length with a fraction.
fn whole_seconds(value: &Value) -> Result<u64> {
    match value {
        Value::Float(number) if number.is_finite() => seconds(&Value::Float(number.ceil())),
        other => seconds(other),
    }
}
