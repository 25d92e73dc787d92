//! Texts in queries: file names, colors, languages, URLs.
//!
//! Where a doc comment says *our choice*, Cloudflare documents no length or alphabet.

use std::fmt;

use super::compact::Compact;
use super::location::Location;
use super::values::{FromOption, invalid, text};
use crate::id::{MAX_IDENTIFIER, is_id};
use crate::{Result, Value};

/// The name of a downloaded file without its extension, which Cloudflare appends: 1 to 120 characters of
/// `A-Z`, `a-z`, `0-9`, `-` and `_` (documented).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filename(String);

impl Filename {
    /// Checks a name.
    ///
    /// # Errors
    /// [`ErrorCode::UrlOptionInvalid`](crate::ErrorCode::UrlOptionInvalid).
    pub fn new(name: &str) -> Result<Self> {
        checked(name, is_id(name, 120)).map(Self).ok_or_else(|| {
            invalid(
                "filename has 1 to 120 characters of A-Z, a-z, 0-9, '-' and '_'; \
                 leave out the extension, it is appended",
            )
        })
    }
}

/// A CSS color, such as `#f48120`, `transparent` or `hsl(120 80% 95%)`: 1 to 64 characters of letters,
/// digits, blanks and `#%(),.+-/` (length and alphabet are our choice; the color is not interpreted).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Color(String);

impl Color {
    /// Checks the alphabet of a color.
    ///
    /// # Errors
    /// [`ErrorCode::UrlOptionInvalid`](crate::ErrorCode::UrlOptionInvalid).
    pub fn new(color: &str) -> Result<Self> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b" #%(),.+-/".contains(&byte);
        let good = (1..=64).contains(&color.len()) && color.bytes().all(known);
        checked(
            color,
            good && !color.starts_with(' ') && !color.ends_with(' '),
        )
        .map(Self)
        .ok_or_else(|| {
            invalid(
                "a color is a CSS color of at most 64 characters, like #f48120 or hsl(120 80% 95%)",
            )
        })
    }
}

/// A BCP-47 language tag, such as `en` or `pt-BR`: that of the captions to show. Subtags of 1 to 8
/// letters and digits, at most 35 characters (the length is our choice: what BCP-47 tells software to
/// support).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguageTag(String);

impl LanguageTag {
    /// Checks the form of a tag, not whether the language exists.
    ///
    /// # Errors
    /// [`ErrorCode::UrlOptionInvalid`](crate::ErrorCode::UrlOptionInvalid).
    pub fn new(tag: &str) -> Result<Self> {
        let is_subtag = |part: &str| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        checked(tag, tag.len() <= 35 && tag.split('-').all(is_subtag))
            .map(Self)
            .ok_or_else(|| invalid("defaultTextTrack is a BCP-47 language tag like en or pt-BR"))
    }
}

/// A URL for the player to load: `https`, ASCII, at most 57,344 characters (our choice). `http` is taken
/// on loopback hosts.
///
/// It may carry a token, so `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpsUrl(String);

impl HttpsUrl {
    /// Checks a URL.
    ///
    /// # Errors
    /// [`ErrorCode::UrlOptionInvalid`](crate::ErrorCode::UrlOptionInvalid).
    pub fn new(url: &str) -> Result<Self> {
        match Location::parse(url) {
            Ok(_) => Ok(Self(url.to_owned())),
            Err(error) => Err(invalid(error.message())),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The `src` of the player: a video UID (documented), or a token (our choice). It may grant access, so
/// `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Source(String);

impl Source {
    /// Checks that `video` is an identifier of 1 to 32 characters or a compact JWS.
    ///
    /// # Errors
    /// [`ErrorCode::UrlOptionInvalid`](crate::ErrorCode::UrlOptionInvalid).
    pub fn new(video: &str) -> Result<Self> {
        let good = is_id(video, MAX_IDENTIFIER) || Compact::read(video).is_ok();
        checked(video, good)
            .map(Self)
            .ok_or_else(|| invalid("src is a video UID or a token"))
    }
}

/// Text values: read from a string, written as they are.
macro_rules! texts {
    ($($name:ident),+) => {
        $(
            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.0)
                }
            }

            impl FromOption for $name {
                fn from_option(name: &str, value: &Value) -> Result<Self> {
                    Self::new(text(name, value)?)
                }
            }
        )+
    };
}

texts!(Filename, Color, LanguageTag, HttpsUrl, Source);

impl fmt::Debug for HttpsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpsUrl(…)")
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source(…)")
    }
}

fn checked(text: &str, good: bool) -> Option<String> {
    good.then(|| text.to_owned())
}
