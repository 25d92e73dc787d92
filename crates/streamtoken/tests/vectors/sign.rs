//! Minting: `sign`, `batch_line` and `prepare`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};
use streamtoken::{Error, SignOptions, Signer, SigningKey, Token, Value, prepare};

use crate::format::{Case, example};

pub(crate) fn run(case: &Case) -> Result<Json, Error> {
    match case.operation.as_str() {
        "sign" => sign(case),
        "batch_line" => Ok(batch_line(case)),
        "prepare" => prepared(case),
        unknown => panic!("{}: no operation {unknown}", case.id),
    }
}

/// The published example key.
pub(crate) fn example_key() -> SigningKey {
    let example = example();
    let text = |name: &str| example[name].as_str().expect("a string").to_owned();
    SigningKey::load(text("pem_base64"), Some(&text("key_id"))).expect("the example key loads")
}

/// The case's options; the case's `now` where they do not give one.
fn options(case: &Case) -> Result<SignOptions, Error> {
    let value = match case.optional_text("options_text") {
        Some(text) => Value::parse(text)?,
        None => case.value("options"),
    };
    let defaults = SignOptions::new();
    case.now
        .map_or_else(|| defaults.clone(), |now| defaults.clone().now(now))
        .overlaid(&value)
}

fn sign(case: &Case) -> Result<Json, Error> {
    case.knows_only(&["identifier", "options", "options_text"]);
    let token = Signer::new(example_key()).sign(case.text("identifier"), &options(case)?)?;
    Ok(describe(&token))
}

/// One line of a batch: `line` as text, `options` as the defaults.
fn batch_line(case: &Case) -> Json {
    case.knows_only(&["line", "base64", "repeat", "options"]);
    let defaults = options(case).expect("defaults are good");
    let answers = Signer::new(example_key()).sign_lines(&defaults, 1, &[case.content("line")]);
    json!(answers[0])
}

/// `signature` is base64url; without it, the signature that the key makes.
fn prepared(case: &Case) -> Result<Json, Error> {
    case.knows_only(&["identifier", "options", "signature"]);
    let key = example_key();
    let options = options(case)?;
    let prepared = prepare(key.public_key(), case.text("identifier"), &options)?;
    let signature = case.optional_text("signature").map_or_else(
        || {
            let token = Signer::new(key.clone()).sign(case.text("identifier"), &options);
            let token = token.expect("prepare accepted the same options");
            token
                .as_str()
                .rsplit('.')
                .next()
                .map(ToOwned::to_owned)
                .expect("a signature")
        },
        ToOwned::to_owned,
    );
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    let token = prepared.finish(signature)?;
    let mut out = describe(&token);
    out["signing_input"] = json!(prepared.signing_input());
    Ok(out)
}

fn describe(token: &Token) -> Json {
    let part = |index: usize| {
        let text = token.as_str().split('.').nth(index).expect("three parts");
        String::from_utf8(URL_SAFE_NO_PAD.decode(text).expect("base64url")).expect("UTF-8")
    };
    json!({
        "token": token.as_str(),
        "header": part(0),
        "payload": part(1),
        "exp": token.exp(),
        "nbf": token.nbf(),
        "renew_at": token.renew_at(),
    })
}
