//! Keys: loading, describing, exporting, and sets of them.

use std::collections::HashSet;

use serde_json::{Value as Json, json};
use streamtoken::{Error, KeySet, PublicKey, SigningKey, describe_key};

use crate::format::{Case, example, files};

pub(crate) const OPERATIONS: [&str; 5] = [
    "key_load",
    "key_describe",
    "public_key_load",
    "key_set",
    "key_export",
];

pub(crate) fn run(case: &Case) -> Result<Json, Error> {
    match case.operation.as_str() {
        "key_set" => key_set(case),
        "key_export" => Ok(key_export(case)),
        operation => {
            case.knows_only(&["text", "base64", "repeat", "id"]);
            let (text, id) = (case.content("text"), case.optional_text("id"));
            match operation {
                "key_load" => SigningKey::load(&text, id).map(|key| loaded(&key, &text)),
                "key_describe" => Ok(json!(describe_key(&text, id)?)),
                "public_key_load" => PublicKey::load(&text, id).map(|key| public(&key)),
                unknown => panic!("{}: no operation {unknown}", case.id),
            }
        }
    }
}

fn loaded(key: &SigningKey, text: &[u8]) -> Json {
    let info = describe_key(text, Some(key.id())).expect("what loads can be described");
    assert!(info.private);
    assert_eq!(info.thumbprint, key.public_key().thumbprint());
    json!({
        "id": key.id(),
        "bits": key.bits(),
        "form": info.form,
        "jwk": jwk(key.public_key()),
    })
}

fn public(key: &PublicKey) -> Json {
    json!({
        "id": key.id(),
        "bits": key.bits(),
        "thumbprint": key.thumbprint(),
        "pem": key.to_pem(),
        "jwk": jwk(key),
    })
}

fn key_set(case: &Case) -> Result<Json, Error> {
    case.knows_only(&["jwks", "member", "repeat"]);
    let set = KeySet::from_jwks(case.key_set())?;
    for key in set.iter() {
        assert_eq!(set.get(key.id()), Some(key));
    }
    assert_eq!(set.iter().count(), set.len());
    Ok(json!({
        "ids": set.iter().map(PublicKey::id).collect::<Vec<_>>(),
        "jwks": serde_json::from_str::<Json>(&set.to_jwks()).expect("JSON"),
    }))
}

/// One export of the published example key, which loads again as the same key.
fn key_export(case: &Case) -> Json {
    case.knows_only(&["form"]);
    let key = example_key();
    let text = match case.text("form") {
        "pkcs1_pem" => key.to_pkcs1_pem(),
        "pkcs8_pem" => key.to_pkcs8_pem(),
        "jwk" => key.to_jwk(),
        "pem_base64" => key.to_pem_base64(),
        "jwk_base64" => key.to_jwk_base64(),
        unknown => panic!("{}: no form {unknown}", case.id),
    };
    let again = SigningKey::load(&*text, Some(key.id())).expect("an export loads");
    assert_eq!(again.to_jwk(), key.to_jwk());
    json!({ "text": *text })
}

fn jwk(key: &PublicKey) -> Json {
    serde_json::from_str(&key.to_jwk()).expect("JSON")
}

fn example_key() -> SigningKey {
    let example = example();
    let member = |name: &str| example[name].as_str().expect("a string").to_owned();
    SigningKey::load(member("pem_base64"), Some(&member("key_id"))).expect("the example loads")
}

/// All pieces of sixteen characters of the example key's texts.
fn secrets() -> HashSet<String> {
    let key = example_key();
    [
        key.to_pkcs1_pem(),
        key.to_pkcs8_pem(),
        key.to_jwk(),
        key.to_pem_base64(),
        key.to_jwk_base64(),
    ]
    .iter()
    .flat_map(|text| windows(text))
    .filter(|piece| !key.to_jwk()[..96].contains(piece) && !piece.contains("PRIV"))
    .collect()
}

fn windows(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    characters
        .windows(16)
        .map(|window| window.iter().collect())
        .collect()
}

fn gives_away(secrets: &HashSet<String>, text: &str) -> bool {
    windows(text).iter().any(|piece| secrets.contains(piece))
}

#[test]
fn neither_errors_nor_debug_give_a_key_away() {
    let secrets = secrets();
    assert!(gives_away(&secrets, &example_key().to_pkcs1_pem()));
    let mut refusals = 0;
    for case in files()
        .iter()
        .flat_map(|(_, file)| &file.cases)
        .filter(|case| OPERATIONS.contains(&case.operation.as_str()))
    {
        if let Err(error) = run(case) {
            let text = format!("{error} {error:?} {}", json!(error));
            assert!(!gives_away(&secrets, &text), "{}", case.id);
            refusals += 1;
        }
    }
    assert!(refusals > 50, "only {refusals} refusals");
    let key = example_key();
    let set = KeySet::from(&key);
    let info = describe_key(&*key.to_jwk(), None);
    let text = format!("{key:?} {:?} {set:?} {info:?}", key.public_key());
    assert!(!gives_away(&secrets, &text), "{text}");
}

/// The README mints with a file that holds the key as Cloudflare's API gives it.
#[test]
fn the_key_file_of_the_readme_is_the_published_key() {
    let file = include_str!("../../vectors/example-key.pem.base64");
    assert_eq!(file.trim_end(), example()["pem_base64"]);
}
