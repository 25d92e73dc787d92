//! From a text of any form to the numbers of a key.
//!
//! Nothing here is arithmetic: sizes are checked by `parts`, before any.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::form::Material;
use super::parts::Secret;
use super::{der, jwk, pem, response};
use crate::json::{self, Fault};
use crate::{Error, ErrorCode, Result, Value};

/// Largest text of a key, in bytes (our choice). A 4096-bit key in its longest form has a sixth of it.
pub const MAX_KEY: usize = 65_536;

/// Reads a key of any form, private or public.
pub(super) fn read(text: &[u8]) -> Result<Material> {
    if text.len() > MAX_KEY {
        return Err(Error::new(
            ErrorCode::KeyTooLarge,
            format!(
                "the text has {} bytes; a key has at most {MAX_KEY}",
                text.len()
            ),
        ));
    }
    read_layer(text, Layer::Outer)
}

/// What surrounds a text: each wrapping is undone once.
#[derive(Clone, Copy)]
pub(super) enum Layer {
    Outer,
    /// Inside base64.
    Base64,
    /// Inside the member `pem` or `jwk` of a response.
    Member,
    /// Inside base64 there.
    MemberBase64,
}

pub(super) fn read_layer(bytes: &[u8], layer: Layer) -> Result<Material> {
    if is_der(bytes) {
        return der::read(bytes);
    }
    let text = tidy(as_text(bytes)?);
    if text.is_empty() {
        return Err(empty());
    }
    if text.starts_with(['{', '[']) {
        return read_json(text, layer);
    }
    let text = unescaped(text);
    if text.contains("-----BEGIN ") {
        return pem::read(&text);
    }
    refuse_foreign(&text)?;
    match layer {
        Layer::Outer => read_base64(&text, Layer::Base64),
        Layer::Member => read_base64(&text, Layer::MemberBase64),
        Layer::Base64 | Layer::MemberBase64 => Err(twice_or_nothing(&text)),
    }
}

/// Base64 as people paste it: standard alphabet, wrapped or not, padded or not. Stray bits are refused.
pub(super) fn decode_base64(text: &str) -> Option<Secret> {
    let mut compact = Zeroizing::new(Vec::with_capacity(text.len()));
    compact.extend(text.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    decode(&LENIENT, &compact)
}

/// Decodes into a buffer that is wiped whether or not decoding succeeds.
pub(super) fn decode(engine: &impl Engine, text: &[u8]) -> Option<Secret> {
    let mut bytes = Zeroizing::new(vec![0; base64::decoded_len_estimate(text.len())]);
    let length = engine.decode_slice(text, &mut bytes).ok()?;
    bytes.truncate(length);
    Some(bytes)
}

fn read_base64(text: &str, inside: Layer) -> Result<Material> {
    let bytes = decode_base64(text).ok_or_else(unrecognized)?;
    let mut material = read_layer(&bytes, inside)?;
    material.form.base64 = true;
    Ok(material)
}

fn read_json(text: &str, layer: Layer) -> Result<Material> {
    let value = parse_json(text)?;
    let Some(object) = value.as_object() else {
        return Err(Error::new(
            ErrorCode::KeySeveral,
            "the text is a JSON list; give one key of it",
        ));
    };
    let is_member = matches!(layer, Layer::Member | Layer::MemberBase64);
    // Whatever else it says beside.
    if !is_member && response::is_created_key(&value) {
        return response::read_result(&value);
    }
    if value.get("keys").is_some() {
        return Err(Error::new(
            ErrorCode::KeyIsSet,
            "the text is a JWK set where one key is wanted; give one member of its list keys",
        ));
    }
    if value.get("kty").is_some() {
        return jwk::read(object);
    }
    if is_member {
        return Err(unrecognized());
    }
    response::read(&value)
}

/// JSON as it is, or with the escapes that a shell or an environment file added to it.
fn parse_json(text: &str) -> Result<Zeroizing<Value>> {
    let fault = match json::parse(text.as_bytes()) {
        Ok(value) => return Ok(Zeroizing::new(value)),
        Err(fault) => fault,
    };
    if matches!(fault, Fault::Syntax { .. })
        && text.contains('\\')
        && let Ok(value) = json::parse(unescaped(text).as_bytes())
    {
        return Ok(Zeroizing::new(value));
    }
    Err(not_json(fault))
}

fn not_json(fault: Fault) -> Error {
    let what = match fault {
        Fault::Syntax { line, column } => format!("ends or errs at line {line}, column {column}"),
        other => format!("cannot be read: {}", Error::from(other)),
    };
    Error::new(
        ErrorCode::KeyMalformed,
        format!("the text begins like JSON and {what}; copy the key again"),
    )
}

/// Whether these are the bytes of a DER file: a sequence that is no text.
fn is_der(bytes: &[u8]) -> bool {
    let is_text = || {
        std::str::from_utf8(bytes)
            .is_ok_and(|text| !text.contains(|c: char| c.is_control() && !c.is_ascii_whitespace()))
    };
    bytes.first() == Some(&0x30) && !is_text()
}

fn as_text(bytes: &[u8]) -> Result<&str> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Error::new(
            ErrorCode::KeyUnrecognized,
            "the text is UTF-16; save it as UTF-8",
        ));
    }
    if bytes.starts_with(b"openssh-key-v1\0") {
        return Err(pem::openssh());
    }
    std::str::from_utf8(without_bom(bytes)).map_err(|_| unrecognized())
}

