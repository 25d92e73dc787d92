//! What a text turned out to be.

use super::secret::{base64_text, is_credential};
use crate::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Token,
    Url,
    Path,
    ApiResponse,
    InJson,
    Uid,
    PrivateKey,
    KeyResponse,
    PublicKey,
    Jwks,
    Certificate,
    ApiToken,
    Payload,
    Json,
    Blocked,
    Malformed,
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
            Self::InJson | Self::Json => "json",
            Self::Uid => "uid",
            Self::PrivateKey => "private_key",
            Self::KeyResponse => "key_response",
            Self::PublicKey => "public_key",
            Self::Jwks => "jwks",
            Self::Certificate => "certificate",
            Self::ApiToken => "api_token",
            Self::Payload => "payload",
            Self::Blocked | Self::Malformed => "refusal",
            Self::Empty => "empty",
            Self::Binary => "binary",
            Self::Text => "text",
        }
    }

    /// What it is, where there is a token in it.
    pub(super) const fn found(self) -> &'static str {
        match self {
            Self::Url => "this is a URL with a token",
            Self::Path => "this is the path of a URL with a token",
            Self::ApiResponse => "this is an answer of the API with a token",
            Self::InJson => "this is JSON with a token in it",
            _ => "this is a token by its form",
        }
    }

    /// What it is, and what to do, where it is no token.
    pub(super) const fn words(self) -> (&'static str, &'static str) {
        match self {
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
                "load it as it is with SigningKey.load, and mint a token with it",
            ),
            Self::PublicKey => (
                "this is a public key, which checks tokens and is none",
                "give it as the key, and the token as the text",
            ),
            Self::Jwks => (
                "this is a set of keys, which checks tokens and is none",
                "give it as the keys, and the token as the text",
            ),
            Self::Certificate => ("this is a certificate and no token", GIVE),
            Self::ApiToken => (
                "this has the form of a credential of Cloudflare's API, which asks for tokens and is none",
                "send it to the API, a token as Authorization: Bearer and a key as X-Auth-Key with X-Auth-Email; \
                 the answer's result.token is the signed URL token",
            ),
            Self::Payload => (
                "these are the claims of a token without header and signature",
                "sign them: a token is header, payload and signature, each in base64url",
            ),
            Self::Blocked => (
                "this is what the platform said, and no token: an access rule blocks the viewer's address or country",
                "give the token or the URL that it refused, with the viewer's address and country: viewer says which rule",
            ),
            Self::Malformed => (
                "this is what the platform said, and no token: the claims that it names have the wrong form",
                "give the token or the URL that it refused: claims, rules and the checks of times say what is wrong",
            ),
            Self::Json => ("this is JSON and no token", GIVE),
            Self::Empty => ("nothing was given", GIVE),
            Self::Binary => (
                "these bytes are no text",
                "give the token as text: it has A-Z, a-z, 0-9, -, _ and two dots alone",
            ),
            Self::Text => (
                "there is no token here: a token has three parts with dots between them and begins with eyJ",
                GIVE,
            ),
            Self::Token | Self::Url | Self::Path | Self::ApiResponse | Self::InJson => {
                ("there is no token in it", GIVE)
            }
        }
    }

    pub(super) const fn is_secret(self) -> bool {
        matches!(self, Self::PrivateKey | Self::KeyResponse | Self::ApiToken)
    }

    pub(super) const fn is_key(self) -> bool {
        matches!(self, Self::PrivateKey | Self::KeyResponse | Self::PublicKey)
    }

    /// Whether nothing more is to be found in a text of this kind.
    pub(super) const fn is_final(self) -> bool {
        self.is_key() || matches!(self, Self::Jwks | Self::Payload | Self::Json)
    }

    /// A key in PEM or base64, or a JWK in base64.
    pub(super) fn of_key(text: &str) -> Option<Self> {
        Self::of_pem(text).or_else(|| {
            let decoded = base64_text(text)?;
            Self::of_pem(&decoded).or_else(|| Self::of_jwk(&Value::parse(decoded.as_bytes()).ok()?))
        })
    }

    /// Of several PEM blocks the one that tells most: a private key, wherever it stands.
    fn of_pem(text: &str) -> Option<Self> {
        let labels = text.split("-----BEGIN ").skip(1);
        let labels: Vec<_> = labels.filter_map(|rest| rest.split_once("-----")).collect();
        [
            ("PRIVATE KEY", Self::PrivateKey),
            ("PUBLIC KEY", Self::PublicKey),
            ("CERTIFICATE", Self::Certificate),
        ]
        .into_iter()
        .find_map(|(end, kind)| {
            labels
                .iter()
                .any(|(label, _)| label.ends_with(end))
                .then_some(kind)
        })
    }

    fn of_jwk(value: &Value) -> Option<Self> {
        value.get("kty")?;
        let is_private = ["d", "p", "q", "k"]
            .iter()
            .any(|name| value.get(name).is_some());
        Some(if is_private {
            Self::PrivateKey
        } else {
            Self::PublicKey
        })
    }

    pub(super) fn of_json(value: &Value) -> Self {
        let result = value.get("result").unwrap_or(value);
        // By itself it may have a result of its own.
        let is_key = |value: &Value| value.get("pem").or_else(|| value.get("jwk")).is_some();
        if is_key(value) || is_key(result) {
            return Self::KeyResponse;
        }
        if value.get("success").is_some() || result.get("token").is_some() {
            return Self::ApiResponse;
        }
        if let Some(keys) = value.get("keys").and_then(Value::as_array) {
            let private = keys
                .iter()
                .any(|key| Self::of_jwk(key) == Some(Self::PrivateKey));
            return if private {
                Self::PrivateKey
            } else {
                Self::Jwks
            };
        }
        let has = |claim| value.get(claim).is_some();
        let claims = if has("sub") || has("exp") {
            Self::Payload
        } else {
            Self::Json
        };
        Self::of_jwk(value).unwrap_or(claims)
    }

    /// A text without any mark of a token.
    pub(super) fn of_bare(text: &str) -> Self {
        if text.is_empty() {
            Self::Empty
        } else if text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Self::Uid
        } else if is_credential(text) {
            Self::ApiToken
        } else if text.contains(BLOCKED) {
            Self::Blocked
        } else if text.contains(MALFORMED) {
            Self::Malformed
        } else {
            Self::Text
        }
    }
}

/// What the platform's answers have said of rules, and of claims of the wrong form.
pub(super) const BLOCKED: &str = "blocked by rule";
pub(super) const MALFORMED: &str = "malformed token";

const GIVE: &str = "give the token, or the whole playback URL";
