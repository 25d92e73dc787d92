//! Arbitrary input at the public functions of minting and reading: a result or a coded error, never a
//! panic, and never content of the input in an error.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::collection::vec;
use proptest::prelude::*;
use streamtoken::{
    AccessRules, Condition, ErrorCode, KeySet, MAX_LINE, MAX_TOKEN, SignOptions, Signer,
    SigningKey, UrlOptions, Value, VerifyContext, inspect, prepare, verify,
};

const NOW: u64 = 1_537_456_765;
const VIDEO: &str = "ea95132c15732412d22c1476fa83f27a";

static SIGNER: LazyLock<Signer> =
    LazyLock::new(|| Signer::new(SigningKey::generate().expect("a key")));
static KEYS: LazyLock<KeySet> = LazyLock::new(|| KeySet::from(SIGNER.key()));

fn token() -> String {
    let options = SignOptions::new().now(NOW).downloadable(true);
    SIGNER.sign(VIDEO, &options).expect("a token").into_string()
}

fn context() -> VerifyContext {
    VerifyContext::new().now(NOW)
}

/// JSON values as a host language builds them, NaN and unpaired names included.
fn any_value() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        any::<i128>().prop_map(Value::Integer),
        (0..2_000_000_000_000_i128).prop_map(Value::Integer),
        any::<f64>().prop_map(Value::Float),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number,
        any::<String>().prop_map(Value::String),
        "([0-9]{1,6}[smhd]){1,3}".prop_map(Value::String),
        Just(Value::String("any".into())),
        Just(Value::String("192.0.2.0/24".into())),
    ];
    let name = prop_oneof![
        proptest::sample::select(SignOptions::NAMES).prop_map(ToOwned::to_owned),
        proptest::sample::select(VerifyContext::NAMES).prop_map(ToOwned::to_owned),
        proptest::sample::select(&["type", "action", "ip", "country", "original", "id"][..])
            .prop_map(ToOwned::to_owned),
        any::<String>(),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..8).prop_map(Value::Array),
            vec((name.clone(), inner), 0..8).prop_map(Value::Object),
        ]
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_no_token(bytes in vec(any::<u8>(), 0..400)) {
        prop_assert!(verify(&bytes, &KEYS, &context()).is_err());
        let _ = inspect(&bytes);
    }

    #[test]
    fn arbitrary_parts_are_no_token(header in vec(any::<u8>(), 1..60), payload in vec(any::<u8>(), 1..60)) {
        let encode = |bytes: Vec<u8>| URL_SAFE_NO_PAD.encode(bytes);
        let text = format!("{}.{}.{}", encode(header), encode(payload), encode(vec![1; 256]));
        prop_assert!(verify(&text, &KEYS, &context()).is_err());
        let _ = inspect(&text);
    }

    /// Whatever is changed about a good token, it is refused.
    #[test]
    fn a_changed_token_is_refused(position in any::<prop::sample::Index>(), replacement in any::<u8>(), insert in any::<bool>()) {
        let good = token().into_bytes();
        let mut bad = good.clone();
        let position = position.index(good.len());
        if insert {
            bad.insert(position, replacement);
        } else {
            bad[position] = replacement;
        }
        prop_assert_eq!(verify(&bad, &KEYS, &context()).is_ok(), bad == good);
    }

    /// Options of any shape: what is minted verifies here, and lives no longer than a day.
    #[test]
    fn any_options_mint_a_good_token_or_are_refused(value in any_value()) {
        let Ok(options) = SignOptions::from_value(&value) else { return Ok(()) };
        let options = if value.get("now").is_some() { options } else { options.now(NOW) };
        let Ok(token) = SIGNER.sign(VIDEO, &options) else { return Ok(()) };
        prop_assert!(token.nbf() < token.exp() && token.renew_at() <= token.exp());
        prop_assert!(inspect(token.as_str()).is_ok());
        let prepared = prepare(SIGNER.key().public_key(), VIDEO, &options).expect("the same options");
        prop_assert!(token.as_str().starts_with(prepared.signing_input()));
    }

    #[test]
    fn arbitrary_text_is_options_or_refused(text in any::<String>(), bytes in vec(any::<u8>(), 0..200)) {
        let _ = SignOptions::from_json(&text);
        let _ = VerifyContext::from_json(&text);
        let empty = bytes.trim_ascii() == b"{}";
        prop_assert_eq!(SignOptions::from_json(&bytes).is_ok(), empty);
    }

    #[test]
    fn any_context_is_taken_or_refused(value in any_value()) {
        if let Ok(context) = VerifyContext::from_value(&value) {
            let _ = verify(token(), &KEYS, &context);
        }
    }

    /// Every line is answered, in order, whatever the others are.
    #[test]
    fn each_line_of_a_batch_is_answered(lines in vec(prop_oneof![
        any::<Vec<u8>>(),
        Just(br#"{"identifier":"x"}"#.to_vec()),
        any_value().prop_map(|value| value.to_string().into_bytes()),
    ], 0..20)) {
        let answers = SIGNER.sign_lines(&SignOptions::new().now(NOW), 7, &lines);
        prop_assert_eq!(answers.len(), lines.len());
        for ((number, answer), line) in (7..).zip(&answers).zip(&lines) {
            let answer = Value::parse(answer.to_string()).expect("an answer is JSON");
            prop_assert_eq!(answer.get("line"), Some(&Value::Integer(number)));
            prop_assert_ne!(answer.get("token").is_some(), answer.get("error").is_some());
            let good = line == br#"{"identifier":"x"}"#;
            prop_assert!(answer.get("token").is_some() || !good);
        }
    }
}

