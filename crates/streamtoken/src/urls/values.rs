//! What values of playback URL options have in common, the words among them, and the poster.

use std::fmt;
use std::num::NonZeroU32;

use super::members::Members;
use super::options::ThumbnailOptions;
use super::texts::HttpsUrl;
use crate::{Error, ErrorCode, Result, Value};

/// A value that can be read from a loosely typed option; `name` is for the message.
pub(super) trait FromOption: Sized {
    fn from_option(name: &str, value: &Value) -> Result<Self>;
}

/// Defines an enumeration whose members are words in URLs.
macro_rules! words {
    ($(#[$docs:meta])* $name:ident { $($(#[$member_docs:meta])* $member:ident = $word:literal,)+ }) => {
        $(#[$docs])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$member_docs])* $member,)+
        }

        impl $name {
            const WORDS: &'static [&'static str] = &[$($word),+];
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$member => $word,)+ })
            }
        }

        impl FromOption for $name {
            fn from_option(name: &str, value: &Value) -> Result<Self> {
                match text(name, value)? {
                    $($word => Ok(Self::$member),)+
                    _ => Err(invalid(format!("{name} must be {}", Self::WORDS.join(" or ")))),
                }
            }
        }
    };
}

words! {
    /// How a thumbnail fits the size that was asked for (documented).
    Fit {
        /// Cut off what does not fit: the default.
        Crop = "crop",
        /// Keep the whole frame, smaller than asked for.
        Clip = "clip",
        /// Distort the frame to the size.
        Scale = "scale",
        /// Keep the whole frame and fill up with black.
        Fill = "fill",
    }
}

words! {
    /// The protocol of an HLS manifest (documented).
    Protocol {
        /// Low-latency HLS, for live inputs of the beta.
        LlHls = "llhls",
    }
}

words! {
    /// How much the player loads before playback: a hint (documented).
    Preload {
        /// Nothing but what the player needs to start: the default.
        None = "none",
        /// The metadata.
        Metadata = "metadata",
        /// The beginning of the video.
        Auto = "auto",
    }
}

/// The image that the player shows before playback.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Poster {
    /// The row `thumbnail` of the same token, with its options.
    Thumbnail,
    /// A still of the same token with options of its own.
    Still(ThumbnailOptions),
    /// An image elsewhere. A Stream URL of the same video gets the token, since a poster of a video that
    /// requires signed URLs must be signed too.
    Url(HttpsUrl),
}

impl FromOption for Poster {
    /// `true` is the thumbnail row; an object has a thumbnail's options; a string is a URL.
    fn from_option(name: &str, value: &Value) -> Result<Self> {
        match value {
            Value::Bool(true) => Ok(Self::Thumbnail),
            Value::Object(_) => Members::read(value, "").map(Self::Still),
            Value::String(url) => HttpsUrl::new(url).map(Self::Url),
            Value::Bool(false) => Err(invalid(format!(
                "{name} must be true, a URL or thumbnail options; leave it out for none"
            ))),
            other => Err(wrong_type(name, "true, a URL or an object", other)),
        }
    }
}

impl FromOption for bool {
    fn from_option(name: &str, value: &Value) -> Result<Self> {
        match value {
            Value::Bool(value) => Ok(*value),
            other => Err(wrong_type(name, "true or false", other)),
        }
    }
}

impl FromOption for NonZeroU32 {
    fn from_option(name: &str, value: &Value) -> Result<Self> {
        if !matches!(value, Value::Integer(_) | Value::Float(_)) {
            return Err(wrong_type(name, "a number", value));
        }
        whole(value).and_then(Self::new).ok_or_else(|| {
            invalid(format!(
                "{name} must be a whole number from 1 to 4294967295"
            ))
        })
    }
}

/// A refusal of a value.
pub(super) fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::UrlOptionInvalid, message)
}

pub(super) fn wrong_type(name: &str, wanted: &str, found: &Value) -> Error {
    let message = format!("{name} must be {wanted}, not {}", found.kind());
    Error::new(ErrorCode::OptionType, message)
}

pub(super) fn text<'a>(name: &str, value: &'a Value) -> Result<&'a str> {
    value
        .as_str()
        .ok_or_else(|| wrong_type(name, "a string", value))
}

/// A whole number from 0 to 2^32 − 1; integral floats are integers, as hosts with one number type need.
pub(super) fn whole(value: &Value) -> Option<u32> {
    match value {
        Value::Integer(number) => u32::try_from(*number).ok(),
        // Rust prints an integral float without a fraction, and no other number as digits alone. Adding
        // zero turns the -0 of JavaScript into 0.
        Value::Float(number) => (number + 0.0).to_string().parse().ok(),
        _ => None,
    }
}
