//! Reading: `verify` and `inspect`.

use serde_json::{Value as Json, json};
use streamtoken::{Error, KeySet, VerifyContext, inspect, verify};

use crate::format::Case;
use crate::sign::example_key;

pub(crate) fn run(case: &Case) -> Result<Json, Error> {
    match case.operation.as_str() {
        "verify" => verified(case),
        "inspect" => inspected(case),
        unknown => panic!("{}: no operation {unknown}", case.id),
    }
}

/// `keys` is a JWK set as text; without it, the published example key.
fn verified(case: &Case) -> Result<Json, Error> {
    case.knows_only(&["token", "keys", "context"]);
    let keys = match case.optional_text("keys") {
        Some(jwks) => KeySet::from_jwks(jwks)?,
        None => KeySet::from(&example_key()),
    };
    let context = VerifyContext::from_value(&case.value("context"))?;
    let context = match (case.now, case.input.pointer("/context/now")) {
        (Some(now), None | Some(Json::Null)) => context.now(now),
        _ => context,
    };
    let claims = verify(case.text("token"), &keys, &context)?;
    Ok(json!({ "claims": claims }))
}

fn inspected(case: &Case) -> Result<Json, Error> {
    case.knows_only(&["token"]);
    let token = inspect(case.text("token"))?;
    Ok(json!({ "header": token.header(), "payload": token.payload() }))
}
