//! What the checks found, and what follows from it.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::paste::Paste;
use super::seen;
use super::table::CheckId;
use crate::{Error, ErrorCode, Value};

/// Whether a check was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CheckStatus {
    /// All is well.
    Pass,
    /// Somebody refuses because of this.
    Fail,
    /// Nobody is known to refuse because of this, but it is probably not what was meant.
    Warn,
    /// A fact is missing, or something before it failed.
    Unknown,
}

/// What somebody makes of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// Nothing that is known speaks against it.
    Accepts,
    /// It is refused.
    Refuses,
    /// Nobody can say without more facts.
    Unknown,
}

impl CheckStatus {
    /// The name on the wire: `pass`, `fail`, `warn` or `unknown`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Unknown => "unknown",
        }
    }
}

impl Verdict {
    /// The name on the wire: `accepts`, `refuses` or `unknown`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepts => "accepts",
            Self::Refuses => "refuses",
            Self::Unknown => "unknown",
        }
    }

    /// Of two opinions the one that counts: one refusal is enough.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Refuses, _) | (_, Self::Refuses) => Self::Refuses,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Accepts, Self::Accepts) => Self::Accepts,
        }
    }
}

/// One check of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    id: CheckId,
    status: CheckStatus,
    verify: Verdict,
    platform: Verdict,
    code: Option<ErrorCode>,
    values: Vec<(String, Value)>,
    cause: String,
    remedy: Option<String>,
}

impl Check {
    /// Which check it is.
    pub fn id(&self) -> CheckId {
        self.id
    }

    /// How it ended.
    pub fn status(&self) -> CheckStatus {
        self.status
    }

    /// What [`verify`](crate::verify()) makes of this alone.
    pub fn verify(&self) -> Verdict {
        self.verify
    }

    /// What the platform makes of this alone, as far as that is publicly known.
    pub fn platform(&self) -> Verdict {
        self.platform
    }

    /// The code with which [`verify`](crate::verify()) refuses because of this.
    pub fn code(&self) -> Option<ErrorCode> {
        self.code
    }

    /// What was seen, as an object by name.
    pub fn values(&self) -> Value {
        Value::Object(self.values.clone())
    }

    /// What is so, in one sentence without a closing dot.
    pub fn cause(&self) -> &str {
        &self.cause
    }

    /// What to do, in one sentence without a closing dot; `None` where nothing is to be done.
    pub fn remedy(&self) -> Option<&str> {
        self.remedy.as_deref()
    }

    /// The [`Check::values`] for people: what is short in one line, then a line for each rule or finding.
    pub fn seen(&self) -> Vec<String> {
        seen::lines(&self.values, &self.cause)
    }

    pub(super) fn pass(id: CheckId, cause: impl Into<String>) -> Self {
        Self {
            id,
            status: CheckStatus::Pass,
            verify: Verdict::Accepts,
            platform: Verdict::Accepts,
            code: None,
            values: Vec::new(),
            cause: cause.into(),
            remedy: None,
        }
    }

    /// A failure for which the platform is known to refuse. What `verify` does is said by
    /// [`Check::refused`].
    pub(super) fn fail(id: CheckId, cause: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            status: CheckStatus::Fail,
            platform: Verdict::Refuses,
            remedy: Some(remedy.into()),
            ..Self::pass(id, cause)
        }
    }

    pub(super) fn warn(id: CheckId, cause: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            status: CheckStatus::Warn,
            remedy: Some(remedy.into()),
            ..Self::pass(id, cause)
        }
    }

    /// Nothing can be said, and so nobody is known to refuse.
    pub(super) fn aside(id: CheckId, cause: impl Into<String>) -> Self {
        Self {
            status: CheckStatus::Unknown,
            ..Self::pass(id, cause)
        }
    }

    /// Nothing can be said, and both verdicts hang on it.
    pub(super) fn open(id: CheckId, cause: impl Into<String>) -> Self {
        Self {
            verify: Verdict::Unknown,
            ..Self::aside(id, cause).platform_unknown()
        }
    }

    pub(super) fn remedy_is(self, remedy: impl Into<String>) -> Self {
        Self {
            remedy: Some(remedy.into()),
            ..self
        }
    }

    /// `verify` refuses with this code.
    pub(super) fn refused(self, code: ErrorCode) -> Self {
        Self {
            verify: Verdict::Refuses,
            code: Some(code),
            ..self
        }
    }

    /// What the platform does is not publicly known.
    pub(super) fn platform_unknown(self) -> Self {
        Self {
            platform: Verdict::Unknown,
            ..self
        }
    }

    /// `verify` does not refuse because of this.
    pub(super) fn verify_accepts(self) -> Self {
        Self {
            verify: Verdict::Accepts,
            ..self
        }
    }

    /// The platform does not refuse because of this.
    pub(super) fn platform_accepts(self) -> Self {
        Self {
            platform: Verdict::Accepts,
            ..self
        }
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.values.push((name.to_owned(), value.into()));
        self
    }

    /// As [`Check::with`], when there is something to show.
    pub(super) fn with_some(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Check", 8)?;
        out.serialize_field("id", self.id.as_str())?;
        out.serialize_field("status", self.status.as_str())?;
        out.serialize_field("verify", self.verify.as_str())?;
        out.serialize_field("platform", self.platform.as_str())?;
        out.serialize_field("code", &self.code.map(ErrorCode::slug))?;
        out.serialize_field("values", &Value::Object(self.values.clone()))?;
        out.serialize_field("cause", &self.cause)?;
        out.serialize_field("remedy", &self.remedy)?;
        out.end()
    }
}

