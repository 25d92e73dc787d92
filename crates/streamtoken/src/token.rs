//! A minted token and the facts about it.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::Finding;

/// A signed URL token that was minted, by a [`Signer`](crate::Signer) or by Cloudflare's API.
///
/// Its text takes the place of the video UID **in the path** of a playback URL. Whoever has it can
/// watch, so `Debug` does not show it; `Display`, [`Token::as_str`] and `Serialize` give the compact
/// form.
///
/// Tokens are compared by what they are, never by [`Token::warnings`].
#[derive(Clone)]
pub struct Token {
    pub(crate) text: String,
    pub(crate) identifier: String,
    pub(crate) key_id: String,
    pub(crate) exp: u64,
    pub(crate) nbf: u64,
    pub(crate) renew_at: u64,
    pub(crate) warnings: Option<Arc<[Finding]>>,
}

impl Token {
    /// The names of what a token tells of itself, as every surface has them.
    pub const NAMES: &'static [&'static str] =
        &["token", "identifier", "key_id", "exp", "nbf", "renew_at"];

    /// The compact form: three parts of base64url, at most 16,384 characters in all.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The compact form, without a copy.
    pub fn into_string(self) -> String {
        self.text
    }

    /// The video UID or live-input UID that the token is for.
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// The id of the key that signed it.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The token is not accepted from this time on, in epoch seconds.
    pub fn exp(&self) -> u64 {
        self.exp
    }

    /// The token is not accepted before this time, in epoch seconds.
    pub fn nbf(&self) -> u64 {
        self.nbf
    }

    /// When to mint the next one, in epoch seconds: after four fifths of the time from now to `exp`,
    /// or when the next window of [`SignOptions::reuse_window`](crate::SignOptions::reuse_window) begins.
    pub fn renew_at(&self) -> u64 {
        self.renew_at
    }

    /// For how many seconds from `now` on (epoch seconds) a page that shows this token to everybody may be
    /// cached: until [`Token::renew_at`], 0 from then on. Who gets the page last has a fifth of the lifetime
    /// left, or of a token of a window all of `expires_in`: it must outlast the view
    /// ([how long tokens are to live](crate::source#how-long-tokens-are-to-live)).
    pub fn max_age(&self, now: u64) -> u64 {
        self.renew_at.saturating_sub(now)
    }

    /// What its rules and options probably do not mean. Empty for a signer with
    /// [`LintLevel::Off`](crate::LintLevel::Off). A token that Cloudflare's API has minted has those about the
    /// options that were sent, as [`LintLevel::Warn`](crate::LintLevel::Warn) finds them, but for what is
    /// doubtful when signing locally alone ([`Warning::FlagUndocumented`](crate::Warning::FlagUndocumented)).
    pub fn warnings(&self) -> &[Finding] {
        self.warnings.as_deref().unwrap_or_default()
    }

    /// All that tells one token from another.
    fn parts(&self) -> (&str, &str, &str, u64, u64, u64) {
        (
            &self.text,
            &self.identifier,
            &self.key_id,
            self.exp,
            self.nbf,
            self.renew_at,
        )
    }
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for Token {}

impl Hash for Token {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("identifier", &self.identifier)
            .field("key_id", &self.key_id)
            .field("exp", &self.exp)
            .field("nbf", &self.nbf)
            .field("renew_at", &self.renew_at)
            .finish_non_exhaustive()
    }
}

impl AsRef<str> for Token {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl AsRef<[u8]> for Token {
    fn as_ref(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

impl From<Token> for String {
    fn from(token: Token) -> Self {
        token.text
    }
}

impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
