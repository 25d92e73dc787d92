//! The JSON with which Cloudflare answers `POST /accounts/{account_id}/stream/keys`.

use super::form::{Form, Material};
use super::read::{Layer, read_layer, unrecognized};
use crate::id::{MAX_KEY_ID, is_id};
use crate::{Error, ErrorCode, Result, Value};

/// Reads the key of a response, alone or in the API's envelope.
pub(super) fn read(value: &Value) -> Result<Material> {
    match value.get("result") {
        None => read_result(value),
        Some(result @ Value::Object(_)) => read_result(result).map_err(|error| match error.field() {
            Some(_) => error.within("/result"),
            None => error,
        }),
        Some(Value::Array(_)) => Err(Error::new(
            ErrorCode::KeySeveral,
            "the response lists keys without their private parts; Cloudflare shows those once, when a key is made",
        )
        .at("/result")),
        Some(_) => Err(Error::new(
            ErrorCode::KeyUnrecognized,
            "the response holds no key: its result is empty; look at its errors",
        )
        .at("/result")),
    }
}

/// Whether this is the result of a response by itself, with an id and the key in both forms.
pub(super) fn is_created_key(value: &Value) -> bool {
    let is_there = |name| {
        let text = value.get(name).and_then(Value::as_str);
        text.is_some_and(|text| !text.is_empty())
    };
    ["id", "pem", "jwk"].into_iter().all(is_there)
}

pub(super) fn read_result(result: &Value) -> Result<Material> {
    let pem = read_member(result, "pem")?;
    let jwk = read_member(result, "jwk")?;
    let id = response_id(result)?;
    let mut material = match (pem, jwk) {
        (Some(pem), Some(jwk)) => agreeing(&pem, jwk)?,
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => return Err(no_key(result)),
    };
    if let (Some(id), Some(kid)) = (&id, &material.id)
        && id != kid
    {
        return Err(Error::new(
            ErrorCode::KeyIdMismatch,
            format!("id of the response is {id} and kid of its jwk is {kid}; get the key again from its source"),
        )
        .at("/id"));
    }
    material.id = material.id.or(id);
    material.form = Form {
        base64: false,
        name: "a stream/keys response",
    };
    Ok(material)
}

/// The key in a member of the response, when it is there. Null counts as absent.
fn read_member(result: &Value, name: &str) -> Result<Option<Material>> {
    match result.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => read_layer(text.as_bytes(), Layer::Member)
            .map(Some)
            .map_err(|error| error.within(&format!("/{name}"))),
        Some(other) => Err(Error::new(
            ErrorCode::KeyMalformed,
            format!("{name} of the response is {}, not a string", other.kind()),
        )
        .at(format!("/{name}"))),
    }
}

/// Both members were read in full: they must be one key.
fn agreeing(pem: &Material, jwk: Material) -> Result<Material> {
    if pem.parts == jwk.parts {
        return Ok(jwk);
    }
    Err(Error::new(
        ErrorCode::KeyResponseConflict,
        "pem and jwk of the response do not hold the same private key; keep the right one and remove the other",
    ))
}

fn response_id(result: &Value) -> Result<Option<String>> {
    match result.get("id") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(id)) if is_id(id, MAX_KEY_ID) => Ok(Some(id.clone())),
        Some(_) => Err(Error::new(
            ErrorCode::KeyMalformed,
            "id of the response must have 1 to 64 characters of A-Z, a-z, 0-9, '-' and '_'",
        )
        .at("/id")),
    }
}

fn no_key(result: &Value) -> Error {
    if result.get("id").is_none() {
        return unrecognized();
    }
    Error::new(
        ErrorCode::KeyUnrecognized,
        "the response has neither pem nor jwk; Cloudflare shows them once, when the key is made",
    )
}
