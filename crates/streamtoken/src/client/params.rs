//! What one call says beside its subject.

use std::borrow::Cow;
use std::time::Duration;

use zeroize::Zeroizing;

use super::options::{Limits, string};
use crate::options::{given, known_members, read};
use crate::{Result, SignOptions, Signer, SigningKey, Token, Value, api};

/// Options of one call, which count instead of the client's.
#[derive(Debug, Clone, Default)]
pub struct CallOptions {
    pub(super) account_id: Option<String>,
    pub(super) limits: Limits,
    #[cfg(feature = "client")]
    pub(super) stop: Option<super::Stop>,
    #[cfg(feature = "client")]
    pub(super) began: Option<std::time::Instant>,
}

impl CallOptions {
    /// The wire names of all options.
    pub const NAMES: &'static [&'static str] = &[
        "account_id",
        "timeout",
        "connect_timeout",
        "max_retries",
        "deadline",
    ];

    /// No option given.
    pub fn new() -> Self {
        Self::default()
    }

    /// Options from an object of loosely typed members. `null` is *not given*.
    ///
    /// # Errors
    /// Those of [`ClientOptions::from_value`](super::ClientOptions::from_value). An account id is checked with
    /// the call.
    pub fn from_value(value: &Value) -> Result<Self> {
        Self::default().overlaid(value)
    }

    /// These, replaced where `value` gives others.
    ///
    /// # Errors
    /// Those of [`CallOptions::from_value`].
    pub fn overlaid(&self, value: &Value) -> Result<Self> {
        let mut options = self.clone();
        options.read(known_members(value, Self::NAMES, &[])?)?;
        Ok(options)
    }

    fn read(&mut self, members: &[(String, Value)]) -> Result<()> {
        let owned = |value: &Value| string(value).map(Some);
        read(members, "account_id", &mut self.account_id, owned)?;
        self.limits.read(members)
    }

    /// The account that is asked.
    #[must_use]
    pub fn account_id(mut self, account_id: impl Into<String>) -> Self {
        self.account_id = Some(account_id.into());
        self
    }

    /// As [`ClientOptions::timeout`](super::ClientOptions::timeout).
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limits.timeout = Some(limit);
        self
    }

    /// As [`ClientOptions::connect_timeout`](super::ClientOptions::connect_timeout).
    #[must_use]
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.limits.connect_timeout = Some(limit);
        self
    }

    /// As [`ClientOptions::max_retries`](super::ClientOptions::max_retries).
    #[must_use]
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.limits.max_retries = Some(retries);
        self
    }

    /// What may end the call from another thread.
    #[cfg(feature = "client")]
    #[must_use]
    pub fn stop(mut self, stop: &super::Stop) -> Self {
        self.stop = Some(stop.clone());
        self
    }

    /// When the call began, where that was before it is made: what it waited until then, perhaps for a thread,
    /// counts for its deadline. When the deadline is over already, nothing is sent, and the error is
    /// [`ErrorCode::ApiTimeout`](crate::ErrorCode::ApiTimeout).
    #[cfg(feature = "client")]
    #[must_use]
    pub fn began(mut self, begin: std::time::Instant) -> Self {
        self.began = Some(begin);
        self
    }

    /// As [`ClientOptions::deadline`](super::ClientOptions::deadline).
    #[must_use]
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.limits.deadline = Some(limit);
        self
    }
}

/// A token that is asked for: the options of signing, perhaps a key, and the options of the call.
#[derive(Clone, Default)]
pub struct TokenParams {
    pub(super) options: SignOptions,
    /// Whether `time_format` was said, be it the default.
    pub(super) time_format_given: bool,
    pub(super) key: Option<Key>,
    pub(super) call: CallOptions,
}

/// A key that goes along with a request.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) id: Option<String>,
    pub(super) pem: Option<Zeroizing<String>>,
}

impl Key {
    /// The key, once both halves are there and fit.
    pub(super) fn load(&self) -> Result<SigningKey> {
        api::load_key(
            self.id.as_deref(),
            self.pem.as_ref().map(|pem| pem.as_str()),
        )
    }
}

impl TokenParams {
    /// A token with default values, from the client's account.
    pub fn new() -> Self {
        Self::default()
    }

