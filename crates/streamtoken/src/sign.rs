//! Minting: the header, the payload, and the signature over both.

mod batch;
mod parallel;
mod payload;
mod prepared;
mod reuse;

pub use batch::{BatchAnswer, MAX_LINE, batch_line};
pub use prepared::{Prepared, prepare, prepare_linted};
pub use reuse::{MAX_KEPT, MAX_KEPT_TOKEN};

use std::fmt;
use std::sync::Arc;

use reuse::Kept;

use crate::lint::{self, Finding, LintLevel};
use crate::options::Times;
use crate::{
    Error, ErrorCode, PublicKey, Result, SignOptions, SigningKey, Token, base64url, clock, id,
};

/// Longest token that is minted or read, in characters.
pub const MAX_TOKEN: usize = 16_384;

/// Mints tokens with one key. Cheap to clone, and shared between threads as it is.
///
/// Tokens of [`SignOptions::reuse_window`] are kept in memory, [`MAX_KEPT`] of them at most, and all clones have
/// them: minting one again costs no signature. When there are as many, those whose window has ended make room
/// for the next, or else the one whose window ends first. The bytes are the same with and without.
///
/// ```
/// use streamtoken::{SignOptions, Signer, SigningKey};
///
/// let signer = Signer::new(SigningKey::generate()?);
/// let token = signer.sign("ea95132c15732412d22c1476fa83f27a", &SignOptions::new())?;
/// assert_eq!(token.renew_at(), token.exp() - 720);
/// # Ok::<(), streamtoken::Error>(())
/// ```
#[derive(Clone)]
pub struct Signer {
    key: SigningKey,
    header: String,
    lint_level: LintLevel,
    kept: Arc<Kept>,
}

impl Signer {
    /// A signer with this key.
    pub fn new(key: SigningKey) -> Self {
        let header = payload::header(key.id());
        Self {
            key,
            header,
            lint_level: LintLevel::default(),
            kept: Arc::default(),
        }
    }

    /// What to do when the rules or options are probably not meant. Default: [`LintLevel::Warn`].
    ///
    /// ```
    /// use streamtoken::{AccessRules, Condition, ErrorCode, LintLevel, Rule, SignOptions, Signer, SigningKey};
    ///
    /// let rules = AccessRules::new([Rule::allow(Condition::country(["GB"])?)])?;
    /// let options = SignOptions::new().access_rules(rules);
    /// let signer = Signer::new(SigningKey::generate()?);
    /// let token = signer.sign("ea95132c15732412d22c1476fa83f27a", &options)?;
    /// assert_eq!(token.warnings()[0].id(), "allow_without_block");
    ///
    /// let strict = signer.lint(LintLevel::Deny);
    /// let refused = strict.sign("ea95132c15732412d22c1476fa83f27a", &options).unwrap_err();
    /// assert_eq!(refused.code(), ErrorCode::LintDenied);
    /// # Ok::<(), streamtoken::Error>(())
    /// ```
    #[must_use]
    pub fn lint(mut self, level: LintLevel) -> Self {
        self.lint_level = level;
        // What is kept has the warnings of the level before, and may be refused at this one.
        self.kept = Arc::default();
        self
    }

    /// What [`Signer::lint`] set.
    pub fn lint_level(&self) -> LintLevel {
        self.lint_level
    }

    /// The key that signs.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// Mints a token for `identifier`, a video UID or live-input UID of 1 to 32 characters of
    /// `[A-Za-z0-9_-]`.
    ///
    /// # Errors
    /// [`ErrorCode::IdentifierInvalid`]; [`ErrorCode::CountryInvalid`] for rules that were read from
    /// somebody else's token and name a country that may not be written; the codes of times that do not
    /// fit each other (124 to 128); [`ErrorCode::MintedTokenTooLarge`] above 16,384 characters;
    /// [`ErrorCode::LintDenied`] under [`LintLevel::Deny`], at what the first warning is about.
    pub fn sign(&self, identifier: &str, options: &SignOptions) -> Result<Token> {
        self.sign_at(options.now_or_clock(), identifier, options)
    }

