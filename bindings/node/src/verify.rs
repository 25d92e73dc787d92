//! Reading tokens: checked and unchecked.

use napi::bindgen_prelude::{AsyncTask, External};
use napi_derive::napi;
use streamtoken::{AccessRules, KeySet, Result, VerifyContext, inspect};

use crate::outcome::{Outcome, Work, in_order, promise};
use crate::value;

/// The claims as JSON text, and their rules when there are any.
type Checked = (String, Option<External<AccessRules>>);

#[napi]
pub(crate) fn verify(token: String, keys: &External<KeySet>, context: String) -> Outcome<Checked> {
    Outcome::of(|| check(&token, keys, &context))
}

#[napi]
pub(crate) fn verify_async(
    token: String,
    keys: &External<KeySet>,
    context: String,
) -> AsyncTask<Work<Checked>> {
    let keys = KeySet::clone(keys);
    promise(move || check(&token, &keys, &context))
}

/// Sync and async are this one function.
fn check(token: &str, keys: &KeySet, context: &str) -> Result<Checked> {
    let context = VerifyContext::from_value(&value::read(context, VerifyContext::NAMES)?)?;
    let claims = streamtoken::verify(token, keys, &context)?;
    let rules = claims.access_rules();
    let rules = (!rules.is_empty()).then(|| External::new(rules.clone()));
    Ok((in_order(&claims)?, rules))
}

/// `{"header", "payload"}`.
#[napi(js_name = "inspect")]
pub(crate) fn inspect_token(token: String) -> Outcome<String> {
    Outcome::of(|| {
        let unverified = inspect(&token)?;
        let (header, payload) = (unverified.header(), unverified.payload());
        Ok(format!(r#"{{"header":{header},"payload":{payload}}}"#))
    })
}
