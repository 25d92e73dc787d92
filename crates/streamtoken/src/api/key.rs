//! Signing keys as the routes under `/stream/keys` show them.

use std::fmt;
use std::io;

use serde::Serialize;
use zeroize::Zeroizing;

use crate::key::MAX_KEY;
use crate::{Error, ErrorCode, Result, SigningKey, Value, api};

/// The result of deleting a key, as Cloudflare's documentation has it.
pub const REVOKED: &str = "Revoked";

/// The answer to making a key: the one time its private parts are shown. `Debug` leaves them out.
#[derive(Clone, Serialize)]
pub struct CreatedKey {
    id: String,
    pem: Zeroizing<String>,
    jwk: Zeroizing<String>,
    created: Option<String>,
    #[serde(flatten)]
    other: Zeroizing<Value>,
}

impl CreatedKey {
    /// The names of the members that are known.
    pub const NAMES: &'static [&'static str] = &["id", "pem", "jwk", "created"];

    /// The key, with the time at which it was made in RFC 3339.
    pub fn new(key: &SigningKey, created: &str) -> Self {
        Self {
            id: key.id().to_owned(),
            pem: key.to_pem_base64(),
            jwk: key.to_jwk_base64(),
            created: Some(created.to_owned()),
            other: Zeroizing::new(Value::Object(Vec::new())),
        }
    }

    /// Reads the result of an answer. Where it has both `pem` and `jwk`, the key itself is read by
    /// [`CreatedKey::signing_key`], so that a key that is not understood can still be saved; where it has one of
    /// them, the other is made of it.
    ///
    /// # Errors
    /// [`ErrorCode::ApiResponseInvalid`] without `id`, without `pem` and `jwk`, and where one of them is missing
    /// and the other is not understood.
    pub fn from_value(value: &Value) -> Result<Self> {
        let id = text(value, "id")?;
        let id = id.as_str();
        let part = |name| {
            let part = optional(value, name).filter(|part| !part.is_empty());
            part.map(Zeroizing::new)
        };
        // The key is shown this once: one form of it is enough.
        let other = |part: &Zeroizing<String>, missing| {
            SigningKey::load(part.as_str(), Some(id)).map_err(|_| lost(id, missing))
        };
        let (pem, jwk) = match (part("pem"), part("jwk")) {
            (Some(pem), Some(jwk)) => (pem, jwk),
            (Some(pem), None) => {
                let jwk = other(&pem, "jwk")?.to_jwk_base64();
                (pem, jwk)
            }
            (None, Some(jwk)) => (other(&jwk, "pem")?.to_pem_base64(), jwk),
            (None, None) => return Err(lost(id, "pem")),
        };
        Ok(Self {
            pem,
            jwk,
            id: id.to_owned(),
            created: optional(value, "created"),
            other: Zeroizing::new(value.other_members(Self::NAMES)),
        })
    }

    /// The key's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The private key as Cloudflare writes it: base64 of a PKCS#1 PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The private key as Cloudflare writes it: base64 of a JWK.
    pub fn jwk(&self) -> &str {
        &self.jwk
    }

    /// When it was made, in RFC 3339, as far as the answer says.
    pub fn created(&self) -> Option<&str> {
        self.created.as_deref()
    }

    /// What else the answer says: the members that are not known here. An object, which is kept since the answer
    /// comes this once; as with the key, `Debug` leaves it out.
    pub fn other(&self) -> &Value {
        &self.other
    }

    /// The key to sign with.
    ///
    /// # Errors
    /// Those of [`SigningKey::load`] for the JSON of an answer: [`ErrorCode::KeyResponseConflict`] where `pem` and
    /// `jwk` are two keys.
    pub fn signing_key(&self) -> Result<SigningKey> {
        #[derive(Serialize)]
        struct Forms<'a> {
            id: &'a str,
            pem: &'a str,
            jwk: &'a str,
        }
        let (id, pem, jwk) = (self.id(), self.pem(), self.jwk());
        let json = written(&Forms { id, pem, jwk })?;
        SigningKey::load(&*json, Some(id))
    }

    /// All of the answer as JSON: a form that [`SigningKey::load`] reads, and so the one to save. Without
    /// [`CreatedKey::other`] where that would make it larger than what is read.
    ///
    /// # Errors
    /// None is known.
    pub fn to_json(&self) -> Result<Zeroizing<String>> {
        let all = written(self)?;
        // A file has a line end, too.
        if all.len() < MAX_KEY {
            return Ok(all);
        }
        written(&Self {
            other: Zeroizing::new(Value::Object(Vec::new())),
            ..self.clone()
        })
    }
}

