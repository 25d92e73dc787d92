//! The body of `POST /accounts/{account_id}/stream/{identifier}/token`.

use zeroize::Zeroizing;

use crate::options::wrong_type;
use crate::{Error, ErrorCode, Result, SignOptions, SigningKey, Value};

/// The fields of the endpoint that say something about the token.
const FIELDS: &[&str] = &["exp", "nbf", "downloadable", "accessRules", "flags"];
/// The fields that bring a key of the caller's.
const KEY_FIELDS: [&str; 2] = ["id", "pem"];
/// Options of ours that a service may take as well; Cloudflare's endpoint ignores them.
const EXTENSIONS: &[&str] = &["expires_in", "time_format", "reuse_window"];

/// Ignored members are named one by one up to here.
const MAX_NOTICES: usize = 20;

/// A request for a token: what it asks for, and what in it says nothing.
pub struct TokenRequest {
    options: SignOptions,
    key: Option<(String, Zeroizing<String>)>,
    ignored: Vec<Error>,
}

impl TokenRequest {
    /// Reads a body. An empty one asks for a token with default values, as `{}` does. Members that the
    /// endpoint does not know are ignored, and named by [`TokenRequest::ignored`]. With `extensions`,
    /// `expires_in`, `time_format` and `reuse_window` are read too, which Cloudflare's endpoint ignores.
    ///
    /// # Errors
    /// [`ErrorCode::TextNotUtf8`], [`ErrorCode::JsonInvalid`], [`ErrorCode::JsonDuplicateMember`],
    /// [`ErrorCode::JsonTooDeep`] for the text; [`ErrorCode::OptionType`] for anything but an object, `null`
    /// among them; those of [`SignOptions::from_value`] for its members; [`ErrorCode::KeyNotGiven`] for `id`
    /// without `pem` and [`ErrorCode::KeyIdMissing`] for `pem` without `id`.
    pub fn parse(body: &[u8], defaults: &SignOptions, extensions: bool) -> Result<Self> {
        if body.is_empty() {
            return Ok(Self {
                options: defaults.clone(),
                key: None,
                ignored: Vec::new(),
            });
        }
        let members = match Value::parse(body)? {
            Value::Object(members) => members,
            other => return Err(wrong_type("an object", &other)),
        };
        let known = |name: &str| FIELDS.contains(&name) || extensions && EXTENSIONS.contains(&name);
        let (known, others): (Vec<_>, Vec<_>) =
            members.into_iter().partition(|(name, _)| known(name));
        let (keys, unknown): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|(name, _)| KEY_FIELDS.contains(&name.as_str()));
        let mut ignored: Vec<_> = unknown
            .iter()
            .map(|(name, _)| ignored_member(name))
            .collect();
        let known = without_unknown_flags(known, &mut ignored);
        shorten(&mut ignored);
        Ok(Self {
            key: key(keys)?,
            options: defaults.overlaid(&Value::Object(known))?,
            ignored,
        })
    }

    /// What the token is to say.
    pub fn options(&self) -> &SignOptions {
        &self.options
    }

    /// Whether the request brings a key of its own, in `id` and `pem`.
    pub fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// The key that the request brings. Takes milliseconds, for all its checks.
    ///
    /// # Errors
    /// Those of [`SigningKey::load`], at `/pem` or `/id`.
    pub fn load_key(&self) -> Result<Option<SigningKey>> {
        let key = self.key.as_ref();
        key.map(|(id, pem)| load_key(Some(id), Some(pem)))
            .transpose()
    }

    /// One notice for each member that says nothing to the endpoint.
    pub fn ignored(&self) -> &[Error] {
        &self.ignored
    }
}

/// Members of `flags` that the endpoint does not know are ignored like those around it.
fn without_unknown_flags(
    members: Vec<(String, Value)>,
    ignored: &mut Vec<Error>,
) -> Vec<(String, Value)> {
    members
        .into_iter()
        .map(|(name, value)| match value {
            Value::Object(flags) if name == "flags" => {
                let (known, unknown): (Vec<_>, Vec<_>) =
                    flags.into_iter().partition(|(name, _)| name == "original");
                ignored.extend(
                    unknown
                        .iter()
                        .map(|(name, _)| ignored_member(name).within("/flags")),
                );
                (name, Value::Object(known))
            }
            other => (name, other),
        })
        .collect()
}

/// Nobody reads a thousand notices, and an answer must not be a multiple of its request.
fn shorten(ignored: &mut Vec<Error>) {
    let more = ignored.len().saturating_sub(MAX_NOTICES);
    if more > 0 {
        ignored.truncate(MAX_NOTICES);
        ignored.push(Error::new(
            ErrorCode::OptionUnknown,
            format!("and {more} more fields that the endpoint does not know"),
        ));
    }
}

/// Names are quoted only where they look like names: a key may have been pasted in the wrong place.
fn ignored_member(name: &str) -> Error {
    let message = if EXTENSIONS.contains(&name) || name == "now" {
        format!("{name} is not a field of Cloudflare's endpoint and was ignored")
    } else {
        "the endpoint knows no such field; it was ignored".to_owned()
    };
    let notice = Error::new(ErrorCode::OptionUnknown, message);
    if crate::id::is_id(name, 32) {
        notice.at(format!("/{name}"))
    } else {
        notice
    }
}

