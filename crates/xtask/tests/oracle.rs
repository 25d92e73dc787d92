//! Tokens of the core before independent judges, and tokens of theirs before the core: jsonwebtoken on
//! both of its back ends, and OpenSSL's command line. Keys are made here and die with the test.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use streamtoken::{
    AccessRules, Condition, Flags, KeySet, SignOptions, Signer, SigningKey, TimeFormat,
    VerifyContext, verify,
};
use tempfile::TempDir;
use xtask::oracle::{Backend, Oracle};

#[test]
fn both_back_ends_accept_what_the_core_mints() {
    let now = clock();
    check(options(now), |(signer, identifier, options)| {
        let token = signer.sign(&identifier, &options).expect("good options");
        let request = verification(token.as_str(), signer);
        for mut oracle in oracles() {
            let claims = oracle.ask(&request).expect("the oracle accepts")["claims"].take();
            assert_eq!(claims["sub"], json!(identifier));
            assert_eq!(claims["exp"], json!(token.exp()));
            assert_eq!(claims["nbf"], json!(token.nbf()));
        }
    });
}

#[test]
fn both_back_ends_refuse_a_changed_token_another_key_and_string_times() {
    let now = clock();
    let [signer, other, ..] = signers();
    let options = SignOptions::new().now(now);
    let token = signer.sign("video", &options).expect("good options");
    let changed = changed(token.as_str());
    let strings = signer
        .sign("video", &options.time_format(TimeFormat::String))
        .expect("good options");
    for mut oracle in oracles() {
        oracle
            .ask(&verification(token.as_str(), signer))
            .expect("unchanged it is accepted");
        for (case, request) in [
            ("changed", verification(&changed, signer)),
            ("other key", verification(token.as_str(), other)),
            ("string times", verification(strings.as_str(), signer)),
        ] {
            assert!(oracle.ask(&request).is_err(), "{case}");
        }
    }
}

#[test]
fn openssl_accepts_what_the_core_mints() {
    let now = clock();
    let folder = TempDir::new().expect("a temporary folder");
    check(options(now), |(signer, identifier, options)| {
        let token = signer.sign(&identifier, &options).expect("good options");
        assert!(openssl_verifies(folder.path(), token.as_str(), signer));
        assert!(!openssl_verifies(
            folder.path(),
            &changed(token.as_str()),
            signer
        ));
    });
}

#[test]
fn the_core_accepts_what_both_back_ends_mint() {
    let now = clock();
    check(foreign_claims(now), |(signer, claims)| {
        let keys = KeySet::from(signer.key());
        let context = VerifyContext::new().now(now);
        for mut oracle in oracles() {
            let token = foreign_token(&mut oracle, signer, &claims);
            let checked = verify(&token, &keys, &context).expect("a good token");
            assert_eq!(json!(checked.sub()), claims["sub"]);
            assert_eq!(json!(checked.exp()), claims["exp"]);
            assert!(verify(changed(&token), &keys, &context).is_err());
        }
    });
}

/// Runs `test` on a few random cases: each signs several times, and RSA is slow.
fn check<S: Strategy>(strategy: S, test: impl Fn(S::Value)) {
    let config = Config {
        cases: 24,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&strategy, |value| {
            test(value);
            Ok(())
        })
        .expect("the property holds");
}

/// A key, an identifier, and options that the core and jsonwebtoken both understand.
fn options(now: u64) -> impl Strategy<Value = (&'static Signer, String, SignOptions)> {
    let lifetime = 60..=86_400_u64;
    (
        signer(),
        identifier(),
        lifetime,
        0..=7_200_u64,
        any::<[bool; 3]>(),
    )
        .prop_map(
            move |(signer, identifier, lifetime, age, [downloadable, original, ruled])| {
                let mut options = SignOptions::new()
                    .now(now)
                    .nbf(now - age)
                    .expires_in(Duration::from_secs(lifetime))
                    .downloadable(downloadable)
                    .flags(Flags::new().with_original(original));
                if ruled {
                    let countries = Condition::country(["GB", "IE"]).expect("two countries");
                    let rules = AccessRules::allow_only([countries]).expect("a rule");
                    options = options.access_rules(rules);
                }
                (signer, identifier, options)
            },
        )
}

