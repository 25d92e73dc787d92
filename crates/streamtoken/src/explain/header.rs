//! The header, and the key id in both places.

use super::form::Form;
use super::report::Check;
use super::shown;
use super::table::CheckId;
use crate::{ErrorCode, Value, id};

const NO_HEADER: &str = "the header could not be read";

pub(super) fn check(checks: &mut Vec<Check>, form: &Form) {
    checks.push(alg(form.header.as_ref()));
    checks.push(typ(form.header.as_ref()));
    checks.push(crit(form.header.as_ref()));
    checks.push(kid(form));
    checks.push(kid_agrees(form));
}

fn alg(header: Option<&Value>) -> Check {
    let id = CheckId::Alg;
    let Some(header) = header else {
        return Check::open(id, NO_HEADER);
    };
    let Some(alg) = header.get("alg") else {
        return Check::fail(id, "the header names no alg", id.advice())
            .refused(ErrorCode::HeaderAlg);
    };
    let check = match alg.as_str() {
        Some("RS256") => Check::pass(id, "alg is RS256"),
        Some(alg) if alg.eq_ignore_ascii_case("none") => {
            Check::fail(id, "alg is none: the token is not signed", id.advice())
                .refused(ErrorCode::HeaderAlg)
        }
        Some(alg) if alg.starts_with("HS") => Check::fail(
            id,
            "alg is an HMAC: Stream's keys are RSA keys, and no shared secret",
            id.advice(),
        )
        .refused(ErrorCode::HeaderAlg),
        _ => Check::fail(id, "alg is not RS256", id.advice()).refused(ErrorCode::HeaderAlg),
    };
    check.with("alg", shown::scalar(alg))
}

fn typ(header: Option<&Value>) -> Check {
    let id = CheckId::Typ;
    let Some(header) = header else {
        return Check::open(id, NO_HEADER);
    };
    match header.get("typ") {
        None => Check::pass(id, "there is no typ, as in Cloudflare's own tokens"),
        Some(Value::String(typ)) if typ.eq_ignore_ascii_case("JWT") => {
            Check::pass(id, "typ is JWT, which is tolerated").with("typ", typ.as_str())
        }
        Some(typ) => Check::fail(id, "typ is neither absent nor JWT", id.advice())
            .refused(ErrorCode::HeaderTyp)
            .platform_unknown()
            .with("typ", shown::scalar(typ)),
    }
}

fn crit(header: Option<&Value>) -> Check {
    let id = CheckId::Crit;
    match header {
        None => Check::open(id, NO_HEADER),
        Some(header) if header.get("crit").is_some() => {
            Check::fail(id, "the header has crit", id.advice())
                .refused(ErrorCode::HeaderCrit)
                .platform_unknown()
        }
        Some(_) => Check::pass(id, "there is no crit"),
    }
}

/// The key id of a part; `None` when the part could not be read.
fn kid_of(part: Option<&Value>) -> Option<Option<&Value>> {
    part.map(|part| part.get("kid"))
}

fn is_kid(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|kid| id::is_id(kid, id::MAX_KEY_ID))
}

fn kid(form: &Form) -> Check {
    let id = CheckId::Kid;
    let (Some(header), Some(payload)) =
        (kid_of(form.header.as_ref()), kid_of(form.payload.as_ref()))
    else {
        return Check::open(id, "header or payload could not be read");
    };
    let check = match (header, payload) {
        (None, None) => Check::fail(id, "neither header nor payload names the key", id.advice())
            .refused(ErrorCode::KidMissing)
            .platform_unknown(),
        (one, other) if [one, other].into_iter().flatten().any(|kid| !is_kid(kid)) => {
            let cause = "kid is not 1 to 64 characters of A-Z, a-z, 0-9, '-' and '_'";
            Check::fail(id, cause, id.advice())
                .refused(ErrorCode::KidInvalid)
                .platform_unknown()
        }
        (Some(_), None) => only(id, "kid stands in the header alone"),
        (None, Some(_)) => only(id, "kid stands in the payload alone"),
        (Some(kid), Some(_)) if !is_real(kid) => {
            let cause =
                "kid is not 32 lower-case hexadecimal digits, as every key id of Cloudflare is";
            Check::warn(id, cause, "write the id that stream/keys gave with the key")
                .platform_unknown()
        }
        (Some(_), Some(_)) => Check::pass(id, "kid stands in the header and in the payload"),
    };
    check
        .with_some("header", header.map(shown::scalar))
        .with_some("payload", payload.map(shown::scalar))
}

fn only(id: CheckId, cause: &str) -> Check {
    Check::warn(id, cause, id.advice()).platform_unknown()
}

fn is_real(kid: &Value) -> bool {
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    kid.as_str()
        .is_some_and(|kid| kid.len() == 32 && kid.bytes().all(hex))
}

fn kid_agrees(form: &Form) -> Check {
    let id = CheckId::KidAgrees;
    match (kid_of(form.header.as_ref()), kid_of(form.payload.as_ref())) {
        (Some(Some(one)), Some(Some(other))) if one == other => {
            Check::pass(id, "header and payload name the same key")
        }
        (Some(Some(one)), Some(Some(other))) if is_kid(one) && is_kid(other) => {
            Check::fail(id, "header and payload name different keys", id.advice())
                .refused(ErrorCode::KidMismatch)
                .platform_unknown()
                .with("header", shown::scalar(one))
                .with("payload", shown::scalar(other))
        }
        (Some(_), Some(_)) => Check::aside(id, "there are no two key ids to compare"),
        _ => Check::open(id, "header or payload could not be read"),
    }
}

/// The id of the key that the token names, as `verify` reads it.
pub(super) fn named_key(form: &Form) -> Option<&str> {
    let kid = form
        .header
        .as_ref()
        .and_then(|header| header.get("kid"))
        .or_else(|| form.payload.as_ref().and_then(|payload| payload.get("kid")));
    kid.filter(|kid| is_kid(kid)).and_then(Value::as_str)
}