#[test]
fn a_line_of_ten_mebibytes_is_one_error() {
    let long = vec![b'x'; 10 << 20];
    let cut = vec![b' '; MAX_LINE + 2];
    let fits = [br#"{"identifier":"x"}"#.to_vec(), vec![b' '; MAX_LINE - 18]].concat();
    let over = [fits.as_slice(), b" "].concat();
    let answers = SIGNER.sign_lines(&SignOptions::new(), 1, &[long, cut, over, fits]);
    for answer in &answers[..3] {
        let code = answer.result().as_ref().map_err(streamtoken::Error::code);
        assert_eq!(code.map(drop), Err(ErrorCode::LineTooLong), "{answer}");
    }
    assert!(answers[3].result().is_ok(), "1 MiB is allowed");
}

/// The limit is checked before the signature is made, so its length is worked out.
#[test]
fn the_longest_token_has_16384_characters() {
    // With an id of this length, both lengths next to the limit are possible.
    let key = SigningKey::load(&*SIGNER.key().to_pkcs1_pem(), Some("k")).expect("a key");
    let signer = Signer::new(key);
    let networks: Vec<_> = (100..759)
        .map(|n| format!("10.{}.{}.0/24", n / 100 + 100, n % 100 + 100))
        .collect();
    let rules = AccessRules::block([Condition::ip(&networks).expect("networks")]).expect("rules");
    let options = SignOptions::new().now(NOW).access_rules(rules);
    let results: Vec<_> = (1..=32)
        .map(|length| signer.sign(&"v".repeat(length), &options))
        .collect();
    let longest = results.iter().flatten().map(|token| token.as_str().len());
    assert_eq!(longest.max(), Some(MAX_TOKEN));
    let refused = results.iter().find_map(|result| result.as_ref().err());
    let message = refused.expect("a refusal").message();
    assert!(
        message.starts_with("the token would have 16385 "),
        "{message}"
    );
}

#[test]
fn line_numbers_may_start_anywhere() {
    let answers = SIGNER.sign_lines(&SignOptions::new(), u64::MAX, &["x", "y"]);
    assert_eq!(answers[0].line(), u64::MAX);
    assert_eq!(answers[1].line(), 0);
}

#[test]
fn keys_and_signers_are_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<SigningKey>();
    shared::<Signer>();
    shared::<KeySet>();
    shared::<streamtoken::Token>();
    shared::<streamtoken::Error>();
}

