//! What one call says beside its subject.

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
    /// Those of [`ClientOptions::from_value`](super::ClientOptions::from_value), and
    /// [`ErrorCode::AccountIdInvalid`](crate::ErrorCode::AccountIdInvalid).
    pub fn from_value(value: &Value) -> Result<Self> {
        let mut options = Self::default();
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
        let names = Self::names();
        let members = known_members(value, &names, &[])?;
        let signing = members.iter();
        let signing = signing.filter(|(name, _)| SignOptions::NAMES.contains(&name.as_str()));
        let signing = Value::Object(signing.cloned().collect());
        let mut call = CallOptions::new();
        call.read(members)?;
        Ok(Self {
            options: SignOptions::from_value(&signing)?,
            time_format_given: given(members, "time_format").is_some(),
            key: read_key(members)?,
            call,
        })
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

    /// Mints the token here instead, with `signer`, or with the key that these options bring. What is only
    /// about requests is checked and has no effect.
    ///
    /// # Errors
    /// Those of [`Signer::sign`]; those of a key and of an account id that do not fit.
    pub fn sign(&self, signer: &Signer, identifier: &str) -> Result<Token> {
        if let Some(id) = &self.call.account_id {
            api::account_id(id)?;
        }
        self.call.limits.check()?;
        match &self.key {
            Some(key) => Signer::new(key.load()?).sign(identifier, &self.options),
            None => signer.sign(identifier, &self.options),
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
