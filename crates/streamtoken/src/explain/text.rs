//! A text as it is to be read: limited, decoded, and out of what was around it.

use std::borrow::Cow;

use super::MAX_EXPLAIN;
use super::kind::Kind;
use super::paste::first_compact;
use super::url::Url;
use crate::{Value, urls};

/// What was given, and what of it is to be looked at.
pub(super) struct Text<'t> {
    /// The beginning of what was given.
    pub(super) raw: &'t [u8],
    /// What that is in UTF-16, if it is.
    pub(super) utf16: Option<String>,
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
    /// Of a text of `length` bytes, which begins like this.
    pub(super) fn of(beginning: &'t [u8], length: usize) -> Self {
        let raw = &beginning[..beginning.len().min(MAX_EXPLAIN)];
        let bytes = length.max(beginning.len());
        let mut text = Self {
            raw,
            utf16: utf16(raw),
            bytes,
            plain: utf8(raw, raw.len() < bytes).map(Cow::Borrowed),
            kind: None,
            around: Vec::new(),
        };
        if let Some(decoded) = &text.utf16 {
            text.plain = Some(Cow::Owned(decoded.clone()));
            text.around.push("UTF-16");
        }
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
        let found = token.or_else(|| with_token(&value)).map(str::to_owned);
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
            if !is_encoded(plain) || plain.contains("://") || has_path(plain) {
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

/// Whether a path begins before anything that is encoded: only what stands in its query is encoded then.
fn has_path(text: &str) -> bool {
    let before = text.split('%').next().unwrap_or_default();
    before.contains('/')
}

/// Whether a URL or a token was percent-encoded as a whole.
fn is_encoded(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["%2f", "%2e", "%3a", "%252f", "%252e"]
        .iter()
        .any(|code| text.contains(code))
}

/// The string of a value that holds a token: the first with a URL of one, or else the first. (A parser that reads
/// no more than 32 levels made the value.)
fn with_token(value: &Value) -> Option<&str> {
    let mut found = None;
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) if first_compact(text).is_some() => {
                if Url::find(text).is_some_and(|url| url.token().is_some()) {
                    return Some(text);
                }
                found = found.or(Some(text.as_str()));
            }
            // What comes first is to be taken first.
            Value::Array(items) => open.extend(items.iter().rev()),
            Value::Object(members) => open.extend(members.iter().rev().map(|(_, value)| value)),
            _ => {}
        }
    }
    found
}

/// What PowerShell writes into files. The byte order mark tells it.
fn utf16(raw: &[u8]) -> Option<String> {
    let (units, of): (_, fn([u8; 2]) -> u16) = match raw {
        [0xff, 0xfe, units @ ..] => (units, u16::from_le_bytes),
        [0xfe, 0xff, units @ ..] => (units, u16::from_be_bytes),
        _ => return None,
    };
    let (units, _) = units.as_chunks();
    let units = units.iter().map(|unit| of(*unit));
    char::decode_utf16(units).collect::<Result<_, _>>().ok()
}

/// The text, without a character that the limit cut in two.
pub(super) fn utf8(raw: &[u8], is_cut: bool) -> Option<&str> {
    match std::str::from_utf8(raw) {
        Ok(text) => Some(text),
        Err(error) if is_cut && error.error_len().is_none() => {
            std::str::from_utf8(&raw[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    }
}
