//! The header, and the key id, which may stand in either part.

use crate::options::member;
use crate::{Error, ErrorCode, Result, Value, id};

/// Checks the header; returns the id of the key that the token names.
///
/// `jwk`, `jku` and `x5c` are ignored: a token does not choose the key that proves it.
pub(super) fn check<'t>(header: &'t Value, payload: &'t Value) -> Result<&'t str> {
    let members = header.as_object().unwrap_or_default();
    if member(members, "crit").is_some() {
        return Err(ErrorCode::HeaderCrit.into());
    }
    if member(members, "alg").and_then(Value::as_str) != Some("RS256") {
        return Err(ErrorCode::HeaderAlg.into());
    }
    match member(members, "typ") {
        None => {}
        Some(Value::String(typ)) if typ.eq_ignore_ascii_case("JWT") => {}
        Some(_) => return Err(ErrorCode::HeaderTyp.into()),
    }
    key_id(header, payload)
}

/// From the header, else from the payload; both must agree.
fn key_id<'t>(header: &'t Value, payload: &'t Value) -> Result<&'t str> {
    match (read(header, "header")?, read(payload, "payload")?) {
        (Some(one), Some(other)) if one != other => Err(ErrorCode::KidMismatch.into()),
        (Some(kid), _) | (None, Some(kid)) => Ok(kid),
        (None, None) => Err(ErrorCode::KidMissing.into()),
    }
}

fn read<'t>(part: &'t Value, name: &str) -> Result<Option<&'t str>> {
    match part.get("kid") {
        None => Ok(None),
        Some(Value::String(kid)) if id::is_id(kid, id::MAX_KEY_ID) => Ok(Some(kid)),
        Some(_) => Err(Error::new(
            ErrorCode::KidInvalid,
            format!(
                "kid in the token's {name} is not 1 to 64 characters of A-Z, a-z, 0-9, '-' and '_'"
            ),
        )
        .at("/kid")),
    }
}