impl fmt::Debug for CreatedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatedKey")
            .field("id", &self.id)
            .field("created", &self.created)
            .finish_non_exhaustive()
    }
}

/// A key in the list of an account's keys, without its private parts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListedKey {
    id: String,
    key_id: String,
    created: Option<String>,
    #[serde(flatten)]
    other: Value,
}

impl ListedKey {
    /// The names of the members that are known.
    pub const NAMES: &'static [&'static str] = &["id", "key_id", "created"];

    /// The key with this id, and the time at which it was made in RFC 3339.
    pub fn new(id: &str, created: &str) -> Self {
        Self {
            id: id.to_owned(),
            key_id: id.to_owned(),
            created: Some(created.to_owned()),
            other: Value::Object(Vec::new()),
        }
    }

    /// Reads one item of an answer, which has `id` or `key_id` at least.
    ///
    /// # Errors
    /// [`ErrorCode::ApiResponseInvalid`] without either.
    pub fn from_value(value: &Value) -> Result<Self> {
        let key_id = optional(value, "key_id");
        let id = text(value, "id").or_else(|error| key_id.clone().ok_or(error))?;
        Ok(Self {
            key_id: key_id.unwrap_or_else(|| id.clone()),
            id,
            created: optional(value, "created"),
            other: value.other_members(Self::NAMES),
        })
    }

    /// The key's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key's id under the other name that the answer has for it.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// When it was made, in RFC 3339, as far as the answer says.
    pub fn created(&self) -> Option<&str> {
        self.created.as_deref()
    }

    /// What else the answer says: the members that are not known here. An object.
    pub fn other(&self) -> &Value {
        &self.other
    }
}

/// What is no id is not named: it may be anything, a credential among it.
fn lost(id: &str, missing: &str) -> Error {
    let key = match api::key_id(id) {
        Ok(id) => format!("the key {id}"),
        Err(_) => "a key".to_owned(),
    };
    let message = format!("the API's answer has no {missing}: {key} was made, and cannot be used");
    Error::new(ErrorCode::ApiResponseInvalid, message)
}

fn text(value: &Value, name: &str) -> Result<String> {
    optional(value, name).ok_or_else(|| {
        let message = format!("the API's answer has no {name}");
        Error::new(ErrorCode::ApiResponseInvalid, message)
    })
}

fn optional(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(without_nul)
}

/// A text of an answer as every language can hold it: C's texts end with the first NUL.
pub(crate) fn without_nul(text: &str) -> String {
    // In its final size unless there is one: a key leaves no copies behind.
    if text.contains('\0') {
        text.replace('\0', "\u{fffd}")
    } else {
        text.to_owned()
    }
}

/// The JSON of a key, in a buffer of its final size: one that grows leaves copies behind.
fn written(what: &impl Serialize) -> Result<Zeroizing<String>> {
    let mut length = Length(0);
    let internal = |_| Error::from(ErrorCode::Internal);
    serde_json::to_writer(&mut length, what).map_err(internal)?;
    let mut json = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *json, what).map_err(internal)?;
    let json = String::from_utf8(std::mem::take(&mut *json));
    json.map(Zeroizing::new)
        .map_err(|_| ErrorCode::Internal.into())
}

