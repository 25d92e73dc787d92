//! What was pasted: tokens seldom come alone.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::MAX_EXPLAIN;
use super::report::Check;
use super::table::CheckId;
use super::url::Url;
use crate::{Error, Value, describe_key};

/// A text taken apart.
pub(super) struct Paste<'t> {
    pub(super) kind: Kind,
    /// What is to be looked at as a token.
    pub(super) token: Option<Cow<'t, str>>,
    pub(super) url: Option<Url<'t>>,
    /// What stood around it, in words.
    pub(super) around: Vec<&'static str>,
    /// Length of the text, in bytes.
    pub(super) bytes: usize,
    /// How many of them were looked at.
    pub(super) read: usize,
    raw: &'t [u8],
}

/// What a text turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Token,
    Url,
    Path,
    ApiResponse,
    Uid,
    PrivateKey,
    KeyResponse,
    PublicKey,
    Jwks,
    Certificate,
    ApiToken,
    Payload,
    Json,
    Empty,
    Binary,
    Text,
}

impl Kind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Url => "url",
            Self::Path => "path",
            Self::ApiResponse => "api_response",
            Self::Uid => "uid",
            Self::PrivateKey => "private_key",
            Self::KeyResponse => "key_response",
            Self::PublicKey => "public_key",
            Self::Jwks => "jwks",
            Self::Certificate => "certificate",
            Self::ApiToken => "api_token",
            Self::Payload => "payload",
            Self::Json => "json",
            Self::Empty => "empty",
            Self::Binary => "binary",
            Self::Text => "text",
        }
    }

    /// What it is, and what to do, where it is no token.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Token | Self::Url | Self::Path | Self::ApiResponse => (
                "there is no token in it",
                "give the token, or the whole playback URL",
            ),
            Self::Uid => (
                "32 hexadecimal digits are a video UID, an account id or a key id, and no token",
                "a video that requires signed URLs plays with a token in the place of its UID: mint one",
            ),
            Self::PrivateKey => (
                "this is a private key, which makes tokens and is none",
                "load it as it is with SigningKey.load, and mint a token with it",
            ),
            Self::KeyResponse => (
                "this is the answer of stream/keys with a private key, which makes tokens and is none",
                "load it as it is with SigningKey.load and mint a token with it",
            ),
            Self::PublicKey => (
                "this is a public key, which checks tokens and is none",
                "give it as the key, and the token as the text",
            ),
            Self::Jwks => (
                "this is a set of keys, which checks tokens and is none",
                "give it as the keys, and the token as the text",
            ),
            Self::Certificate => (
                "this is a certificate and no token",
                "give the token, or the whole playback URL",
            ),
            Self::ApiToken => (
                "this has the form of a credential of Cloudflare's API, which asks for tokens and is none",
                "send it as Authorization: Bearer to the API; the answer's result.token is the signed URL token",
            ),
            Self::Payload => (
                "these are the claims of a token without header and signature",
                "sign them: a token is header, payload and signature, each in base64url",
            ),
            Self::Json => (
                "this is JSON and no token",
                "give the token, or the whole playback URL",
            ),
            Self::Empty => (
                "nothing was given",
                "give the token, or the whole playback URL",
            ),
            Self::Binary => (
                "these bytes are no text",
                "give the token as text: it has A-Z, a-z, 0-9, -, _ and two dots alone",
            ),
            Self::Text => (
                "this is no token: a token has three parts with dots between them and begins with eyJ",
                "give the token, or the whole playback URL",
            ),
        }
    }

    const fn is_secret(self) -> bool {
        matches!(self, Self::PrivateKey | Self::KeyResponse | Self::ApiToken)
    }
}

impl<'t> Paste<'t> {
    pub(super) fn take_apart(bytes: &'t [u8]) -> Self {
        let read = bytes.len().min(MAX_EXPLAIN);
        let raw = &bytes[..read];
        let mut paste = Self {
            kind: Kind::Binary,
            token: None,
            url: None,
            around: Vec::new(),
            bytes: bytes.len(),
            read,
            raw,
        };
        if let Some(text) = utf8(raw, read < bytes.len()) {
            let text = paste.strip(text);
            paste.find(text);
        }
        paste
    }

