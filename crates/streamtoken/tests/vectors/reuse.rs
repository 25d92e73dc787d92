//! Tokens of windows of reuse, minted one after the other by one signer: `sign_in_turn`.

use serde_json::{Value as Json, json};
use streamtoken::{Error, SignOptions, Signer, Value};

use crate::format::Case;
use crate::sign::example_key;

/// Each of `mints` is an object with `identifier` and `options`; every fresh signer gives the same.
pub(crate) fn run(case: &Case) -> Result<Json, Error> {
    case.knows_only(&["mints"]);
    let signer = Signer::new(example_key());
    let mut tokens = Vec::new();
    for mint in case.value("mints").as_array().expect("mints is a list") {
        let identifier = mint.get("identifier").and_then(Value::as_str);
        let identifier = identifier.expect("mint.identifier is a string");
        let options = mint.get("options").expect("mint.options is there");
        let options = SignOptions::from_value(options)?;
        let token = signer.sign(identifier, &options)?;
        let fresh = Signer::new(example_key()).sign(identifier, &options)?;
        assert_eq!(token, fresh, "{}", case.id);
        assert_eq!(token.warnings(), fresh.warnings(), "{}", case.id);
        tokens.push(json!({ "token": token, "renew_at": token.renew_at() }));
    }
    Ok(json!({ "tokens": tokens }))
}
