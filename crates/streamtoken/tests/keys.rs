//! Keys against hostile input: arbitrary bytes, damaged keys, and sizes that must cost nothing.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};
use proptest::prop_oneof;
use proptest::sample::Index;
use streamtoken::{ErrorCode, KeySet, PublicKey, SigningKey, Value, describe_key};

const ID: &str = "e9db990a82666dd571c77f944a5c5c8d";

fn example() -> SigningKey {
    let example = Value::parse(include_str!("../vectors/example-key.json")).expect("JSON");
    let pem = example.get("pem_base64").and_then(Value::as_str);
    SigningKey::load(pem.expect("a string"), Some(ID)).expect("the example loads")
}

/// The example key in every form that loads, and its public half.
fn good_forms() -> Vec<Vec<u8>> {
    let key = example();
    let der = |pem: &str| {
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        STANDARD.decode(body).expect("base64")
    };
    let response = format!(
        r#"{{"result":{{"id":"{ID}","pem":"{}","jwk":"{}"}},"success":true}}"#,
        *key.to_pem_base64(),
        *key.to_jwk_base64()
    );
    vec![
        key.to_pkcs1_pem().as_bytes().to_vec(),
        key.to_pkcs8_pem().replace('\n', "\r\n").into_bytes(),
        key.to_pkcs1_pem().replace('\n', "\\n").into_bytes(),
        key.to_jwk().as_bytes().to_vec(),
        key.to_pem_base64().as_bytes().to_vec(),
        key.to_jwk_base64().as_bytes().to_vec(),
        der(&key.to_pkcs1_pem()),
        der(&key.to_pkcs8_pem()),
        STANDARD.encode(der(&key.to_pkcs8_pem())).into_bytes(),
        response.into_bytes(),
        key.public_key().to_pem().into_bytes(),
        der(&key.public_key().to_pem()),
        key.public_key().to_jwk().into_bytes(),
        KeySet::from(&key).to_jwks().into_bytes(),
    ]
}

