//! What a verification is about: which video, when, for whom.

use crate::options::{boolean, known_members, member, read};
use crate::time::{MAX_LIFETIME, check_magnitude, seconds};
use crate::{Claims, Error, ErrorCode, Result, Value, Viewer, host, id};

/// The facts against which [`verify`](crate::verify) checks a token. All are optional.
///
/// Give the viewer's address and country when tokens may carry access rules: reaching a rule that needs
/// a fact that was not given refuses the token with [`ErrorCode::ViewerUnknown`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VerifyContext {
    pub(crate) now: Option<u64>,
    pub(crate) identifier: Option<String>,
    pub(crate) viewer: Viewer,
    pub(crate) leeway: u64,
    pub(crate) download: bool,
}

/// Longest leeway, in seconds (our choice; the edge's own skew is undocumented).
pub const MAX_LEEWAY: u64 = 300;

impl VerifyContext {
    /// The wire names of all facts, in the order in which they are checked.
    pub const NAMES: &'static [&'static str] =
        &["identifier", "now", "ip", "country", "leeway", "download"];

    /// No fact given.
    pub fn new() -> Self {
        Self::default()
    }

    /// Facts from JSON text.
    ///
    /// # Errors
    /// Those of [`Value::parse`] and [`VerifyContext::from_value`].
    pub fn from_json(text: impl AsRef<[u8]>) -> Result<Self> {
        Self::from_value(&Value::parse(text)?)
    }

    /// Facts from an object of loosely typed members. `null` is *not given*, but for `identifier`, where
    /// it would let a token for any video pass.
    ///
    /// # Errors
    /// [`ErrorCode::OptionType`], [`ErrorCode::OptionUnknown`], [`ErrorCode::JsonDuplicateMember`],
    /// [`ErrorCode::OptionNull`] (`identifier`), [`ErrorCode::IdentifierInvalid`], the codes of times (120 to 124), [`ErrorCode::LeewayTooLarge`],
    /// [`ErrorCode::ViewerIpInvalid`], [`ErrorCode::ViewerCountryInvalid`].
    pub fn from_value(value: &Value) -> Result<Self> {
        Self::from_members(known_members(value, Self::NAMES, &[])?)
    }

    /// The facts among `members`, whose names are known.
    pub(crate) fn from_members(members: &[(String, Value)]) -> Result<Self> {
        let mut context = Self::default();
        if let Some(Value::Null) = member(members, "identifier") {
            return Err(Error::new(
                ErrorCode::OptionNull,
                "null for identifier would accept a token for any video; leave it out and compare sub, or name the video",
            )
            .at("/identifier"));
        }
        if let Some(identifier) = member(members, "identifier") {
            context.identifier = Some(host::text(identifier, "identifier")?.to_owned());
        }
        context.check_identifier()?;
        read(members, "now", &mut context.now, |value| {
            seconds(value).map(Some)
        })?;
        context.viewer = context.viewer.read(members)?;
        read(members, "leeway", &mut context.leeway, seconds)?;
        context.check_leeway()?;
        read(members, "download", &mut context.download, boolean)?;
        Ok(context)
    }

    /// The video UID or live-input UID that is asked for. Without it the caller must compare
    /// [`Claims::sub`].
    #[must_use]
    pub fn identifier(mut self, identifier: impl Into<String>) -> Self {
        self.identifier = Some(identifier.into());
        self
    }

    /// The time to take for now, in epoch seconds. Default: the machine's clock.
    #[must_use]
    pub fn now(mut self, epoch_seconds: u64) -> Self {
        self.now = Some(epoch_seconds);
        self
    }

    /// The viewer's address, bare: `192.0.2.1` or `2001:db8::1`. An IPv4-mapped IPv6 address counts as
    /// IPv4.
    ///
    /// # Errors
    /// [`ErrorCode::ViewerIpInvalid`]: not an address, or one with a port, brackets, a zone id, blanks.
    pub fn ip(mut self, ip: &str) -> Result<Self> {
        self.viewer = self.viewer.ip(ip)?;
        Ok(self)
    }

    /// The viewer's country: two letters in any case, or `T1`.
    ///
    /// # Errors
    /// [`ErrorCode::ViewerCountryInvalid`].
    pub fn country(mut self, country: &str) -> Result<Self> {
        self.viewer = self.viewer.country(country)?;
        Ok(self)
    }

    /// The viewer, as a whole.
    #[must_use]
    pub fn viewer(mut self, viewer: Viewer) -> Self {
        self.viewer = viewer;
        self
    }

    /// How many seconds the clocks of issuer and verifier may differ: 0 (the default) to 300.
    #[must_use]
    pub fn leeway(mut self, seconds: u64) -> Self {
        self.leeway = seconds;
        self
    }

    /// Whether the token is to be used for a download, which its `downloadable` claim must allow.
    #[must_use]
    pub fn download(mut self, download: bool) -> Self {
        self.download = download;
        self
    }

    /// Refuses a context that makes no sense, before the token is looked at.
    pub(crate) fn check(&self) -> Result<()> {
        self.check_identifier()?;
        check_magnitude(self.now.unwrap_or(0)).map_err(|error| error.at("/now"))?;
        self.check_leeway()
    }

    fn check_identifier(&self) -> Result<()> {
        let identifier = self.identifier.as_deref();
        identifier.map_or(Ok(()), |text| id::check_identifier(text).map(drop))
    }

    fn check_leeway(&self) -> Result<()> {
        if self.leeway > MAX_LEEWAY {
            return Err(Error::new(
                ErrorCode::LeewayTooLarge,
                format!(
                    "leeway is at most {MAX_LEEWAY} seconds, not {}",
                    self.leeway
                ),
            )
            .at("/leeway"));
        }
        Ok(())
    }

    /// nbf − leeway ≤ now < exp + leeway, and exp ≤ now + 86,400 + leeway.
    pub(super) fn check_times(&self, claims: &Claims, now: u64) -> Result<()> {
        let (exp, leeway) = (claims.exp(), self.leeway);
        if now >= exp.saturating_add(leeway) {
            return Err(Error::new(
                ErrorCode::TokenExpired,
                format!(
                    "the token expired {} s ago (exp {exp}, now {now}); mint a new one",
                    now - exp
                ),
            )
            .at("/exp"));
        }
        if let Some(nbf) = claims.nbf().filter(|nbf| nbf.saturating_sub(leeway) > now) {
            return Err(Error::new(
                ErrorCode::TokenNotYetValid,
                format!(
                    "the token becomes valid in {} s (nbf {nbf}, now {now})",
                    nbf - now
                ),
            )
            .at("/nbf"));
        }
        if exp > now + MAX_LIFETIME + leeway {
            return Err(Error::new(
                ErrorCode::TokenLifetimeTooLong,
                format!("the token expires {} s from now (exp {exp}, now {now}); the maximum is {MAX_LIFETIME}", exp - now),
            )
            .at("/exp"));
        }
        Ok(())
    }

    pub(super) fn check_rules(&self, claims: &Claims) -> Result<()> {
        let rules = claims.access_rules();
        let decision = rules.evaluate(&self.viewer)?;
        match decision.rule() {
            Some(rule) if !decision.is_allowed() => Err(Error::new(
                ErrorCode::BlockedByRule,
                format!(
                    "access rule {} of {} blocks this viewer",
                    rule + 1,
                    rules.rules().len()
                ),
            )
            .at(format!("/accessRules/{rule}"))),
            _ => Ok(()),
        }
    }

    pub(super) fn check_download(&self, claims: &Claims) -> Result<()> {
        if self.download && !claims.downloadable() {
            return Err(Error::from(ErrorCode::DownloadNotAllowed).at("/downloadable"));
        }
        Ok(())
    }
}
