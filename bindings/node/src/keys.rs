//! Private and public keys, and sets of them.

use std::ffi::OsString;

use napi::bindgen_prelude::{Array, AsyncTask, Either, External, FromNapiValue, Object, Unknown};
use napi::{Env, JsString, JsValue, ValueType};
use napi_derive::napi;
use serde_json::json;
use streamtoken::{Error, ErrorCode, KeySet, PublicKey, Result, SigningKey, describe_key, host};
use zeroize::Zeroizing;

use crate::outcome::{Outcome, Work, in_order, promise};
use crate::value;

/// The text of a key, which may be private.
pub(crate) struct KeyText<'a>(Either<Zeroizing<String>, &'a [u8]>);

impl<'a> From<Either<String, &'a [u8]>> for KeyText<'a> {
    fn from(text: Either<String, &'a [u8]>) -> Self {
        Self(match text {
            Either::A(text) => Either::A(Zeroizing::new(text)),
            Either::B(bytes) => Either::B(bytes),
        })
    }
}

impl AsRef<[u8]> for KeyText<'_> {
    fn as_ref(&self) -> &[u8] {
        match &self.0 {
            Either::A(text) => text.as_bytes(),
            Either::B(bytes) => bytes,
        }
    }
}

/// `load` with the key id in `options`.
fn with_id<T>(options: &str, load: impl FnOnce(Option<&str>) -> Result<T>) -> Result<T> {
    load(host::key_id(&value::read(options, &[])?)?)
}

#[napi]
pub(crate) fn load_key(
    text: Either<String, &[u8]>,
    options: String,
) -> Outcome<External<SigningKey>> {
    let text = KeyText::from(text);
    Outcome::of(|| with_id(&options, |id| SigningKey::load(&text, id)).map(External::new))
}

/// `environment` is `process.env`: a worker's may be another than the process's.
#[napi]
pub(crate) fn key_from_env(environment: Object<'_>) -> Outcome<External<SigningKey>> {
    Outcome::of(|| {
        host::signing_key_from_env(|name| variable(&environment, name)).map(External::new)
    })
}

/// A variable as text: a program may put any object in the place of `process.env`, and other values
/// than strings into that. An exception of its own is pending in Node.js, which throws it.
pub(crate) fn variable(environment: &Object<'_>, name: &str) -> Option<OsString> {
    let value: Unknown<'_> = environment.get(name).ok()??;
    if matches!(
        value.get_type().ok()?,
        ValueType::Undefined | ValueType::Null
    ) {
        return None;
    }
    let text = value.coerce_to_string().ok()?.to_unknown();
    String::from_unknown(text).ok().map(OsString::from)
}

#[napi]
pub(crate) fn generate_key() -> Outcome<External<SigningKey>> {
    Outcome::of(|| SigningKey::generate().map(External::new))
}

#[napi]
pub(crate) fn generate_key_async() -> AsyncTask<Work<External<SigningKey>>> {
    promise(|| SigningKey::generate().map(External::new))
}

/// `{"id", "bits"}`.
#[napi]
pub(crate) fn key_facts(key: &External<SigningKey>) -> Outcome<String> {
    Outcome::of(|| Ok(json!({ "id": key.id(), "bits": key.bits() }).to_string()))
}

#[napi]
pub(crate) fn key_public(key: &External<SigningKey>) -> Outcome<External<PublicKey>> {
    Outcome::of(|| Ok(External::new(key.public_key().clone())))
}

#[napi]
pub(crate) fn key_pkcs1_pem<'env>(
    env: &'env Env,
    key: &External<SigningKey>,
) -> Outcome<JsString<'env>> {
    export(env, || key.to_pkcs1_pem())
}

#[napi]
pub(crate) fn key_pkcs8_pem<'env>(
    env: &'env Env,
    key: &External<SigningKey>,
) -> Outcome<JsString<'env>> {
    export(env, || key.to_pkcs8_pem())
}

#[napi]
pub(crate) fn key_jwk<'env>(env: &'env Env, key: &External<SigningKey>) -> Outcome<JsString<'env>> {
    export(env, || key.to_jwk())
}