/// The key in the members `id` and `pem`, which come together or not at all.
fn key(members: Vec<(String, Value)>) -> Result<Option<(String, Zeroizing<String>)>> {
    let (mut id, mut pem) = (None, None);
    for (name, value) in members {
        let slot = if name == "id" { &mut id } else { &mut pem };
        *slot = match value {
            Value::Null => None,
            Value::String(text) => Some(Zeroizing::new(text)),
            other => return Err(wrong_type("a string", &other).at(format!("/{name}"))),
        };
    }
    if id.is_none() && pem.is_none() {
        return Ok(None);
    }
    let (id, pem) = both(id, pem)?;
    Ok(Some((id.to_string(), pem)))
}

/// The two halves of a key that a request brings.
fn both<T>(id: Option<T>, pem: Option<T>) -> Result<(T, T)> {
    match (id, pem) {
        (Some(id), Some(pem)) => Ok((id, pem)),
        (_, None) => Err(Error::new(
            ErrorCode::KeyNotGiven,
            "id names a key and pem is missing; give both, or neither for the account's own key",
        )
        .at("/pem")),
        (None, _) => Err(Error::new(
            ErrorCode::KeyIdMissing,
            "pem is a key and its id is missing; give both, or neither for the account's own key",
        )
        .at("/id")),
    }
}

/// The key in `id` and `pem`, which come together.
pub(crate) fn load_key(id: Option<&str>, pem: Option<&str>) -> Result<SigningKey> {
    let (id, pem) = both(id, pem)?;
    SigningKey::load(pem, Some(id)).map_err(|error| match error.field() {
        Some("/id") => error,
        _ => Error::new(error.code(), error.message()).at("/pem"),
    })
}

#[cfg(test)]
mod tests {
    use super::TokenRequest;
    use crate::key::tests::example_key;
    use crate::{ErrorCode, Result, SignOptions, Signer};

    fn parse(body: &str) -> Result<TokenRequest> {
        TokenRequest::parse(body.as_bytes(), &SignOptions::new(), false)
    }

    fn refusal(body: &str) -> (ErrorCode, Option<String>) {
        let error = parse(body).err().unwrap();
        (error.code(), error.field().map(str::to_owned))
    }

    #[test]
    fn no_body_and_an_empty_object_ask_for_the_defaults() {
        for body in ["", "{}", r#"{"exp":null,"id":null,"pem":null}"#] {
            let request = parse(body).unwrap();
            assert_eq!(*request.options(), SignOptions::new());
            assert!(!request.has_key() && request.ignored().is_empty());
            assert!(request.load_key().unwrap().is_none());
        }
    }

    #[test]
    fn a_body_that_is_no_object_is_refused() {
        for body in ["null", "[]", "\"{}\"", "1", "true"] {
            assert_eq!(refusal(body), (ErrorCode::OptionType, None), "{body}");
        }
        assert_eq!(refusal("{").0, ErrorCode::JsonInvalid);
        assert_eq!(
            refusal(r#"{"exp":1,"exp":2}"#).0,
            ErrorCode::JsonDuplicateMember
        );
        let at = |field: &str| Some(field.to_owned());
        assert_eq!(
            refusal(r#"{"accessRules":null}"#),
            (ErrorCode::OptionNull, at("/accessRules"))
        );
    }

    #[test]
    fn what_the_endpoint_does_not_know_is_named_and_ignored() {
        let request = parse(
            r#"{"AccountID":"a","expires_in":60,"flags":{"original":true,"beta":1},"x y":[{}]}"#,
        )
        .unwrap();
        let fields: Vec<_> = request.ignored().iter().map(crate::Error::field).collect();
        assert_eq!(
            fields,
            [
                Some("/AccountID"),
                Some("/expires_in"),
                None,
                Some("/flags/beta")
            ]
        );
        assert!(request.options().resolved_exp(0).unwrap() == 3600);
        let extended =
            TokenRequest::parse(br#"{"expires_in":60}"#, &SignOptions::new(), true).unwrap();
        assert!(extended.ignored().is_empty());
        assert_eq!(extended.options().resolved_exp(0).unwrap(), 60);
    }

    #[test]
    fn many_unknown_members_are_counted() {
        let members: Vec<_> = (0..1000).map(|n| format!("\"x{n}\":0")).collect();
        let request = parse(&format!("{{{}}}", members.join(","))).unwrap();
        assert_eq!(request.ignored().len(), 21);
        let last = request.ignored().last().unwrap();
        assert!(last.message().starts_with("and 980 more"), "{last}");
    }

    #[test]
    fn a_key_comes_with_its_id() {
        let key = example_key();
        let body = format!(r#"{{"id":"mine","pem":"{}"}}"#, *key.to_pem_base64());
        let request = parse(&body).unwrap();
        let loaded = request.load_key().unwrap().unwrap();
        assert_eq!(loaded.id(), "mine");
        assert!(Signer::new(loaded).sign("v", request.options()).is_ok());
        let at = |field: &str| Some(field.to_owned());
        assert_eq!(
            refusal(r#"{"id":"k"}"#),
            (ErrorCode::KeyNotGiven, at("/pem"))
        );
        assert_eq!(
            refusal(r#"{"pem":"k"}"#),
            (ErrorCode::KeyIdMissing, at("/id"))
        );
        assert_eq!(
            refusal(r#"{"pem":1,"id":"k"}"#),
            (ErrorCode::OptionType, at("/pem"))
        );
        let bad = parse(r#"{"id":"k","pem":"AAAA"}"#)
            .unwrap()
            .load_key()
            .unwrap_err();
        assert_eq!(bad.field(), Some("/pem"));
        let bad = parse(&body.replace("mine", "no id"))
            .unwrap()
            .load_key()
            .unwrap_err();
        assert_eq!(
            (bad.code(), bad.field()),
            (ErrorCode::KeyIdInvalid, Some("/id"))
        );
    }
}