/// Everything that [`explain`](crate::explain()) found. `Display` gives its findings as text, with what was seen;
/// `Serialize` as an object that every surface has alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    kind: &'static str,
    bytes: usize,
    read: usize,
    verify: Verdict,
    platform: Verdict,
    error: Option<Error>,
    /// Whether something was told of the viewer, who need not be the one who asks a host.
    has_viewer: bool,
    checks: Vec<Check>,
}

impl Report {
    pub(super) fn new(
        paste: &Paste<'_>,
        refusal: Option<Error>,
        has_keys: bool,
        has_viewer: bool,
        checks: Vec<Check>,
    ) -> Self {
        let platform = verdict(&checks);
        // A viewer who was not described is no reason to refuse the one who asks.
        let error = refusal.filter(|error| error.code() != ErrorCode::ViewerUnknown);
        let is_open = checks
            .iter()
            .any(|check| check.verify() == Verdict::Unknown);
        let verify = match error {
            Some(_) => Verdict::Refuses,
            None if !has_keys || is_open => Verdict::Unknown,
            None => Verdict::Accepts,
        };
        Self {
            kind: paste.kind.as_str(),
            bytes: paste.bytes(),
            read: paste.read(),
            verify,
            platform,
            error,
            has_viewer,
            checks,
        }
    }

    /// What [`verify`](crate::verify()) makes of the token, with the keys and facts that were given.
    pub fn verify(&self) -> Verdict {
        self.verify
    }

    /// What the platform makes of it, as far as that is publicly known. It alone knows whether the key still
    /// stands in the account, and the video in Stream.
    pub fn platform(&self) -> Verdict {
        self.platform
    }

    /// The error with which [`verify`](crate::verify()) refuses.
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// What was given: `token`, `url`, `uid`, `private_key` and others.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// How many bytes the text has.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many bytes of the text were looked at.
    pub fn bytes_read(&self) -> usize {
        self.read
    }

    /// All checks, each [`CheckId`] once.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// The check with this id on the wire.
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.id.as_str() == id)
    }

    pub(super) fn has_viewer(&self) -> bool {
        self.has_viewer
    }

    /// The report with the check of an answer of the delivery host. An answer is the last word on what was asked
    /// for, the manifest; not on a download or WebRTC, nor on a URL that is another, nor on another viewer.
    pub(super) fn with_live(mut self, check: Check) -> Self {
        const NOT_ASKED: [CheckId; 4] = [
            CheckId::TokenPlace,
            CheckId::Path,
            CheckId::Downloadable,
            CheckId::Webrtc,
        ];
        let is_accepted = check.status == CheckStatus::Pass;
        self.checks.retain(|each| each.id != CheckId::Live);
        self.checks.push(check);
        let is_another = |id: CheckId| id == CheckId::Viewer && self.has_viewer;
        let counts =
            |check: &&Check| !is_accepted || NOT_ASKED.contains(&check.id) || is_another(check.id);
        self.platform = verdict(self.checks.iter().filter(counts));
        self
    }

    /// Failures first, then warnings: what to read first.
    pub fn findings(&self) -> impl Iterator<Item = &Check> {
        let of = |status| {
            self.checks
                .iter()
                .filter(move |check| check.status == status)
        };
        of(CheckStatus::Fail).chain(of(CheckStatus::Warn))
    }
}

/// What the platform makes of all the checks together.
fn verdict<'c>(checks: impl IntoIterator<Item = &'c Check>) -> Verdict {
    let each = checks.into_iter().map(Check::platform);
    each.fold(Verdict::Accepts, Verdict::and)
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Report", 7)?;
        out.serialize_field("verify", self.verify.as_str())?;
        out.serialize_field("platform", self.platform.as_str())?;
        out.serialize_field("error", &self.error)?;
        out.serialize_field("kind", self.kind)?;
        out.serialize_field("bytes", &self.bytes)?;
        out.serialize_field("read", &self.read)?;
        out.serialize_field("checks", &self.checks)?;
        out.end()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verify, platform) = (self.verify.as_str(), self.platform.as_str());
        write!(f, "verify: {verify}; platform: {platform}")?;
        for check in self.findings() {
            let (status, id) = (check.status.as_str(), check.id.as_str());
            write!(f, "\n{status}  {id}: {}", check.cause)?;
            if let Some(remedy) = check.remedy() {
                write!(f, "; {remedy}")?;
            }
            for line in check.seen() {
                write!(f, "\n      {line}")?;
            }
        }
        Ok(())
    }
}