#[test]
fn one_error_of_many_loses_no_other() {
    let items: Vec<_> = (0..50)
        .map(|n| {
            (
                if n % 7 == 3 {
                    String::new()
                } else {
                    format!("video{n}")
                },
                SignOptions::new().now(NOW),
            )
        })
        .collect();
    for (n, result) in SIGNER.sign_many(&items).iter().enumerate() {
        match result {
            Ok(token) => {
                assert_eq!(token.identifier(), format!("video{n}"));
                assert_eq!(token.exp(), NOW + 3_600, "an item's own now counts");
            }
            Err(error) => assert_eq!((n % 7, error.code()), (3, ErrorCode::IdentifierInvalid)),
        }
    }
}

#[test]
fn a_token_is_redacted_but_in_its_compact_form() {
    let token = SIGNER.sign(VIDEO, &SignOptions::new()).expect("a token");
    assert!(!format!("{token:?}{SIGNER:?}").contains(&token.as_str()[..40]));
    assert_eq!(token.to_string(), token.as_str());
}

/// JSON text cannot say it, a host language's value might.
#[test]
fn a_member_that_stands_twice_in_a_value_is_refused() {
    let twice = |name: &str, value: Value| {
        Value::Object(vec![(name.into(), value.clone()), (name.into(), value)])
    };
    let code = |result: Result<(), streamtoken::Error>| result.map_err(|error| error.code());
    let duplicate = Err(ErrorCode::JsonDuplicateMember);
    fn options(value: &Value) -> Result<(), streamtoken::Error> {
        SignOptions::from_value(value).map(drop)
    }
    assert_eq!(code(options(&twice("exp", Value::Integer(1)))), duplicate);
    let flags = twice("original", Value::Bool(true));
    assert_eq!(
        code(options(&Value::Object(vec![("flags".into(), flags)]))),
        duplicate
    );
    let context = VerifyContext::from_value(&twice("leeway", Value::Integer(1)));
    assert_eq!(code(context.map(drop)), duplicate);
    let urls = Value::Object(vec![("hls".into(), twice("duration", Value::Integer(1)))]);
    let refused = UrlOptions::from_value(&urls).expect_err("refused");
    assert_eq!(refused.field(), Some("/hls/duration"));
    assert_eq!(code(Err(refused)), duplicate);
}

/// The typed setters take any integer; what loosely typed values are refused for is refused here too.
#[test]
fn typed_setters_are_checked_when_they_are_used() {
    let milliseconds = NOW * 1_000;
    let refusal = |options: SignOptions| {
        let error = SIGNER.sign(VIDEO, &options.clone()).expect_err("refused");
        (error.code(), error.field().map(ToOwned::to_owned))
    };
    let new = SignOptions::new;
    for (options, field) in [
        (new().exp(milliseconds), "/exp"),
        (new().nbf(milliseconds), "/nbf"),
        (new().now(milliseconds), "/now"),
        (
            new().expires_in(std::time::Duration::from_secs(u64::MAX)),
            "/expires_in",
        ),
    ] {
        assert_eq!(
            refusal(options),
            (ErrorCode::TimeInMilliseconds, Some(field.to_owned()))
        );
    }
    let refusal = |context: VerifyContext| {
        let error = verify(token(), &KEYS, &context).expect_err("refused");
        (error.code(), error.field().map(ToOwned::to_owned))
    };
    for (context, code, field) in [
        (context().leeway(301), ErrorCode::LeewayTooLarge, "/leeway"),
        (
            context().identifier(""),
            ErrorCode::IdentifierInvalid,
            "/identifier",
        ),
        (
            context().now(milliseconds),
            ErrorCode::TimeInMilliseconds,
            "/now",
        ),
    ] {
        assert_eq!(refusal(context), (code, Some(field.to_owned())));
    }
}