    /// Mints many tokens on all cores, in the order of `items`. An error of one item never loses the
    /// others, and is one of [`Signer::sign`]. Items without [`SignOptions::now`] share one reading of the
    /// clock.
    pub fn sign_many<I>(&self, items: &[(I, SignOptions)]) -> Vec<Result<Token>>
    where
        I: AsRef<str> + Sync,
    {
        let clock = clock::now();
        parallel::map(items, |(identifier, options)| {
            self.sign_at(options.now.unwrap_or(clock), identifier.as_ref(), options)
        })
    }

    /// Refuses what [`Signer::sign`] would refuse, without a signature.
    ///
    /// # Errors
    /// Those of [`Signer::sign`].
    pub fn check(&self, identifier: &str, options: &SignOptions) -> Result<()> {
        self.unsigned(options.now_or_clock(), identifier, options)
            .map(|_| ())
    }

    fn sign_at(&self, now: u64, identifier: &str, options: &SignOptions) -> Result<Token> {
        let place = self.kept.place(identifier, now, options);
        if let Some(kept) = place.as_ref().and_then(|place| self.kept.get(place)) {
            return Ok(kept);
        }
        let token = self.mint(now, identifier, options)?;
        if let Some(place) = place {
            self.kept.put(&place, now, &token);
        }
        Ok(token)
    }

    fn mint(&self, now: u64, identifier: &str, options: &SignOptions) -> Result<Token> {
        let unsigned = self.unsigned(now, identifier, options)?;
        let signature = self.key.sign(unsigned.input.as_bytes())?;
        Ok(unsigned.signed(self.key.id(), &signature))
    }

    fn unsigned(&self, now: u64, identifier: &str, options: &SignOptions) -> Result<Unsigned> {
        let key = self.key.public_key();
        Unsigned::new(&self.header, key, identifier, now, options, self.lint_level)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("key", &self.key).finish()
    }
}

/// Everything of a token but the signature.
#[derive(Debug, Clone)]
struct Unsigned {
    /// `b64url(header).b64url(payload)`, the JWS signing input.
    input: String,
    identifier: String,
    times: Times,
    warnings: Option<Arc<[Finding]>>,
}

impl Unsigned {
    fn new(
        header: &str,
        key: &PublicKey,
        identifier: &str,
        now: u64,
        options: &SignOptions,
        level: LintLevel,
    ) -> Result<Self> {
        id::check_identifier(identifier)?;
        // Rules that were read from somebody else's token may name what is not written here.
        options.access_rules.check_for_minting()?;
        let times = options.times(now)?;
        let payload = payload::payload(identifier, key.id(), times, options)?;
        let mut input = String::with_capacity(header.len() + payload.len() * 4 / 3 + 360);
        input.push_str(header);
        input.push('.');
        base64url::append(&mut input, &payload);
        check_length(&input, key)?;
        Ok(Self {
            input,
            identifier: identifier.to_owned(),
            times,
            warnings: lint::when_minting(level, options, times, now)?,
        })
    }

    fn signed(self, key_id: &str, signature: &[u8]) -> Token {
        let mut text = self.input;
        text.push('.');
        base64url::append(&mut text, signature);
        Token {
            text,
            identifier: self.identifier,
            key_id: key_id.to_owned(),
            exp: self.times.exp,
            nbf: self.times.nbf,
            renew_at: self.times.renew_at,
            warnings: self.warnings,
        }
    }
}

/// Refuses a token that will be too long, before anybody signs it: a signature is as long as the modulus.
fn check_length(input: &str, key: &PublicKey) -> Result<()> {
    let signature = (key.bits().div_ceil(8) * 4).div_ceil(3) as usize;
    let length = input.len() + 1 + signature;
    if length <= MAX_TOKEN {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::MintedTokenTooLarge,
        format!(
            "the token would have {length} characters; the maximum is {MAX_TOKEN}; shorten its access rules"
        ),
    ))
}