    /// The wire names of all options: those of signing, those of the endpoint, those of a call.
    pub fn names() -> Vec<&'static str> {
        [SignOptions::NAMES, &["id", "pem"], CallOptions::NAMES].concat()
    }

    /// Options from an object of loosely typed members, in wire names. `null` is *not given*.
    ///
    /// # Errors
    /// Those of [`SignOptions::from_value`] and [`CallOptions::from_value`].
    pub fn from_value(value: &Value) -> Result<Self> {
        Self::default().overlaid(value)
    }

    /// These, replaced where `value` gives others, as [`SignOptions::overlaid`] does it.
    ///
    /// # Errors
    /// Those of [`TokenParams::from_value`].
    pub fn overlaid(&self, value: &Value) -> Result<Self> {
        let names = Self::names();
        let members = known_members(value, &names, &[])?;
        let signing = members.iter();
        let signing = signing.filter(|(name, _)| SignOptions::NAMES.contains(&name.as_str()));
        let signing = Value::Object(signing.cloned().collect());
        let mut params = self.clone();
        params.call.read(members)?;
        params.options = self.options.overlaid(&signing)?;
        params.time_format_given |= given(members, "time_format").is_some();
        params.key = read_key(members)?.or(params.key);
        Ok(params)
    }

    /// Signs with a key that the request brings, instead of one that the account has at Cloudflare. **A
    /// last resort: it sends a private key over the network.** With the key at hand,
    /// [`Signer`](crate::Signer) mints the same token without a request.
    ///
    /// `pem` is any form of key that [`SigningKey::load`] reads; it is sent in the form that Cloudflare
    /// wants.
    #[must_use]
    pub fn key(mut self, id: impl Into<String>, pem: impl Into<String>) -> Self {
        self.key = Some(Key {
            id: Some(id.into()),
            pem: Some(Zeroizing::new(pem.into())),
        });
        self
    }

    /// The options of this call.
    #[must_use]
    pub fn call(mut self, call: CallOptions) -> Self {
        self.call = call;
        self
    }

    /// What may end the call from another thread.
    #[cfg(feature = "client")]
    #[must_use]
    pub fn stop(mut self, stop: &super::Stop) -> Self {
        self.call = self.call.stop(stop);
        self
    }

    /// The options of the call, which [`TokenParams::call`] sets.
    pub fn call_options(&self) -> &CallOptions {
        &self.call
    }

    /// Mints the token here instead, with `signer`, or with the key that these options bring. What is only
    /// about requests is checked and has no effect.
    ///
    /// # Errors
    /// Those of [`Signer::sign`]; those of a key and of an account id that do not fit.
    pub fn sign(&self, signer: &Signer, identifier: &str) -> Result<Token> {
        self.minter(signer)?.sign(identifier, &self.options)
    }

    /// Refuses what [`TokenParams::sign`] would refuse, without a signature.
    ///
    /// # Errors
    /// Those of [`TokenParams::sign`].
    pub fn check(&self, signer: &Signer, identifier: &str) -> Result<()> {
        self.minter(signer)?.check(identifier, &self.options)
    }

    /// The options of signing among these.
    pub fn sign_options(&self) -> &SignOptions {
        &self.options
    }

    /// The signer that mints here, once what is only about requests was looked at.
    fn minter<'s>(&self, signer: &'s Signer) -> Result<Cow<'s, Signer>> {
        if let Some(id) = &self.call.account_id {
            api::account_id(id)?;
        }
        self.call.limits.check()?;
        match &self.key {
            Some(key) => Ok(Cow::Owned(
                Signer::new(key.load()?).lint(signer.lint_level()),
            )),
            None => Ok(Cow::Borrowed(signer)),
        }
    }
}

impl From<SignOptions> for TokenParams {
    fn from(options: SignOptions) -> Self {
        Self {
            options,
            ..Self::default()
        }
    }
}

impl From<&SignOptions> for TokenParams {
    fn from(options: &SignOptions) -> Self {
        options.clone().into()
    }
}

impl std::fmt::Debug for TokenParams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let key_id = self.key.as_ref().and_then(|key| key.id.as_deref());
        f.debug_struct("TokenParams")
            .field("options", &self.options)
            .field("key_id", &key_id)
            .field("call", &self.call)
            .finish_non_exhaustive()
    }
}