/// Counts what is written.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{CreatedKey, ListedKey};
    use crate::key::MAX_KEY;
    use crate::key::tests::example_key;
    use crate::{ErrorCode, KeySet, PublicKey, SigningKey, Value};

    #[test]
    fn every_text_can_be_held_by_every_language() {
        let made = parse("a\0b", &[("pem", "p\0"), ("jwk", "\0"), ("created", "\0")]).unwrap();
        assert_eq!(
            [made.id(), made.pem(), made.jwk(), made.created().unwrap()],
            ["a\u{fffd}b", "p\u{fffd}", "\u{fffd}", "\u{fffd}"]
        );
        let listed = r#"{"id":"a\u0000b","key_id":"\u0000","created":"\u0000"}"#;
        let listed = ListedKey::from_value(&Value::parse(listed).unwrap()).unwrap();
        assert_eq!(
            [listed.id(), listed.key_id(), listed.created().unwrap()],
            ["a\u{fffd}b", "\u{fffd}", "\u{fffd}"]
        );
    }

    fn parse(id: &str, parts: &[(&str, &str)]) -> crate::Result<CreatedKey> {
        let own = [("id", id)];
        let members = own.iter().chain(parts).map(|(name, text)| {
            let value = Value::String((*text).to_owned());
            ((*name).to_owned(), value)
        });
        CreatedKey::from_value(&Value::Object(members.collect()))
    }

    #[test]
    fn one_form_of_a_key_is_enough() {
        let key = example_key();
        let (pem, jwk) = (key.to_pem_base64(), key.to_jwk_base64());
        for parts in [
            &[("pem", &**pem)][..],
            &[("jwk", &**jwk)],
            &[("jwk", &**jwk), ("pem", "")],
        ] {
            let made = parse(key.id(), parts).unwrap();
            assert_eq!((made.pem(), made.jwk()), (&**pem, &**jwk));
            assert_eq!(made.signing_key().unwrap().to_jwk(), key.to_jwk());
        }
    }

    #[test]
    fn what_is_not_known_is_kept() {
        let key = example_key();
        let (pem, jwk) = (key.to_pem_base64(), key.to_jwk_base64());
        let said = format!(
            r#"{{"id":"{}","pem":"{}","jwk":"{}","created":null,"pkcs8":"c2VjcmV0","uses":[1,{{"a":null}}]}}"#,
            key.id(),
            *pem,
            *jwk
        );
        let made = CreatedKey::from_value(&Value::parse(&said).unwrap()).unwrap();
        let other = r#"{"pkcs8":"c2VjcmV0","uses":[1,{"a":null}]}"#;
        assert_eq!(made.other().to_string(), other);
        assert_eq!(*made.to_json().unwrap(), said);
        assert!(!format!("{made:?}").contains("c2VjcmV0"));
        assert!(made.signing_key().is_ok());

        // No name among them hides the key, and none is too long to be read again.
        for (name, value) in [
            ("result", "null".to_owned()),
            ("kty", "\"RSA\"".to_owned()),
            ("keys", "[]".to_owned()),
            ("note", format!("\"{}\"", "n".repeat(70_000))),
            // The largest text that is read, which leaves no room for a line end.
            ("n", format!("\"{}\"", "n".repeat(MAX_KEY - said.len() - 7))),
        ] {
            let said = said.replace("\"pkcs8\"", &format!("\"{name}\":{value},\"pkcs8\""));
            let made = CreatedKey::from_value(&Value::parse(&said).unwrap()).unwrap();
            assert!(name != "n" || said.len() == MAX_KEY);
            let saved = format!("{}\n", *made.to_json().unwrap());
            let again = SigningKey::load(&saved, None).unwrap();
            assert_eq!(again.to_jwk(), key.to_jwk(), "{name}");
            assert!(PublicKey::load(&saved, None).is_ok(), "{name}");
            assert_eq!(KeySet::load(&saved, None).unwrap().len(), 1, "{name}");
        }

        let said = r#"{"id":"k","key_id":"k","created":null,"name":"site"}"#;
        let listed = ListedKey::from_value(&Value::parse(said).unwrap()).unwrap();
        assert_eq!(listed.other().to_string(), r#"{"name":"site"}"#);
        assert_eq!(serde_json::to_string(&listed).unwrap(), said);
    }

    #[test]
    fn both_forms_of_a_key_are_one_key_or_refused_when_it_is_used() {
        let keys = [SigningKey::generate().unwrap(), example_key()];
        let parts = [
            ("pem", keys[0].to_pem_base64()),
            ("jwk", keys[1].to_jwk_base64()),
        ];
        let parts = parts.each_ref().map(|(name, text)| (*name, text.as_str()));
        let made = parse(keys[1].id(), &parts).unwrap();
        let error = made.signing_key().unwrap_err();
        assert_eq!(error.code(), ErrorCode::KeyResponseConflict);
    }

    #[test]
    fn a_key_without_its_parts_is_named() {
        let read = |text: &str| CreatedKey::from_value(&Value::parse(text).unwrap()).unwrap_err();
        let error = read(r#"{"id":"k1","pem":"x"}"#);
        assert_eq!(error.code(), ErrorCode::ApiResponseInvalid);
        assert!(
            error.message().contains("no jwk: the key k1 was made"),
            "{error}"
        );
        assert!(read("{}").message().contains("no id"));
        let error = read(r#"{"id":"Bearer x\u001b[31m","pem":"x"}"#);
        assert_eq!(
            error.message(),
            "the API's answer has no jwk: a key was made, and cannot be used"
        );
    }
}
