//! What a caller may say about a token, and what follows from it.

mod resolve;

pub(crate) use resolve::Times;

use std::hash::Hash;
use std::time::Duration;

use serde::Serialize;

use crate::time;
use crate::{AccessRules, Error, ErrorCode, Result, Value};

/// Options for minting one token. All are optional; the default is what Cloudflare's endpoint does
/// without a body: a token that lasts an hour and restricts nothing.
///
/// ```
/// use std::time::Duration;
/// use streamtoken::{AccessRules, Condition, SignOptions};
///
/// let options = SignOptions::new()
///     .expires_in(Duration::from_secs(2 * 3600))
///     .downloadable(true)
///     .access_rules(AccessRules::allow_only([Condition::country(["GB", "IE"])?])?);
/// # Ok::<(), streamtoken::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SignOptions {
    pub(crate) exp: Option<u64>,
    pub(crate) expires_in: Option<u64>,
    pub(crate) nbf: Option<u64>,
    pub(crate) now: Option<u64>,
    pub(crate) downloadable: bool,
    pub(crate) access_rules: AccessRules,
    pub(crate) flags: Flags,
    pub(crate) time_format: TimeFormat,
    pub(crate) reuse_window: Option<u64>,
}

impl SignOptions {
    /// The wire names of all options, in the order in which they are checked.
    pub const NAMES: &'static [&'static str] = &[
        "exp",
        "expires_in",
        "nbf",
        "now",
        "downloadable",
        "accessRules",
        "flags",
        "time_format",
        "reuse_window",
    ];

    /// No option given.
    pub fn new() -> Self {
        Self::default()
    }

    /// Options from JSON text, in wire names (`accessRules`, `expires_in`).
    ///
    /// # Errors
    /// Those of [`Value::parse`] and [`SignOptions::from_value`].
    pub fn from_json(text: impl AsRef<[u8]>) -> Result<Self> {
        Self::from_value(&Value::parse(text)?)
    }

    /// Options from an object of loosely typed members, in wire names. `null` is *not given*.
    ///
    /// # Errors
    /// [`ErrorCode::OptionType`] for anything but an object and for a member of the wrong type,
    /// [`ErrorCode::OptionUnknown`], [`ErrorCode::JsonDuplicateMember`], [`ErrorCode::OptionNotLocal`]
    /// (`id`, `pem`),
    /// [`ErrorCode::OptionNull`] (`accessRules`, where `[]` says none), [`ErrorCode::OptionValue`], the
    /// codes of times (120 to 129) and those of rules (140 to 151). [`Error::field`] names the member.
    pub fn from_value(value: &Value) -> Result<Self> {
        Self::default().overlaid(value)
    }

    /// These options, replaced where `value` gives others. An `exp` given there replaces an `expires_in`
    /// and a `reuse_window` given here, and either of those an `exp`.
    ///
    /// # Errors
    /// Those of [`SignOptions::from_value`].
    pub fn overlaid(&self, value: &Value) -> Result<Self> {
        self.overlaid_beside(value, &[])
    }

    /// As `overlaid`, for an object that has the members `beside` as well.
    pub(crate) fn overlaid_beside(&self, value: &Value, beside: &[&str]) -> Result<Self> {
        refuse_api_options(value.as_object().unwrap_or_default())?;
        let known_beside = [beside, API_OPTIONS].concat();
        let members = known_members(value, Self::NAMES, &known_beside)?;
        let mut options = self.clone();
        options.make_way(members);
        options.read_members(members)?;
        Ok(options)
    }

    /// Takes one member of an object by itself: whether it fits the others is not looked at.
    pub(crate) fn read_member(&mut self, member: &(String, Value)) -> Result<()> {
        let members = std::slice::from_ref(member);
        refuse_api_options(members)?;
        check_names(members, Self::NAMES, API_OPTIONS)?;
        self.read_members(members)
    }

    fn read_members(&mut self, members: &[(String, Value)]) -> Result<()> {
        let seconds = |value: &Value| time::seconds(value).map(Some);
        let lifetime = |value: &Value| time::lifetime(value).map(Some);
        read(members, "exp", &mut self.exp, seconds)?;
        read(members, "expires_in", &mut self.expires_in, lifetime)?;
        read(members, "nbf", &mut self.nbf, seconds)?;
        read(members, "now", &mut self.now, seconds)?;
        read(members, "downloadable", &mut self.downloadable, boolean)?;
        self.read_rules(members)?;
        read(members, "flags", &mut self.flags, Flags::from_value)?;
        let format = TimeFormat::from_value;
        read(members, "time_format", &mut self.time_format, format)?;
        read(members, "reuse_window", &mut self.reuse_window, seconds)
    }

    /// The token is not accepted from this time on (`exp`), in epoch seconds: after now and at most
    /// 86,400 s after it. Not beside [`SignOptions::expires_in`].
    #[must_use]
    pub fn exp(mut self, epoch_seconds: u64) -> Self {
        self.exp = Some(epoch_seconds);
        self
    }

    /// The lifetime from now on, floored to whole seconds: 1 s to 86,400 s. Not beside
    /// [`SignOptions::exp`].
    #[must_use]
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.expires_in = Some(lifetime.as_secs());
        self
    }

    /// The token is not accepted before this time (`nbf`), in epoch seconds: before `exp`. Default: an
    /// hour before now, which guards against clock skew.
    #[must_use]
    pub fn nbf(mut self, epoch_seconds: u64) -> Self {
        self.nbf = Some(epoch_seconds);
        self
    }

    /// The time to take for now, in epoch seconds. Default: the machine's clock. Asked of the API, the token
    /// has the same times: `exp` and `nbf` are then sent as they follow from it.
    #[must_use]
    pub fn now(mut self, epoch_seconds: u64) -> Self {
        self.now = Some(epoch_seconds);
        self
    }

    /// Whether the token reaches the MP4 download links.
    #[must_use]
    pub fn downloadable(mut self, downloadable: bool) -> Self {
        self.downloadable = downloadable;
        self
    }

    /// Who may watch: at most 5 rules, the first match decides, **no match means allowed**.
    #[must_use]
    pub fn access_rules(mut self, rules: AccessRules) -> Self {
        self.access_rules = rules;
        self
    }

    /// Flags of Cloudflare's API. Whether the edge honours them in a locally signed token is
    /// undocumented.
    #[must_use]
    pub fn flags(mut self, flags: Flags) -> Self {
        self.flags = flags;
        self
    }

    /// How `exp` and `nbf` are written. Default: numbers, which every JWT library reads.
    #[must_use]
    pub fn time_format(mut self, format: TimeFormat) -> Self {
        self.time_format = format;
        self
    }

    /// Gives all callers within the same window of time the **same bytes**, on every process and host
    /// without shared state, so that thumbnails and manifests stay cacheable. In whole seconds, at least
    /// 1; with the lifetime at most 86,400. Not beside [`SignOptions::exp`].
    ///
    /// Windows begin at the multiples of their length. With B for the beginning of the one that holds now,
    /// the token expires at B + window + lifetime, is valid from B − 3600 on where no `nbf` is given, and
    /// is to be renewed when the next window begins. So it lives for the lifetime at least, and for a
    /// window longer at most. (Our option: Cloudflare's endpoint has none like it.)
    ///
    /// A [`Signer`](crate::Signer) keeps such tokens in memory, and gives them while their window lasts.
    #[must_use]
    pub fn reuse_window(mut self, window: Duration) -> Self {
        self.reuse_window = Some(window.as_secs());
        self
    }

    /// The `exp` that follows from these options at `now`, in epoch seconds.
    ///
    /// # Errors
    /// The codes of times that do not fit each other (124 to 128).
    pub fn resolved_exp(&self, now: u64) -> Result<u64> {
        self.times(now).map(|times| times.exp)
    }

    /// Whether anything was said of `exp`: by itself, by `expires_in` or by `reuse_window`.
    pub fn has_lifetime(&self) -> bool {
        self.exp.or(self.expires_in).or(self.reuse_window).is_some()
    }

    /// Whether the token would reach the MP4 download links.
    pub fn is_downloadable(&self) -> bool {
        self.downloadable
    }

    /// The access rules that were given.
    pub fn rules(&self) -> &AccessRules {
        &self.access_rules
    }

    /// All that goes into a token beside the time at which it is minted, to be compared and hashed.
    pub(crate) fn beside_now(&self) -> impl Hash + PartialEq {
        let Self {
            exp,
            expires_in,
            nbf,
            now: _,
            downloadable,
            access_rules,
            flags,
            time_format,
            reuse_window,
        } = self;
        let times = (exp, expires_in, nbf, reuse_window);
        (times, downloadable, access_rules, flags, time_format)
    }

    /// Drops what `members` replace under another name.
    fn make_way(&mut self, members: &[(String, Value)]) {
        if given(members, "exp").is_some() {
            (self.expires_in, self.reuse_window) = (None, None);
        }
        if given(members, "expires_in")
            .or_else(|| given(members, "reuse_window"))
            .is_some()
        {
            self.exp = None;
        }
    }

    /// `null` for rules would fail open, so it is the one option for which null is no *not given*.
    fn read_rules(&mut self, members: &[(String, Value)]) -> Result<()> {
        match member(members, "accessRules") {
            None => Ok(()),
            Some(Value::Null) => Err(Error::new(
                ErrorCode::OptionNull,
                "null for accessRules would restrict nothing; leave the option out, or say [] for no rules",
            )
            .at("/accessRules")),
            Some(rules) => {
                self.access_rules = AccessRules::from_value(rules)?;
                Ok(())
            }
        }
    }
}