fn read_key(members: &[(String, Value)]) -> Result<Option<Key>> {
    let mut key = Key {
        id: None,
        pem: None,
    };
    read(members, "id", &mut key.id, |value| string(value).map(Some))?;
    read(members, "pem", &mut key.pem, |value| {
        string(value).map(|text| Some(Zeroizing::new(text)))
    })?;
    let is_given = key.id.is_some() || key.pem.is_some();
    Ok(is_given.then_some(key))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{CallOptions, TokenParams};
    use crate::key::tests::example_key;
    use crate::{ErrorCode, LintLevel, Signer, Value};

    fn read(json: &str) -> crate::Result<TokenParams> {
        TokenParams::from_value(&Value::parse(json).unwrap())
    }

    #[test]
    fn what_is_laid_over_replaces_what_it_names_and_nothing_else() {
        let value = |text: &str| Value::parse(text).unwrap();
        let below = value(
            r#"{"expires_in":60,"downloadable":true,"id":"k","pem":"p","account_id":"a","timeout":1}"#,
        );
        let above = value(r#"{"exp":1000,"account_id":"b","time_format":"number"}"#);
        let both = TokenParams::from_value(&below).unwrap();
        let both = both.overlaid(&above).unwrap();
        let expected = value(
            r#"{"exp":1000,"downloadable":true,"account_id":"b","timeout":1,"time_format":"number"}"#,
        );
        let expected = TokenParams::from_value(&expected).unwrap();
        assert_eq!(both.options, expected.options);
        assert_eq!(format!("{:?}", both.call), format!("{:?}", expected.call));
        assert!(both.time_format_given);
        assert!(both.key.is_some(), "the key that was there stays");
    }

    #[test]
    fn a_key_that_is_brought_signs_as_strictly_as_the_signer_that_is_there() {
        let rules = r#"[{"type":"ip.src","action":"allow","ip":["192.0.2.1"]}]"#;
        let params = read(&format!(r#"{{"accessRules":{rules}}}"#)).unwrap();
        let key = example_key();
        let params = params.key(key.id(), key.to_jwk().as_str());
        let signer = Signer::new(example_key());
        assert!(!params.sign(&signer, "a").unwrap().warnings().is_empty());
        let strict = signer.lint(LintLevel::Deny);
        let error = params.sign(&strict, "a").unwrap_err();
        assert_eq!(error.code(), ErrorCode::LintDenied);
    }

    #[test]
    fn options_of_a_call_are_laid_over_others_and_null_replaces_none() {
        let value = |text: &str| Value::parse(text).unwrap();
        let below = value(r#"{"account_id":"a","timeout":1,"connect_timeout":2,"max_retries":3}"#);
        let above = value(r#"{"account_id":"b","timeout":null,"max_retries":0,"deadline":4}"#);
        let both = CallOptions::from_value(&below).unwrap();
        let both = both.overlaid(&above).unwrap();
        assert_eq!(both.account_id.as_deref(), Some("b"));
        assert_eq!(both.limits.timeout, Some(Duration::from_secs(1)));
        assert_eq!(both.limits.connect_timeout, Some(Duration::from_secs(2)));
        assert_eq!(both.limits.max_retries, Some(0));
        assert_eq!(both.limits.deadline, Some(Duration::from_secs(4)));
        let unknown = both.overlaid(&value(r#"{"exp":1}"#)).unwrap_err();
        assert_eq!(unknown.code(), ErrorCode::OptionUnknown);
    }

    #[test]
    fn the_options_of_signing_of_the_endpoint_and_of_the_call_stand_side_by_side() {
        let params = read(
            r#"{"exp":1750003600,"now":1750000000,"downloadable":true,"flags":{"original":true},
                "accessRules":[{"type":"any","action":"block"}],
                "id":"key","pem":"text","account_id":"a","timeout":1,"connect_timeout":2,"max_retries":0,"deadline":3}"#,
        )
        .unwrap();
        assert!(params.options.is_downloadable() && !params.time_format_given);
        assert_eq!(
            params.options.resolved_exp(1_750_000_000).unwrap(),
            1_750_003_600
        );
        let key = params.key.unwrap();
        assert_eq!(key.id.as_deref(), Some("key"));
        assert_eq!(key.pem.as_ref().map(|pem| pem.as_str()), Some("text"));
        assert_eq!(params.call.account_id.as_deref(), Some("a"));
        let limits = params.call.limits;
        assert_eq!(limits.timeout, Some(Duration::from_secs(1)));
        assert_eq!(limits.connect_timeout, Some(Duration::from_secs(2)));
        assert_eq!(limits.max_retries, Some(0));
        assert_eq!(limits.deadline, Some(Duration::from_secs(3)));
    }

    #[test]
    fn null_is_not_given_and_unknown_names_are_refused() {
        let nulls = TokenParams::names();
        let nulls = nulls.iter().filter(|name| **name != "accessRules");
        let nulls: Vec<_> = nulls.map(|name| format!("\"{name}\":null")).collect();
        let params = read(&format!("{{{}}}", nulls.join(","))).unwrap();
        assert!(
            params.key.is_none() && params.call.account_id.is_none() && !params.time_format_given
        );
        assert_eq!(params.options, crate::SignOptions::new());
        for (json, code) in [
            (r#"{"api_token":"t"}"#, ErrorCode::OptionUnknown),
            (r#"{"identifier":"v"}"#, ErrorCode::OptionUnknown),
            (r#"{"accessRules":null}"#, ErrorCode::OptionNull),
            (r#"{"exp":"1"}"#, ErrorCode::TimeType),
            (r#"{"pem":5}"#, ErrorCode::OptionType),
            (r#"{"id":[]}"#, ErrorCode::OptionType),
            (r#"{"account_id":5}"#, ErrorCode::OptionType),
            (r#"{"timeout":0}"#, ErrorCode::OptionValue),
        ] {
            assert_eq!(read(json).unwrap_err().code(), code, "{json}");
        }
        let twice = ["exp", "exp"].map(|name| (name.to_owned(), Value::Integer(1)));
        let error = TokenParams::from_value(&Value::Object(twice.to_vec())).unwrap_err();
        assert_eq!(error.code(), ErrorCode::JsonDuplicateMember);
        assert_eq!(
            TokenParams::from_value(&Value::Array(vec![]))
                .unwrap_err()
                .code(),
            ErrorCode::OptionType
        );
    }

    #[test]
    fn debug_output_shows_no_key() {
        let key = example_key();
        let params = TokenParams::new().key(key.id(), key.to_pem_base64().as_str());
        let shown = format!("{params:?} {params:#?}");
        assert!(shown.contains(key.id()), "{shown}");
        assert!(!shown.contains(&key.to_pem_base64()[..40]), "{shown}");
    }

    #[test]
    fn a_token_is_minted_here_with_the_key_that_was_brought_or_the_signers() {
        let signer = Signer::new(crate::SigningKey::generate().unwrap());
        let key = example_key();
        let params = read(r#"{"now":1750000000,"account_id":"a","timeout":5}"#).unwrap();
        let token = params.sign(&signer, "video").unwrap();
        assert_eq!(
            (token.key_id(), token.identifier()),
            (signer.key().id(), "video")
        );
        let brought = params.key(key.id(), key.to_pem_base64().as_str());
        assert_eq!(brought.sign(&signer, "video").unwrap().key_id(), key.id());
        // A time format counts here, where a request refuses it.
        let local = read(r#"{"time_format":"string","reuse_window":60}"#).unwrap();
        assert!(local.sign(&signer, "video").is_ok());
        for (json, code) in [
            (r#"{"account_id":"a/b"}"#, ErrorCode::AccountIdInvalid),
            (r#"{"id":"key"}"#, ErrorCode::KeyNotGiven),
            (r#"{"pem":"text"}"#, ErrorCode::KeyIdMissing),
        ] {
            let refused = read(json).unwrap().sign(&signer, "video");
            assert_eq!(refused.unwrap_err().code(), code, "{json}");
        }
        assert_eq!(
            read("{}").unwrap().sign(&signer, "a/b").unwrap_err().code(),
            ErrorCode::IdentifierInvalid
        );
    }
}
