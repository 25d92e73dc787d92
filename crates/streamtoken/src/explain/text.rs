//! A text as it is to be read: limited, decoded, and out of what was around it.

use std::borrow::Cow;

use super::MAX_EXPLAIN;
use super::kind::Kind;
use super::paste::first_compact;
use crate::{Value, urls};

/// What was given, and what of it is to be looked at.
pub(super) struct Text<'t> {
    /// The beginning of what was given.
    pub(super) raw: &'t [u8],
    /// Length of all of it.
    pub(super) bytes: usize,
    /// The text to look at; `None` for what is no text.
    pub(super) plain: Option<Cow<'t, str>>,
    /// What is known already of what it is.
    pub(super) kind: Option<Kind>,
    /// What was taken away, in words.
    pub(super) around: Vec<&'static str>,
}

impl<'t> Text<'t> {
    pub(super) fn of(bytes: &'t [u8]) -> Self {
        let raw = &bytes[..bytes.len().min(MAX_EXPLAIN)];
        let mut text = Self {
            raw,
            bytes: bytes.len(),
            plain: utf8(raw, raw.len() < bytes.len()).map(Cow::Borrowed),
            kind: None,
            around: Vec::new(),
        };
        text.leave_json();
        text.decode();
        text
    }

    /// An answer of the API, a key, the claims themselves, or a token in any member.
    fn leave_json(&mut self) {
        let plain = self.plain.as_deref().unwrap_or_default().trim();
        if !plain.starts_with(['{', '[']) {
            return;
        }
        let Ok(value) = Value::parse(plain) else {
            return;
        };
        let result = value.get("result").unwrap_or(&value);
        let token = result.get("token").and_then(Value::as_str);
        let found = token.or_else(|| with_token(&value, 0)).map(str::to_owned);
        self.kind = Some(match (&found, Kind::of_json(&value)) {
            (Some(_), Kind::Json) => Kind::InJson,
            (Some(_), kind) if kind.is_key() => kind,
            (Some(_), _) => Kind::ApiResponse,
            (None, kind) => kind,
        });
        if let Some(found) = found {
            self.plain = Some(Cow::Owned(found));
        }
    }

    /// Undoes what pages and query strings do to URLs.
    fn decode(&mut self) {
        let Some(plain) = &self.plain else { return };
        if plain.contains("&amp;") {
            self.plain = Some(Cow::Owned(plain.replace("&amp;", "&")));
            self.around.push("the escapes of HTML");
        }
        for _ in 0..2 {
            let plain = self.plain.as_deref().unwrap_or_default();
            if !is_encoded(plain) || plain.contains("://") {
                return;
            }
            let Some(decoded) = urls::decode(plain).map(Cow::into_owned) else {
                return;
            };
            if !self.around.contains(&ENCODED) {
                self.around.push(ENCODED);
            }
            self.plain = Some(Cow::Owned(decoded));
        }
    }
}

const ENCODED: &str = "percent-encoding";

/// Whether a URL or a token was percent-encoded as a whole.
fn is_encoded(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["%2f", "%2e", "%3a", "%252f", "%252e"]
        .iter()
        .any(|code| text.contains(code))
}

/// The first string in a value that holds a token.
fn with_token(value: &Value, depth: u32) -> Option<&str> {
    const DEEPEST: u32 = 4;
    match value {
        Value::String(text) => first_compact(text).map(|_| text.as_str()),
        _ if depth == DEEPEST => None,
        Value::Array(items) => items.iter().find_map(|item| with_token(item, depth + 1)),
        Value::Object(members) => {
            let mut members = members.iter();
            members.find_map(|(_, value)| with_token(value, depth + 1))
        }
        _ => None,
    }
}

/// The text, without a character that the limit cut in two.
fn utf8(raw: &[u8], is_cut: bool) -> Option<&str> {
    match std::str::from_utf8(raw) {
        Ok(text) => Some(text),
        Err(error) if is_cut && error.error_len().is_none() => {
            std::str::from_utf8(&raw[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    }
}