/// How times are written in a token's payload.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeFormat {
    /// As numbers, like Cloudflare's recipes for local signing.
    #[default]
    Number,
    /// As decimal strings, like Cloudflare's endpoint. Generic JWT libraries refuse this form.
    String,
}

impl TimeFormat {
    fn from_value(value: &Value) -> Result<Self> {
        match value {
            Value::String(text) if text == "number" => Ok(Self::Number),
            Value::String(text) if text == "string" => Ok(Self::String),
            Value::String(_) => Err(Error::new(
                ErrorCode::OptionValue,
                "time_format is \"number\" or \"string\"",
            )),
            other => Err(wrong_type("a string", other)),
        }
    }
}

/// Flags of Cloudflare's API (there since April 2026).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Flags {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    original: bool,
}

impl Flags {
    /// No flag set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `original`. What the flag does is Cloudflare's business; ours is to write it.
    #[must_use]
    pub fn with_original(mut self, original: bool) -> Self {
        self.original = original;
        self
    }

    /// Whether `original` is set.
    pub fn original(self) -> bool {
        self.original
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.original
    }

    /// Pointers of errors are relative to the object.
    fn from_value(value: &Value) -> Result<Self> {
        let members = known_members(value, &["original"], &[])?;
        let mut flags = Self::default();
        read(members, "original", &mut flags.original, boolean)?;
        Ok(flags)
    }
}