#[napi]
pub(crate) fn key_pem_base64<'env>(
    env: &'env Env,
    key: &External<SigningKey>,
) -> Outcome<JsString<'env>> {
    export(env, || key.to_pem_base64())
}

#[napi]
pub(crate) fn key_jwk_base64<'env>(
    env: &'env Env,
    key: &External<SigningKey>,
) -> Outcome<JsString<'env>> {
    export(env, || key.to_jwk_base64())
}

/// The text goes to JavaScript without a copy that nobody wipes.
fn export(env: &Env, text: impl FnOnce() -> Zeroizing<String>) -> Outcome<JsString<'_>> {
    Outcome::of(|| env.create_string(text().as_str()).map_err(no_value))
}

/// JavaScript has no room for a value.
pub(crate) fn no_value(_: napi::Error) -> Error {
    ErrorCode::Internal.into()
}

#[napi]
pub(crate) fn load_public_key(
    text: Either<String, &[u8]>,
    options: String,
) -> Outcome<External<PublicKey>> {
    let text = KeyText::from(text);
    Outcome::of(|| with_id(&options, |id| PublicKey::load(&text, id)).map(External::new))
}

/// `{"id", "bits", "thumbprint", "pem", "jwk"}`.
#[napi]
pub(crate) fn public_key_facts(key: &External<PublicKey>) -> Outcome<String> {
    Outcome::of(|| {
        let facts = json!({
            "id": key.id(),
            "bits": key.bits(),
            "thumbprint": key.thumbprint(),
            "pem": key.to_pem(),
            "jwk": key.to_jwk(),
        });
        Ok(facts.to_string())
    })
}

#[napi]
pub(crate) fn describe(text: Either<String, &[u8]>, options: String) -> Outcome<String> {
    let text = KeyText::from(text);
    Outcome::of(|| {
        let info = with_id(&options, |id| describe_key(&text, id))?;
        in_order(&info)
    })
}

/// `keys` are handles of public keys.
#[napi]
pub(crate) fn new_key_set(keys: Array<'_>) -> Outcome<External<KeySet>> {
    Outcome::of(|| {
        let key = |index| keys.get_ref::<External<PublicKey>>(index);
        let handles = (0..keys.len()).map(|index| key(index).ok().flatten());
        let keys = handles.map(|handle| handle.map(|key| PublicKey::clone(key)));
        let keys: Option<Vec<_>> = keys.collect();
        KeySet::new(keys.ok_or_else(|| Error::from(ErrorCode::Internal))?).map(External::new)
    })
}

#[napi]
pub(crate) fn load_key_set(
    text: Either<String, &[u8]>,
    options: String,
) -> Outcome<External<KeySet>> {
    let text = KeyText::from(text);
    Outcome::of(|| with_id(&options, |id| KeySet::load(&text, id)).map(External::new))
}

#[napi]
pub(crate) fn key_set_from_jwks(text: Either<String, &[u8]>) -> Outcome<External<KeySet>> {
    let text = KeyText::from(text);
    Outcome::of(|| KeySet::from_jwks(&text).map(External::new))
}

#[napi]
pub(crate) fn key_set_get(
    keys: &External<KeySet>,
    id: String,
) -> Outcome<Option<External<PublicKey>>> {
    Outcome::of(|| Ok(keys.get(&id).cloned().map(External::new)))
}

/// All keys of the set.
#[napi]
pub(crate) fn key_set_keys(keys: &External<KeySet>) -> Outcome<Vec<External<PublicKey>>> {
    Outcome::of(|| Ok(keys.iter().cloned().map(External::new).collect()))
}

#[napi]
pub(crate) fn key_set_size(keys: &External<KeySet>) -> Outcome<u32> {
    Outcome::of(|| u32::try_from(keys.len()).map_err(|_| ErrorCode::Internal.into()))
}

#[napi]
pub(crate) fn key_set_jwks(keys: &External<KeySet>) -> Outcome<String> {
    Outcome::of(|| Ok(keys.to_jwks()))
}
