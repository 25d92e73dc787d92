//! Secrets in a text, wherever they stand: the whole is searched, whatever else it may be.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::kind::Kind;
use super::report::Check;
use super::table::CheckId;
use super::text::Text;

pub(super) fn check(kind: Kind, text: &Text<'_>) -> Check {
    let id = CheckId::Secret;
    let given = match &text.utf16 {
        Some(decoded) => Cow::Borrowed(decoded.as_str()),
        None => String::from_utf8_lossy(text.raw),
    };
    if kind.is_secret() || holds_key(&given, 0) || holds_credential(&given) {
        let cause =
            "there is a private key or a credential in what was given; it is not repeated here";
        return Check::warn(id, cause, id.advice());
    }
    if text.raw.len() < text.bytes {
        let cause = "no private key and no credential was recognised in what was read";
        return Check::aside(id, cause);
    }
    Check::pass(id, "no private key and no credential was recognised")
}

/// A private key as PEM, DER, JWK, or base64 of one, once or twice.
fn holds_key(text: &str, depth: u32) -> bool {
    if text.contains("PRIVATE KEY-----") || is_private_jwk(text) {
        return true;
    }
    let of_base64 = |each: char| each.is_ascii_alphanumeric() || "+/-_".contains(each);
    let words = text.split(|each: char| !of_base64(each));
    let words = words.filter(|word| word.len() >= LONG_WORD);
    words.flat_map(beginnings).any(|word| {
        // The ASN.1 of private keys: a version before the modulus, and PKCS#8 around the same.
        let is_der = word.starts_with("MII")
            && (word.get(6..12) == Some("IBAAKC") || word.get(6..14) == Some("IBADANBg"));
        is_der || (depth < 2 && base64_text(word).is_some_and(|text| holds_key(&text, depth + 1)))
    })
}

/// A word, and what of it may be the base64 of a key: a path of a URL is one word with what stands in it.
fn beginnings(word: &str) -> impl Iterator<Item = &str> {
    /// Of a PEM, of JSON, and of DER.
    const MARKS: [&str; 3] = ["LS0t", "eyJ", "MII"];
    const MOST: usize = 8;
    let within = MARKS
        .into_iter()
        .flat_map(|mark| word.match_indices(mark).take(MOST));
    let within = within.map(|(at, _)| &word[at..]);
    std::iter::once(word).chain(within.filter(|rest| rest.len() >= LONG_WORD))
}

/// A JWK with its private exponent, also inside a text of JSON, and as Python and JavaScript print it.
fn is_private_jwk(text: &str) -> bool {
    text.contains("kty") && text.match_indices('d').any(|(at, _)| is_exponent(text, at))
}

/// Whether `d` at `at` is the name of a member with a long number in base64url.
fn is_exponent(text: &str, at: usize) -> bool {
    const PUNCTUATION: [char; 6] = ['"', '\'', '\\', ':', '=', ' '];
    let before = text[..at].chars().next_back();
    let rest = begin(text, at + 1, 16 + LONG_WORD);
    let value = rest.trim_start_matches(PUNCTUATION);
    let is_name = before.is_none_or(|each| !is_of_credential(each));
    let has_gap = rest.starts_with(PUNCTUATION);
    is_name
        && has_gap
        && value.len() >= LONG_WORD
        && value.chars().take(LONG_WORD).all(is_of_credential)
}

/// At most `most` bytes of the text from `at` on: what is looked at for each place stays bounded, however many
/// places there are.
fn begin(text: &str, at: usize, most: usize) -> &str {
    let rest = &text[at..];
    &rest[..rest.floor_char_boundary(most)]
}

/// Shorter words are no keys. (A line of a PEM has 64 characters.)
const LONG_WORD: usize = 60;

/// A credential of Cloudflare's API where people have one: behind a name, in a URL, or with its own prefix.
fn holds_credential(text: &str) -> bool {
    const NAMES: [&str; 8] = [
        "bearer",
        "x-auth-key",
        "api_token",
        "api_key",
        "api-token",
        "api-key",
        "apitoken",
        "apikey",
    ];
    let lower = text.to_ascii_lowercase();
    let is_behind = |name: &str| {
        lower.match_indices(name).any(|(at, _)| {
            let rest = begin(text, at + name.len(), 128);
            let rest = rest.trim_start_matches([' ', ':', '=', '"', '\'', '\\']);
            let end = rest
                .find(|each: char| !is_of_credential(each))
                .unwrap_or(rest.len());
            (37..=80).contains(&end) && !rest.starts_with("eyJ")
        })
    };
    // The API's answer to who makes a token of its own.
    let is_value = lower.match_indices("\"value\"").any(|(at, name)| {
        let rest = begin(text, at + name.len(), 64);
        let value = rest.trim_start_matches([' ', ':']).strip_prefix('"');
        let value = value.and_then(|rest| rest.split('"').next());
        value.is_some_and(|value| value.len() == 40 && value.chars().all(is_of_credential))
    });
    let has_user = |scheme: &str| {
        lower.match_indices(scheme).any(|(at, _)| {
            let rest = begin(text, at + scheme.len(), 1_024);
            let end = rest.find(|each: char| each.is_whitespace() || "\"'<>".contains(each));
            let url = &rest[..end.unwrap_or(rest.len())];
            url.split_once('@')
                .is_some_and(|(user, _)| user.contains(':') && !user.contains("://"))
        })
    };
    PREFIXES.iter().any(|prefix| text.contains(prefix))
        || NAMES.into_iter().any(is_behind)
        || is_value
        || ["https://", "http://"].into_iter().any(has_user)
}

/// With what Cloudflare's newer credentials begin.
const PREFIXES: [&str; 3] = ["cfut_", "cfat_", "cfk_"];

fn is_of_credential(each: char) -> bool {
    each.is_ascii_alphanumeric() || each == '-' || each == '_'
}

/// A text that is nothing but a credential: 37 to 45 hexadecimal digits or 40 characters are the older forms.
pub(super) fn is_credential(text: &str) -> bool {
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    PREFIXES.iter().any(|prefix| text.starts_with(prefix))
        || (is_hex && (37..=45).contains(&text.len()))
        || (text.len() == 40 && text.chars().all(is_of_credential))
}

/// What a base64 text of some length holds, when that is text too.
pub(super) fn base64_text(text: &str) -> Option<String> {
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    const PLAIN: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
    const URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);
    if text.len() < LONG_WORD {
        return None;
    }
    let text: String = text
        .chars()
        .filter(|each| !each.is_ascii_whitespace())
        .collect();
    let bytes = PLAIN.decode(&text).or_else(|_| URL.decode(&text)).ok()?;
    String::from_utf8(bytes).ok()
}