    /// What `verify` is asked about; nothing where a URL names a video without a token.
    pub(super) fn candidate(&self) -> Option<&[u8]> {
        match (&self.token, &self.url) {
            (Some(token), _) => Some(token.as_bytes()),
            (None, Some(_)) => None,
            (None, None) => Some(self.raw),
        }
    }

    /// The form of a key, in words.
    fn form(&self) -> Option<String> {
        let is_key = matches!(
            self.kind,
            Kind::PrivateKey | Kind::KeyResponse | Kind::PublicKey
        );
        let info = is_key.then(|| describe_key(self.raw, None))?;
        info.ok().map(|info| info.form)
    }

    /// The row of the playback URLs that the URL asks for.
    pub(super) fn row(&self) -> Option<&'static str> {
        self.url.as_ref().and_then(Url::row)
    }

    /// Takes away what people copy along.
    fn strip(&mut self, text: &'t str) -> &'t str {
        let mut text = text;
        loop {
            let before = text;
            text = self.without(text, str::trim(text), "white space");
            text = self.without(text, text.trim_matches('\u{feff}'), "a byte order mark");
            text = self.without(text, text.trim_matches(['"', '\'', '`']), "quotes");
            text = self.without(text, after(text, "authorization:"), "Authorization:");
            text = self.without(text, after(text, "bearer "), "Bearer");
            if text.len() == before.len() {
                return text;
            }
        }
    }

    fn without(&mut self, before: &'t str, after: &'t str, what: &'static str) -> &'t str {
        if before.len() != after.len() && !self.around.contains(&what) {
            self.around.push(what);
        }
        after
    }

    fn find(&mut self, text: &'t str) {
        if let Some(kind) = key_in(text) {
            self.kind = kind;
        } else if text.starts_with('{') {
            self.find_in_json(text);
        } else if let Some(url) = Url::find(text) {
            self.kind = if url.host.is_some() {
                Kind::Url
            } else {
                Kind::Path
            };
            self.token = url.token().map(Cow::Borrowed);
            if url.text().len() < text.len() {
                self.around.push("other text");
            }
            self.url = Some(url);
        } else if is_token_like(text) {
            self.kind = Kind::Token;
            self.token = Some(Cow::Borrowed(text));
        } else {
            self.kind = bare(text);
        }
    }

    /// An answer of the API, a key, or the claims themselves.
    fn find_in_json(&mut self, text: &str) {
        let value = Value::parse(text).unwrap_or(Value::Null);
        let result = value.get("result").unwrap_or(&value);
        self.kind = if let Some(token) = result.get("token").and_then(Value::as_str) {
            self.token = Some(Cow::Owned(token.to_owned()));
            Kind::ApiResponse
        } else if result.get("pem").or_else(|| result.get("jwk")).is_some() {
            Kind::KeyResponse
        } else if value.get("success").is_some() {
            Kind::ApiResponse
        } else if value.get("keys").is_some() {
            Kind::Jwks
        } else {
            jwk(&value).unwrap_or_else(|| {
                let has = |claim| value.get(claim).is_some();
                if has("sub") || has("exp") {
                    Kind::Payload
                } else {
                    Kind::Json
                }
            })
        };
    }
}

pub(super) fn check(checks: &mut Vec<Check>, paste: &Paste<'_>, refusal: Option<&Error>) {
    checks.push(pasted(paste, refusal));
    let secret = if paste.kind.is_secret() {
        let cause = "what was given is a secret; it is not repeated here";
        Check::warn(CheckId::Secret, cause, CheckId::Secret.advice())
    } else {
        Check::pass(
            CheckId::Secret,
            "no private key and no credential was recognised",
        )
    };
    checks.push(secret);
}

fn pasted(paste: &Paste<'_>, refusal: Option<&Error>) -> Check {
    let id = CheckId::Pasted;
    let check = match (&paste.token, paste.kind) {
        (Some(_), _) if paste.around.is_empty() => Check::pass(id, found(paste.kind)),
        (Some(_), kind) => {
            let around = paste.around.join(", ");
            let cause = format!("{}, with {around} around it", found(kind));
            Check::warn(id, cause, "take care to send the token alone")
        }
        // The check of the place says what is wrong.
        (None, Kind::Url | Kind::Path) => Check::open(id, "this is a URL without a token"),
        (None, kind) => {
            let (cause, remedy) = kind.words();
            Check::fail(id, cause, remedy)
        }
    };
    let code = refusal.map(Error::code).filter(|_| paste.token.is_none());
    let check = match code {
        Some(code) if check.status() == super::CheckStatus::Fail => check.refused(code),
        _ => check,
    };
    check
        .with_some("form", paste.form())
        .with("kind", paste.kind.as_str())
        .with("bytes", paste.bytes)
        .with_some("read", (paste.read < paste.bytes).then_some(paste.read))
}

const fn found(kind: Kind) -> &'static str {
    match kind {
        Kind::Url => "this is a URL with a token",
        Kind::Path => "this is the path of a URL with a token",
        Kind::ApiResponse => "this is an answer of the API with a token",
        _ => "this is a token by its form",
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

/// What follows `prefix`, whatever its case; the whole text when it does not begin so.
fn after<'t>(text: &'t str, prefix: &str) -> &'t str {
    match text.get(..prefix.len()) {
        Some(start) if start.eq_ignore_ascii_case(prefix) => &text[prefix.len()..],
        _ => text,
    }
}