/// The text without the mark that some editors put before UTF-8.
pub(super) fn without_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// The text without outer white space and one pair of quotes around it.
fn tidy(text: &str) -> &str {
    let text = text.trim();
    let inner = ['"', '\'']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
    inner.map_or(text, str::trim)
}

/// The text with the escapes undone that environment files and shells leave in it, above all `\n`.
fn unescaped(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let plain = match (character, characters.peek()) {
            ('\\', Some('n' | 'r' | 't')) => Some(' '),
            ('\\', Some(next @ ('"' | '/' | '\\'))) => Some(*next),
            _ => None,
        };
        if plain.is_some() {
            characters.next();
        }
        out.push(plain.unwrap_or(character));
    }
    out
}

/// Names what people give in a key's place.
fn refuse_foreign(text: &str) -> Result<()> {
    FOREIGN
        .iter()
        .find(|(is_found, _, _)| is_found(text))
        .map_or(Ok(()), |(_, code, message)| {
            Err(Error::new(*code, *message))
        })
}

fn is_token(text: &str) -> bool {
    text.starts_with("eyJ") && text.matches('.').count() == 2
}

/// No form of key starts or ends like this.
fn is_path(text: &str) -> bool {
    let ends = [".pem", ".key", ".der", ".jwk", ".json", ".txt"];
    !text.contains('\n')
        && (text.starts_with(['/', '.', '~']) || ends.iter().any(|end| text.ends_with(end)))
}

/// Base64 inside base64 is told apart from what is nothing at all: the remedy differs.
fn twice_or_nothing(text: &str) -> Error {
    let known = decode_base64(text).is_some_and(|inner| {
        let start = inner.trim_ascii_start();
        is_der(&inner) || start.starts_with(b"-----BEGIN ") || start.starts_with(b"{")
    });
    if known {
        Error::new(
            ErrorCode::KeyDoubleBase64,
            "the key is wrapped in base64 twice; decode it once",
        )
    } else {
        unrecognized()
    }
}

pub(super) fn unrecognized() -> Error {
    Error::new(
        ErrorCode::KeyUnrecognized,
        "the text is no form of key; give a PEM, a JWK, DER, base64 of one of them, or the JSON of a stream/keys response",
    )
}

pub(super) fn empty() -> Error {
    Error::new(
        ErrorCode::KeyNotGiven,
        "no key was given: the text is empty",
    )
}

/// Something that is recognised without being a key: how, and what is said about it.
type Foreign = (fn(&str) -> bool, ErrorCode, &'static str);

const FOREIGN: [Foreign; 5] = [
    (
        |text| text.starts_with("ssh-") || text.starts_with("ecdsa-sha2-"),
        ErrorCode::KeyOpenssh,
        "the text is an OpenSSH public key; to verify, convert it with `ssh-keygen -e -m PKCS8 -f KEY.pub`; \
         to sign, give the private key",
    ),
    (
        |text| text.starts_with("PuTTY-User-Key-File-"),
        ErrorCode::KeyUnrecognized,
        "the key is in PuTTY's own format; export it with `puttygen KEY.ppk -O private-openssh -o KEY` and \
         convert that with `ssh-keygen -p -m PEM -f KEY`",
    ),
    (
        |text| text.starts_with("---- BEGIN SSH2 "),
        ErrorCode::KeyUnrecognized,
        "the key is in the SSH2 format; convert it with `ssh-keygen -i -f KEY > KEY.pub` and then \
         `ssh-keygen -e -m PKCS8 -f KEY.pub`",
    ),
    (
        is_token,
        ErrorCode::KeyUnrecognized,
        "the text is a token, not the key that signs it",
    ),
    (
        is_path,
        ErrorCode::KeyUnrecognized,
        "the text looks like the path of a file; give what the file holds",
    ),
];
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