/// Claims in no order of ours, with members that the core does not know.
fn foreign_claims(now: u64) -> impl Strategy<Value = (&'static Signer, Value)> {
    (
        signer(),
        identifier(),
        60..=86_400_u64,
        any::<u32>(),
        ".{0,40}",
    )
        .prop_map(move |(signer, identifier, lifetime, number, text)| {
            let claims = json!({
                "iat": number,
                "note": { "text": text },
                "sub": identifier,
                "nbf": now - 60,
                "exp": now + lifetime,
            });
            (signer, claims)
        })
}

fn identifier() -> impl Strategy<Value = String> {
    "[A-Za-z0-9_-]{1,32}"
}

fn signer() -> impl Strategy<Value = &'static Signer> {
    (0..signers().len()).prop_map(|index| &signers()[index])
}

fn foreign_token(oracle: &mut Oracle, signer: &Signer, claims: &Value) -> String {
    let request = json!({
        "op": "sign",
        "header": { "alg": "RS256", "typ": "JWT", "kid": signer.key().id() },
        "claims": claims,
        "pem": signer.key().to_pkcs1_pem().as_str(),
    });
    let answer = oracle.ask(&request).expect("the oracle signs");
    answer["token"].as_str().expect("a token").to_owned()
}

fn verification(token: &str, signer: &Signer) -> Value {
    let jwk = signer.key().public_key().to_jwk();
    let jwk: Value = serde_json::from_str(&jwk).expect("a JWK is JSON");
    json!({ "op": "verify", "token": token, "jwk": jwk })
}

/// `openssl dgst -sha256 -verify` over the signing input.
fn openssl_verifies(folder: &Path, token: &str, signer: &Signer) -> bool {
    use base64::Engine;
    let (input, signature) = token.rsplit_once('.').expect("three parts");
    let signature = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(signature)
        .expect("base64url");
    let file = |name: &str, content: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, content).expect("a writable folder");
        path
    };
    let public = file("public.pem", signer.key().public_key().to_pem().as_bytes());
    let output = Command::new("openssl")
        .args(["dgst", "-sha256", "-verify"])
        .arg(public)
        .arg("-signature")
        .arg(file("signature", &signature))
        .arg(file("input", input.as_bytes()))
        .output()
        .expect("openssl runs");
    match output.stdout.trim_ascii() {
        b"Verified OK" => true,
        b"Verification failure" | b"Verification Failure" => false,
        _ => panic!("{}", String::from_utf8_lossy(&output.stderr)),
    }
}

/// The token with another first character in its payload: still base64url.
fn changed(token: &str) -> String {
    let (header, rest) = token.split_once('.').expect("three parts");
    let replacement = if rest.starts_with('e') { 'f' } else { 'e' };
    format!("{header}.{replacement}{}", &rest[1..])
}

/// jsonwebtoken looks at the machine's clock, so these tests do too.
#[expect(clippy::disallowed_methods, reason = "the oracle reads the same clock")]
fn clock() -> u64 {
    let now = SystemTime::now();
    now.duration_since(SystemTime::UNIX_EPOCH)
        .expect("a clock after 1970")
        .as_secs()
}

fn signers() -> &'static [Signer; 4] {
    static SIGNERS: LazyLock<[Signer; 4]> =
        LazyLock::new(|| [(); 4].map(|()| Signer::new(SigningKey::generate().expect("a new key"))));
    &SIGNERS
}

/// One oracle a back end, lent to one test at a time.
fn oracles() -> impl Iterator<Item = impl std::ops::DerefMut<Target = Oracle>> {
    static ORACLES: LazyLock<[Mutex<Oracle>; 2]> = LazyLock::new(|| {
        Backend::ALL.map(|backend| Mutex::new(Oracle::start(backend).expect("the oracle starts")))
    });
    ORACLES.iter().map(|oracle| {
        oracle
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    })
}
