//! Tests that need more than the public API: signatures, and keys made at test time.

use super::{PublicKey, SigningKey};
use crate::Value;

pub(crate) fn example() -> Value {
    Value::parse(include_str!("../../vectors/example-key.json")).unwrap()
}

pub(crate) fn example_key() -> SigningKey {
    let example = example();
    let member = |name| example.get(name).and_then(Value::as_str).unwrap();
    SigningKey::load(member("pem_base64"), Some(member("key_id"))).unwrap()
}

#[test]
fn the_published_token_is_signed_again() {
    let example = example();
    let token = example.get("token").and_then(Value::as_str).unwrap();
    let (message, signature) = token.rsplit_once('.').unwrap();
    let key = example_key();
    let made = key.sign(message.as_bytes()).unwrap();
    assert_eq!(crate::base64url::encode(&made), signature);
    assert!(key.public_key().verify(message.as_bytes(), &made));
    assert!(!key.public_key().verify(b"another message", &made));
    assert!(!key.public_key().verify(message.as_bytes(), &made[1..]));
    assert!(!key.public_key().verify(message.as_bytes(), b""));
}

#[test]
fn the_pem_comes_back_as_cloudflare_writes_it() {
    let example = example();
    let pem = example.get("pem_base64").and_then(Value::as_str);
    assert_eq!(Some(&**example_key().to_pem_base64()), pem);
}

#[test]
fn a_generated_key_survives_each_form() {
    let key = SigningKey::generate().unwrap();
    assert_eq!((key.bits(), key.id().len()), (2048, 32));
    assert!(
        key.id()
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    );
    for form in [
        key.to_pkcs1_pem(),
        key.to_pkcs8_pem(),
        key.to_jwk(),
        key.to_pem_base64(),
        key.to_jwk_base64(),
    ] {
        let again = SigningKey::load(&*form, Some(key.id())).unwrap();
        assert_eq!(again.to_jwk(), key.to_jwk());
        let public = PublicKey::load(&*form, Some(key.id())).unwrap();
        assert_eq!(&public, key.public_key());
    }
}

#[test]
fn public_keys_are_equal_when_id_and_numbers_are() {
    let key = example_key();
    let pem = key.public_key().to_pem();
    let same = PublicKey::load(&pem, Some(key.id())).unwrap();
    assert_eq!(&same, key.public_key());
    assert_ne!(
        &PublicKey::load(&pem, Some("other")).unwrap(),
        key.public_key()
    );
    let other = SigningKey::generate().unwrap().public_key().to_pem();
    assert_ne!(
        &PublicKey::load(other, Some(key.id())).unwrap(),
        key.public_key()
    );
}