/// Whether the text is meant as a token: also one that is broken.
pub(super) fn is_token_like(text: &str) -> bool {
    let dots = text.bytes().filter(|byte| *byte == b'.').count();
    text.starts_with("eyJ") || (dots >= 2 && !text.contains(' '))
}

/// A key in PEM or base64, JWK or response.
fn key_in(text: &str) -> Option<Kind> {
    pem(text).or_else(|| {
        let decoded = base64_text(text)?;
        pem(&decoded).or_else(|| jwk(&Value::parse(decoded.as_bytes()).ok()?))
    })
}

/// Of several PEM blocks the one that tells most: a private key, wherever it stands.
fn pem(text: &str) -> Option<Kind> {
    let labels = text.split("-----BEGIN ").skip(1);
    let labels: Vec<_> = labels.filter_map(|rest| rest.split_once("-----")).collect();
    [
        ("PRIVATE KEY", Kind::PrivateKey),
        ("PUBLIC KEY", Kind::PublicKey),
        ("CERTIFICATE", Kind::Certificate),
    ]
    .into_iter()
    .find_map(|(end, kind)| {
        labels
            .iter()
            .any(|(label, _)| label.ends_with(end))
            .then_some(kind)
    })
}

fn jwk(value: &Value) -> Option<Kind> {
    value.get("kty")?;
    let is_private = ["d", "p", "q", "k"]
        .iter()
        .any(|name| value.get(name).is_some());
    Some(if is_private {
        Kind::PrivateKey
    } else {
        Kind::PublicKey
    })
}

/// What a base64 text of some length holds, when that is text too.
fn base64_text(text: &str) -> Option<String> {
    const ANY: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    if text.len() < 64 {
        return None;
    }
    let text: String = text
        .chars()
        .filter(|each| !each.is_ascii_whitespace())
        .collect();
    String::from_utf8(ANY.decode(text).ok()?).ok()
}

/// A text without any mark of a token.
fn bare(text: &str) -> Kind {
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match text.len() {
        0 => Kind::Empty,
        32 if is_hex => Kind::Uid,
        // The forms in which Cloudflare gives out API tokens and the previous scheme's keys.
        37 if is_hex => Kind::ApiToken,
        40 if crate::id::is_id(text, 40) => Kind::ApiToken,
        _ => Kind::Text,
    }
}