/// One way to damage a text.
#[derive(Debug, Clone)]
enum Damage {
    Flip(Index, u8),
    Truncate(Index),
    Cut(Index, Index),
    Insert(Index, Vec<u8>),
    Splice(Index, Index, Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    prop_oneof![
        4 => (at(), 0..8_u8).prop_map(|(place, bit)| Damage::Flip(place, bit)),
        1 => at().prop_map(Damage::Truncate),
        1 => (at(), at()).prop_map(|(from, to)| Damage::Cut(from, to)),
        1 => (at(), vec(any::<u8>(), 1..4)).prop_map(|(place, bytes)| Damage::Insert(place, bytes)),
        1 => (at(), at(), at()).prop_map(|(from, to, form)| Damage::Splice(from, to, form)),
    ]
}

impl Damage {
    fn apply(&self, mut text: Vec<u8>, forms: &[Vec<u8>]) -> Vec<u8> {
        if text.is_empty() {
            return text;
        }
        match self {
            Self::Flip(place, bit) => {
                let place = place.index(text.len());
                text[place] ^= 1 << bit;
            }
            Self::Truncate(place) => text.truncate(place.index(text.len())),
            Self::Cut(from, to) => {
                let (from, to) = (from.index(text.len()), to.index(text.len()));
                text.drain(from.min(to)..from.max(to));
            }
            Self::Insert(place, bytes) => {
                let place = place.index(text.len());
                text.splice(place..place, bytes.iter().copied());
            }
            Self::Splice(from, to, form) => {
                let other = &forms[form.index(forms.len())];
                text.truncate(from.index(text.len()));
                text.extend_from_slice(&other[to.index(other.len())..]);
            }
        }
        text
    }
}

/// Whatever comes in, nothing panics; a private key that loads is the example.
fn survives(text: &[u8], numbers: &str) {
    for id in [None, Some(ID)] {
        if let Ok(key) = SigningKey::load(text, id) {
            assert_eq!(*key.to_pkcs1_pem(), numbers);
        }
        let _ = PublicKey::load(text, id);
        let _ = describe_key(text, id);
    }
    let _ = KeySet::from_jwks(text);
}

#[test]
fn damaged_keys_are_refused_or_the_very_same() {
    let forms = good_forms();
    let numbers = example().to_pkcs1_pem().to_string();
    let case = (0..forms.len(), vec(damage(), 1..3));
    proptest!(|((form, damages) in case)| {
        let text = damages
            .iter()
            .fold(forms[form].clone(), |text, damage| damage.apply(text, &forms));
        survives(&text, &numbers);
    });
}

/// Damage to the numbers alone, inside an encoding that stays intact.
#[test]
fn damaged_numbers_are_refused() {
    let jwk = example().to_jwk();
    let members = ["n", "e", "d", "p", "q", "dp", "dq", "qi"];
    proptest!(|(member in 0..members.len(), place in any::<Index>(), bit in 0..8_u8)| {
        let start = jwk.find(&format!("\"{}\":\"", members[member])).unwrap() + members[member].len() + 4;
        let end = start + jwk[start..].find('"').unwrap();
        let mut number = URL_SAFE_NO_PAD.decode(&jwk[start..end]).unwrap();
        let place = place.index(number.len());
        number[place] ^= 1 << bit;
        let text = format!("{}{}{}", &jwk[..start], URL_SAFE_NO_PAD.encode(&number), &jwk[end..]);
        prop_assert!(SigningKey::load(&text, None).is_err(), "{} {place} {bit}", members[member]);
    });
}

#[test]
fn arbitrary_bytes_are_no_key() {
    proptest!(|(text in vec(any::<u8>(), 0..2048), prefix in 0..6_usize)| {
        let prefixes: [&[u8]; 6] = [b"", b"\x30\x82\x04\x00", b"{\"kty\":\"RSA\",", b"-----BEGIN RSA PRIVATE KEY-----", b"\xef\xbb\xbf", b"\""];
        let text = [prefixes[prefix], &text].concat();
        prop_assert!(SigningKey::load(&text, Some(ID)).is_err());
        survives(&text, "");
        survives(STANDARD.encode(&text).as_bytes(), "");
    });
}

#[test]
fn arbitrary_text_is_no_key() {
    proptest!(|(text in "[-\\\\\"' {}\\[\\]:,=A-Za-z0-9+/_\n]{0,400}")| {
        prop_assert!(SigningKey::load(&text, Some(ID)).is_err());
        survives(text.as_bytes(), "");
    });
}

#[test]
fn ids_are_taken_as_they_are() {
    let pem = example().to_pkcs1_pem();
    proptest!(|(id in "[A-Za-z0-9_-]{1,64}")| {
        let key = SigningKey::load(&*pem, Some(&id)).unwrap();
        prop_assert_eq!(key.id(), &*id);
        let again = SigningKey::load(&*key.to_jwk_base64(), None).unwrap();
        prop_assert_eq!(again.id(), &*id);
    });
}

/// A public JWK with a modulus of `bytes` bytes, its lowest bytes `low`.
fn jwk(id: &str, bytes: usize, low: u16) -> String {
    let mut modulus = vec![0x80; bytes];
    modulus.splice(bytes - 2.., (low * 2 + 1).to_be_bytes());
    let modulus = URL_SAFE_NO_PAD.encode(modulus);
    format!(r#"{{"kty":"RSA","kid":"{id}","n":"{modulus}","e":"AQAB"}}"#)
}

fn jwks(keys: &[String]) -> String {
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

#[test]
fn giant_numbers_are_refused_unread() {
    let megabit = jwk("big", 131_072, 0);
    let code = |result: Result<(), streamtoken::Error>| result.unwrap_err().code();
    let signing = SigningKey::load(&megabit, None).map(drop);
    assert_eq!(code(signing), ErrorCode::KeyTooLarge);
    let public = PublicKey::load(&megabit, None).map(drop);
    assert_eq!(code(public), ErrorCode::KeyTooLarge);
    let error = KeySet::from_jwks(jwks(&[megabit])).unwrap_err();
    assert_eq!(
        (error.code(), error.field()),
        (ErrorCode::KeySetMalformed, Some("/keys/0/n"))
    );
    let public = PublicKey::load(jwk("big", 45_000, 0), None).map(drop);
    assert_eq!(code(public), ErrorCode::KeySize);
    let exponent = jwk("big", 256, 0).replace("AQAB", &"_".repeat(60_000));
    let public = PublicKey::load(exponent, None).map(drop);
    assert_eq!(code(public), ErrorCode::KeyMalformed);
}

#[test]
fn a_set_holds_a_thousand_keys_and_a_mebibyte() {
    let mut keys: Vec<String> = (0..1000).map(|n| jwk(&format!("k{n}"), 256, n)).collect();
    let set = KeySet::from_jwks(jwks(&keys)).unwrap();
    assert_eq!(set.len(), 1000);
    assert_eq!(set.get("k999").map(PublicKey::id), Some("k999"));
    assert!(set.get("K999").is_none());
    assert_eq!(KeySet::from_jwks(set.to_jwks()).unwrap().len(), 1000);
    keys.push(keys[7].clone());
    assert_eq!(KeySet::from_jwks(jwks(&keys)).unwrap().len(), 1000);
    keys.push(jwk("one-more", 256, 1000));
    let error = KeySet::from_jwks(jwks(&keys)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::KeySetTooMany);
    let error = KeySet::new(set.iter().cloned().chain([example().public_key().clone()]));
    assert_eq!(error.unwrap_err().code(), ErrorCode::KeySetTooMany);
    let mut padded = jwks(&keys[..1]);
    padded.push_str(&" ".repeat(1_048_576 - padded.len()));
    assert_eq!(KeySet::from_jwks(&padded).unwrap().len(), 1);
    let error = KeySet::from_jwks(padded + " ").unwrap_err();
    assert_eq!(error.code(), ErrorCode::KeyTooLarge);
}

#[test]
fn keys_cross_threads() {
    fn crosses<T: Send + Sync + Clone>() {}
    crosses::<SigningKey>();
    crosses::<PublicKey>();
    crosses::<KeySet>();
}

/// What verifies may come as a set or as any one key.
#[test]
fn a_key_set_is_loaded_from_a_set_or_from_any_key() {
    let key = example();
    let set = KeySet::from(&key);
    for form in good_forms().into_iter().chain([
        set.to_jwks().into_bytes(),
        format!("\u{feff}  {}", set.to_jwks()).into_bytes(),
        key.public_key().to_pem().into_bytes(),
    ]) {
        let loaded = KeySet::load(&form, Some(ID)).expect("a good form");
        assert_eq!(loaded.get(ID), Some(key.public_key()));
        assert_eq!(loaded.len(), 1);
    }
    let member = format!("{},", key.public_key().to_jwk());
    let large = format!("{{\"keys\":[{}{{\"kty\":\"oct\"}}]}}", member.repeat(200));
    assert!(large.len() > 65_536, "a set may be larger than a key");
    assert_eq!(KeySet::load(large, None).map(|set| set.len()), Ok(1));
    let code = |text: &str| {
        KeySet::load(text, None)
            .map(drop)
            .map_err(|error| error.code())
    };
    assert_eq!(code("{}"), Err(ErrorCode::KeySetMalformed));
    assert_eq!(code("hello"), Err(ErrorCode::KeyUnrecognized));
    assert_eq!(
        code(&key.public_key().to_pem()),
        Err(ErrorCode::KeyIdMissing)
    );
    assert_eq!(code(r#"{"keys":[]}"#), Err(ErrorCode::KeySetEmpty));
}