/// The members of an options object, once every name is known and stands there once. JSON text is
/// checked for the latter when it is parsed; a value may come from elsewhere.
pub(crate) fn known_members<'v>(
    value: &'v Value,
    known: &[&str],
    beside: &[&str],
) -> Result<&'v [(String, Value)]> {
    let Value::Object(members) = value else {
        return Err(wrong_type("an object", value));
    };
    check_names(members, known, beside)?;
    Ok(members)
}

fn check_names(members: &[(String, Value)], known: &[&str], beside: &[&str]) -> Result<()> {
    for (index, (name, _)) in members.iter().enumerate() {
        if !known.contains(&name.as_str()) && !beside.contains(&name.as_str()) {
            return Err(unknown(name, known));
        }
        if member(&members[..index], name).is_some() {
            return Err(duplicate(name));
        }
    }
    Ok(())
}

/// The refusal of a second member of a name that is one of ours.
pub(crate) fn duplicate(name: &str) -> Error {
    Error::from(ErrorCode::JsonDuplicateMember).at(format!("/{name}"))
}

/// Options of Cloudflare's API that say nothing here; `null` for them is *not given*, as everywhere.
pub(crate) const API_OPTIONS: &[&str] = &["id", "pem", "account_id"];

/// A caller who gives an option of the API believes that it counts.
fn refuse_api_options(members: &[(String, Value)]) -> Result<()> {
    let Some(name) = API_OPTIONS
        .iter()
        .find(|name| given(members, name).is_some())
    else {
        return Ok(());
    };
    let message = if *name == "account_id" {
        "account_id belongs to Cloudflare's API; a token signed here names no account".to_owned()
    } else {
        format!(
            "{name} names the key for Cloudflare's API; local signing takes it from the signer's key"
        )
    };
    Err(Error::new(ErrorCode::OptionNotLocal, message).at(format!("/{name}")))
}

/// Reads the member `name` into `slot`, unless it is absent or null.
pub(crate) fn read<T>(
    members: &[(String, Value)],
    name: &str,
    slot: &mut T,
    convert: impl FnOnce(&Value) -> Result<T>,
) -> Result<()> {
    if let Some(value) = given(members, name) {
        *slot = convert(value).map_err(|error| error.within(&format!("/{name}")))?;
    }
    Ok(())
}

/// A boolean, and nothing that merely looks like one.
pub(crate) fn boolean(value: &Value) -> Result<bool> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        other => Err(wrong_type("a boolean", other)),
    }
}

/// An error that says what was wanted and what came.
pub(crate) fn wrong_type(wanted: &str, found: &Value) -> Error {
    Error::new(
        ErrorCode::OptionType,
        format!("{wanted} is wanted here, not {}", found.kind()),
    )
}

/// An error that lists the names there are. The name that came is quoted only in the pointer, and
/// only when it looks like a name: it may be a key that was pasted in the wrong place.
fn unknown(name: &str, known: &[&str]) -> Error {
    let error = Error::new(
        ErrorCode::OptionUnknown,
        format!("no option has this name; there are {}", known.join(", ")),
    );
    if crate::id::is_id(name, 32) {
        error.at(format!("/{name}"))
    } else {
        error
    }
}

pub(crate) fn member<'v>(members: &'v [(String, Value)], name: &str) -> Option<&'v Value> {
    members
        .iter()
        .find_map(|(other, value)| (other == name).then_some(value))
}

pub(crate) fn given<'v>(members: &'v [(String, Value)], name: &str) -> Option<&'v Value> {
    member(members, name).filter(|value| !matches!(value, Value::Null))
}
