//! What a good signature does not excuse. Inside the crate, since nothing public signs a payload that it
//! did not write.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::{
    ErrorCode, KeySet, SignOptions, Signer, SigningKey, Value, VerifyContext, Viewer, base64url,
    verify,
};

const NOW: u64 = 1_537_456_765;

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate().expect("a key"));
static KEYS: LazyLock<KeySet> = LazyLock::new(|| KeySet::from(&*KEY));

/// A token with this payload and a good signature.
fn signed(payload: &Value) -> String {
    let header = format!(r#"{{"alg":"RS256","kid":"{}"}}"#, KEY.id());
    let header = base64url::encode(header.as_bytes());
    let input = format!(
        "{header}.{}",
        base64url::encode(payload.to_string().as_bytes())
    );
    let signature = KEY.sign(input.as_bytes()).expect("a signature");
    format!("{input}.{}", base64url::encode(&signature))
}

fn claims(extra: (String, Value)) -> Value {
    let mut members = vec![
        ("sub".to_owned(), Value::String("video".into())),
        ("exp".to_owned(), Value::Integer((NOW + 60).into())),
    ];
    members.retain(|(name, _)| *name != extra.0);
    members.push(extra);
    Value::Object(members)
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<u64>().prop_map(|number| Value::Integer(number.into())),
        any::<i64>().prop_map(|number| Value::Integer(number.into())),
        prop::num::f64::NORMAL.prop_map(Value::Float),
        any::<String>().prop_map(Value::String),
        prop::sample::select(&["any", "ip.src", "block", "192.0.2.7/24", "GB", "1537456800"][..])
            .prop_map(|text| Value::String(text.into())),
    ];
    let name = prop::sample::select(&["type", "action", "ip", "country", "original", "x"][..]);
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..7).prop_map(Value::Array),
            prop::collection::hash_map(name.clone(), inner, 0..5).prop_map(
                |members| Value::Object(
                    members
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect()
                )
            ),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// A claim of any shape gives claims or a coded refusal; what is accepted says what the rules say.
    #[test]
    fn any_signed_claim_is_read_or_refused(
        name in prop::sample::select(&["accessRules", "exp", "nbf", "sub", "flags", "downloadable", "other"][..]),
        value in any_value(),
        ip in any::<[u8; 4]>(),
    ) {
        let token = signed(&claims((name.to_owned(), value)));
        let context = VerifyContext::new().now(NOW).viewer(Viewer::new().ip_addr(ip.into()));
        match verify(&token, &KEYS, &context) {
            Ok(claims) => {
                prop_assert!(claims.exp() > NOW && claims.exp() <= NOW + 86_400);
                prop_assert!(claims.nbf().is_none_or(|nbf| nbf <= NOW));
                prop_assert!(claims.access_rules().rules().len() <= 5);
            }
            Err(error) => {
                prop_assert!(error.code().number() >= 330 && error.code() != ErrorCode::Internal, "{error:?}");
            }
        }
    }
}

/// Claims of a foreign token may name a country that is not assigned; they are no licence to write it.
#[test]
fn rules_of_a_foreign_token_are_checked_before_they_are_minted_again() {
    let rule = r#"[{"type":"ip.geoip.country","action":"block","country":["ZZ"]}]"#;
    let rules = Value::parse(rule).expect("JSON");
    let token = signed(&claims(("accessRules".to_owned(), rules)));
    let context = VerifyContext::new()
        .now(NOW)
        .country("GB")
        .expect("a country");
    let claims = verify(&token, &KEYS, &context).expect("the rule is understood");
    let options = SignOptions::new().access_rules(claims.access_rules().clone());
    let refused = Signer::new(KEY.clone())
        .sign("video", &options)
        .map_err(|error| error.code());
    assert_eq!(refused, Err(ErrorCode::CountryInvalid));
}
