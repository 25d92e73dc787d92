//! Minting: one token, many, lines, and tokens whose signature is made elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use napi::bindgen_prelude::{AsyncTask, Either, External};
use napi_derive::napi;
use serde_json::{Value as Json, json};
use streamtoken::{
    Finding, LintLevel, Prepared, PublicKey, Result, SignOptions, Signer, SigningKey, Token, Value,
    host, prepare_linted,
};

use crate::outcome::{Outcome, Work, in_order, promise, refusal};
use crate::{panics, value};

/// `options` may hold the lint level.
#[napi]
pub(crate) fn new_signer(key: &External<SigningKey>, options: String) -> Outcome<External<Signer>> {
    Outcome::of(|| {
        let level = lint_level(&options)?;
        Ok(External::new(
            Signer::new(SigningKey::clone(key)).lint(level),
        ))
    })
}

#[napi]
pub(crate) fn signer_lint(signer: &External<Signer>) -> Outcome<String> {
    Outcome::of(|| Ok(signer.lint_level().as_str().to_owned()))
}

fn lint_level(options: &str) -> Result<LintLevel> {
    host::signer_options(&value::read(options, &[])?)
}

#[napi]
pub(crate) fn sign(
    signer: &External<Signer>,
    identifier: String,
    options: String,
) -> Outcome<String> {
    Outcome::of(|| mint(signer, &identifier, &options))
}

#[napi]
pub(crate) fn sign_async(
    signer: &External<Signer>,
    identifier: String,
    options: String,
) -> AsyncTask<Work<String>> {
    let signer = Signer::clone(signer);
    promise(move || mint(&signer, &identifier, &options))
}

/// Sync and async are this one function.
fn mint(signer: &Signer, identifier: &str, options: &str) -> Result<String> {
    let identifier = value::read(identifier, &[])?;
    let options = SignOptions::from_value(&value::read(options, SignOptions::NAMES)?)?;
    let identifier = host::identifier(&identifier)?;
    panics::provoke(identifier);
    Ok(token(&signer.sign(identifier, &options)?).to_string())
}

/// The names are those of the class `Token`; warnings are there when there are any.
pub(crate) fn token(token: &Token) -> Json {
    let mut facts = json!({
        "token": token.as_str(),
        "identifier": token.identifier(),
        "keyId": token.key_id(),
        "exp": token.exp(),
        "nbf": token.nbf(),
        "renewAt": token.renew_at(),
    });
    if !token.warnings().is_empty() {
        facts["warnings"] = warnings(token.warnings());
    }
    facts
}

/// As JSON text of its own: the members of a JSON value are not in the order of the core.
fn warnings(warnings: &[Finding]) -> Json {
    in_order(&warnings).map_or(Json::Null, Json::String)
}

fn answer(result: &Result<Token>) -> String {
    let answer = match result {
        Ok(minted) => json!({ "token": token(minted) }),
        Err(error) => json!({ "error": refusal(error) }),
    };
    answer.to_string()
}

/// What tells a batch to stop between two items.
#[napi]
pub(crate) fn new_stop() -> External<Arc<AtomicBool>> {
    External::new(Arc::new(AtomicBool::new(false)))
}

/// Stops the batch.
#[napi]
pub(crate) fn stop(stop: &External<Arc<AtomicBool>>) {
    stop.store(true, Ordering::Relaxed);
}

/// `requests` are values as text. Each is answered with JSON text of its own, since one text of them all
/// may be longer than JavaScript's longest string. The answer is absent when the batch was stopped.
#[napi]
pub(crate) fn sign_many(
    signer: &External<Signer>,
    defaults: String,
    requests: Vec<String>,
    stop: &External<Arc<AtomicBool>>,
) -> AsyncTask<Work<Option<Vec<String>>>> {
    let (signer, stop) = (Signer::clone(signer), Arc::clone(stop));
    promise(move || {
        let defaults = SignOptions::from_value(&value::read(&defaults, SignOptions::NAMES)?)?;
        Ok(mint_many(&signer, &defaults, &requests, &stop))
    })
}

/// A request that cannot be read is answered in its place.
fn mint_many(
    signer: &Signer,
    defaults: &SignOptions,
    requests: &[String],
    stop: &AtomicBool,
) -> Option<Vec<String>> {
    let read = |text: &String| value::read(text, SignOptions::NAMES);
    let mut answers: Vec<_> = requests.iter().map(read).collect();
    let readable: Vec<_> = answers
        .iter_mut()
        .filter_map(|request| request.as_mut().ok())
        .map(|request| std::mem::replace(request, Value::Null))
        .collect();
    for request in &readable {
        let identifier = request.get("identifier").and_then(Value::as_str);
        panics::provoke(identifier.unwrap_or_default());
    }
    let mut minted = signer.sign_values(defaults, &readable, stop)?.into_iter();
    let answers = answers.drain(..).filter_map(|request| match request {
        Ok(_) => minted.next(),
        Err(error) => Some(Err(error)),
    });
    Some(answers.map(|result| answer(&result)).collect())
}

/// One answer a line, in order.
#[napi]
pub(crate) fn sign_lines(
    signer: &External<Signer>,
    options: String,
    lines: Vec<Either<String, &[u8]>>,
) -> Outcome<Vec<String>> {
    Outcome::of(|| mint_lines(signer, &options, &bytes(lines)))
}

#[napi]
pub(crate) fn sign_lines_async(
    signer: &External<Signer>,
    options: String,
    lines: Vec<Either<String, &[u8]>>,
) -> AsyncTask<Work<Vec<String>>> {
    let (signer, lines) = (Signer::clone(signer), bytes(lines));
    promise(move || mint_lines(&signer, &options, &lines))
}

fn bytes(lines: Vec<Either<String, &[u8]>>) -> Vec<Vec<u8>> {
    let bytes = |line| match line {
        Either::A(text) => String::into_bytes(text),
        Either::B(bytes) => <[u8]>::to_vec(bytes),
    };
    lines.into_iter().map(bytes).collect()
}

fn mint_lines(signer: &Signer, options: &str, lines: &[Vec<u8>]) -> Result<Vec<String>> {
    let defaults = SignOptions::from_value(&value::read(options, SignOptions::NAMES)?)?;
    let answers = signer.sign_lines(&defaults, 1, lines);
    Ok(answers.iter().map(ToString::to_string).collect())
}

#[napi]
pub(crate) fn new_prepared(
    key: &External<PublicKey>,
    identifier: String,
    options: String,
    lint: String,
) -> Outcome<External<Prepared>> {
    Outcome::of(|| {
        let identifier = value::read(&identifier, &[])?;
        let options = SignOptions::from_value(&value::read(&options, SignOptions::NAMES)?)?;
        let level = lint_level(&lint)?;
        let identifier = host::identifier(&identifier)?;
        prepare_linted(key, identifier, &options, level).map(External::new)
    })
}

#[napi]
pub(crate) fn prepared_input(prepared: &External<Prepared>) -> Outcome<String> {
    Outcome::of(|| Ok(prepared.signing_input().to_owned()))
}

#[napi]
pub(crate) fn prepared_warnings(prepared: &External<Prepared>) -> Outcome<String> {
    Outcome::of(|| in_order(&prepared.warnings()))
}

#[napi]
pub(crate) fn prepared_finish(prepared: &External<Prepared>, signature: &[u8]) -> Outcome<String> {
    Outcome::of(|| Ok(token(&prepared.finish(signature)?).to_string()))
}
