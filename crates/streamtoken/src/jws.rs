//! Taking a compact JWS apart: size, shape, base64url, UTF-8, JSON. Nothing here trusts the content.

use crate::json::{self, Fault};
use crate::sign::MAX_TOKEN;
use crate::{Error, ErrorCode, Result, Value, base64url};

/// The parts of a token before anything about them was checked.
pub(crate) struct Parts<'t> {
    pub(crate) signing_input: &'t [u8],
    pub(crate) header: Value,
    pub(crate) payload: Value,
    pub(crate) signature: Vec<u8>,
}

/// Takes `token` apart, in the order in which refusals are reported.
pub(crate) fn split(token: &[u8]) -> Result<Parts<'_>> {
    if token.len() > MAX_TOKEN {
        return Err(Error::new(
            ErrorCode::TokenTooLarge,
            format!(
                "the token has {} characters; the maximum is {MAX_TOKEN}",
                token.len()
            ),
        ));
    }
    let [header, payload, signature] = three_parts(token)?;
    let signing_input = &token[..header.len() + 1 + payload.len()];
    let header = decode("header", header)?;
    let payload = decode("payload", payload)?;
    let signature = decode("signature", signature)?;
    Ok(Parts {
        signing_input,
        header: object("header", &header)?,
        payload: object("payload", &payload)?,
        signature,
    })
}

fn three_parts(token: &[u8]) -> Result<[&[u8]; 3]> {
    let mut parts = token.split(|byte| *byte == b'.');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(header), Some(payload), Some(signature), None)
            if ![header, payload, signature]
                .iter()
                .any(|part| part.is_empty()) =>
        {
            Ok([header, payload, signature])
        }
        _ => Err(ErrorCode::TokenShape.into()),
    }
}

fn decode(part: &str, text: &[u8]) -> Result<Vec<u8>> {
    base64url::decode(text).ok_or_else(|| {
        Error::new(
            ErrorCode::TokenBase64,
            format!("the token's {part} is not base64url without padding"),
        )
    })
}

fn object(part: &str, text: &[u8]) -> Result<Value> {
    let refuse = |code, what: &str| Error::new(code, format!("the token's {part} {what}"));
    match json::parse(text) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) | Err(Fault::Syntax { .. }) => {
            Err(refuse(ErrorCode::TokenJson, "is not a JSON object"))
        }
        Err(Fault::NotUtf8) => Err(refuse(ErrorCode::TokenNotUtf8, "is not UTF-8")),
        Err(Fault::DuplicateMember) => Err(refuse(
            ErrorCode::TokenDuplicateMember,
            "names a member twice",
        )),
        Err(Fault::TooDeep) => Err(refuse(
            ErrorCode::TokenTooDeep,
            "is nested more than 32 levels deep",
        )),
    }
}
