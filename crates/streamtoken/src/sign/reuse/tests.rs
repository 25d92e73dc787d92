use std::sync::Arc;
use std::thread;
use std::time::Duration;

use proptest::prelude::*;

use super::{MAX_KEPT, MAX_KEPT_TOKEN};
use crate::key::tests::example_key;
use crate::{
    AccessRules, Condition, ErrorCode, Flags, KeySet, LintLevel, Rule, SignOptions, Signer,
    SigningKey, TimeFormat, Token, VerifyContext, verify,
};

const NOW: u64 = 1_537_456_765;

fn options() -> SignOptions {
    SignOptions::new()
        .now(NOW)
        .reuse_window(Duration::from_secs(600))
}

/// A token that no key has signed: whoever gets it, got it from what was kept.
fn plant(signer: &Signer, identifier: &str, options: &SignOptions) {
    let mut token = signer.sign(identifier, options).unwrap();
    token.text = "planted".to_owned();
    let now = options.now.unwrap();
    let place = signer.kept.place(identifier, now, options).unwrap();
    signer.kept.put(&place, now, &token);
}

fn text(token: &Token) -> &str {
    token.as_str()
}

#[test]
fn a_kept_token_is_given_again_until_its_window_ends() {
    let signer = Signer::new(example_key());
    plant(&signer, "v", &options());
    let clone = signer.clone();
    for now in [NOW, 1_537_456_200, 1_537_456_799] {
        let token = clone.sign("v", &options().now(now)).unwrap();
        assert_eq!(text(&token), "planted", "at {now}");
    }
    let lines = [br#"{"identifier":"v"}"#];
    let answers = signer.sign_lines(&options(), 1, &lines);
    assert_eq!(text(answers[0].result().as_ref().unwrap()), "planted");
    for now in [1_537_456_199, 1_537_456_800] {
        let token = clone.sign("v", &options().now(now)).unwrap();
        assert_ne!(text(&token), "planted", "at {now}");
    }
}

#[test]
fn whatever_differs_is_minted() {
    let signer = Signer::new(example_key());
    plant(&signer, "v", &options());
    let rules = AccessRules::block([Condition::country(["GB"]).unwrap()]).unwrap();
    let others = [
        options().expires_in(Duration::from_secs(3600)),
        options().nbf(NOW),
        options().downloadable(true),
        options().access_rules(rules),
        options().flags(Flags::new().with_original(true)),
        options().time_format(TimeFormat::String),
        options().reuse_window(Duration::from_secs(300)),
        options().reuse_window(Duration::from_secs(1200)),
    ];
    for other in others {
        assert_ne!(
            text(&signer.sign("v", &other).unwrap()),
            "planted",
            "{other:?}"
        );
    }
    assert_ne!(text(&signer.sign("w", &options()).unwrap()), "planted");
    let other_level = signer.lint(LintLevel::Off);
    assert_ne!(text(&other_level.sign("v", &options()).unwrap()), "planted");
}

#[test]
fn signers_with_different_keys_share_nothing() {
    let generated = SigningKey::generate().unwrap();
    let other = SigningKey::load(generated.to_pkcs1_pem().as_str(), Some(example_key().id()));
    let (ours, theirs) = (Signer::new(example_key()), Signer::new(other.unwrap()));
    plant(&ours, "v", &options());
    let token = theirs.sign("v", &options()).unwrap();
    let keys = KeySet::from(theirs.key());
    assert!(verify(&token, &keys, &VerifyContext::new().now(NOW)).is_ok());
    assert_eq!(text(&ours.sign("v", &options()).unwrap()), "planted");
}

/// The largest time in seconds and the next, which is refused, lie in one window.
#[test]
fn a_time_that_is_refused_meets_no_token() {
    let signer = Signer::new(example_key());
    let last = options().now(99_999_999_999);
    signer.sign("v", &last).unwrap();
    let refused = signer.sign("v", &options().now(100_000_000_000));
    assert_eq!(refused.unwrap_err().code(), ErrorCode::TimeInMilliseconds);
}

#[test]
fn what_meets_in_the_map_is_compared() {
    let signer = Signer::new(example_key());
    plant(&signer, "v", &options());
    let other = options().downloadable(true);
    for (identifier, now, other) in [
        ("w", NOW, &options()),
        ("v", NOW, &other),
        ("v", NOW + 600, &options()),
    ] {
        let mut place = signer.kept.place(identifier, now, other).unwrap();
        let planted = options();
        place.hash = signer.kept.place("v", NOW, &planted).unwrap().hash;
        assert_eq!(signer.kept.get(&place), None);
        place.starts_later = true;
        assert_eq!(signer.kept.get(&place), None);
    }
}

#[test]
fn warnings_come_back_with_a_kept_token() {
    let rules = AccessRules::new([Rule::allow(Condition::country(["GB"]).unwrap())]).unwrap();
    let signer = Signer::new(example_key());
    let options = options().access_rules(rules).nbf(NOW + 10);
    let ids = |now| {
        let token = signer.sign("v", &options.clone().now(now)).unwrap();
        let ids = token.warnings().iter().map(crate::Finding::id);
        ids.collect::<Vec<_>>()
    };
    for _ in 0..2 {
        assert_eq!(ids(NOW), ["allow_without_block", "not_valid_yet"]);
        assert_eq!(ids(NOW + 10), ["allow_without_block"]);
    }
    assert_eq!(signer.kept.tokens.read().unwrap().len(), 2);
}

#[test]
fn the_number_of_kept_tokens_is_limited() {
    let signer = Signer::new(example_key());
    let token = signer.sign("v", &options()).unwrap();
    let put = |now: u64, number: usize| {
        let (identifier, options) = (format!("v{number}"), options());
        let mut token = token.clone();
        token.identifier.clone_from(&identifier);
        token.renew_at = now / 600 * 600 + 600;
        let place = signer.kept.place(&identifier, now, &options).unwrap();
        signer.kept.put(&place, now, &token);
    };
    let has = |now: u64, number: usize| {
        let (identifier, options) = (format!("v{number}"), options());
        let place = signer.kept.place(&identifier, now, &options).unwrap();
        signer.kept.get(&place).is_some()
    };
    let length = || signer.kept.tokens.read().unwrap().len();
    put(NOW - 600, 0);
    for number in 1..2 * MAX_KEPT {
        put(NOW, number);
        assert!(length() <= MAX_KEPT);
    }
    assert!(!has(NOW - 600, 0), "the window that ends first goes first");
    assert!(has(NOW, 2 * MAX_KEPT - 1), "the newest is kept");
    put(NOW + 600, 0);
    assert_eq!(length(), 1, "what has expired is dropped");
}

#[test]
fn long_tokens_and_those_of_no_window_are_not_kept() {
    let signer = Signer::new(example_key());
    let networks = |count: u32| {
        let network = |n| format!("93.{}.{}.0/24", n / 256, n % 256);
        let condition = Condition::ip((0..count).map(network)).unwrap();
        AccessRules::block([condition]).unwrap()
    };
    let length = || signer.kept.tokens.read().unwrap().len();
    signer.sign("v", &SignOptions::new().now(NOW)).unwrap();
    let long = options().access_rules(networks(200));
    assert!(text(&signer.sign("v", &long).unwrap()).len() > MAX_KEPT_TOKEN);
    assert_eq!(length(), 0);
    signer
        .sign("v", &options().access_rules(networks(100)))
        .unwrap();
    assert_eq!(length(), 1);
}

/// As in a process that was forked off while another thread had the map.
#[test]
fn a_map_that_is_held_for_ever_is_done_without() {
    let signer = Signer::new(example_key());
    plant(&signer, "v", &options());
    let held = signer.kept.tokens.write().unwrap();
    thread::scope(|scope| {
        let minted = scope.spawn(|| signer.sign("v", &options()).unwrap());
        assert_ne!(text(&minted.join().unwrap()), "planted");
    });
    drop(held);
    assert_eq!(text(&signer.sign("v", &options()).unwrap()), "planted");
    let reading = signer.kept.tokens.read().unwrap();
    assert_eq!(text(&signer.sign("v", &options()).unwrap()), "planted");
    signer.sign("w", &options()).unwrap();
    drop(reading);
    assert_eq!(signer.kept.tokens.read().unwrap().len(), 1);
}

#[test]
fn a_map_that_a_panic_left_is_used() {
    let signer = Signer::new(example_key());
    let kept = Arc::clone(&signer.kept);
    let panicked = thread::spawn(move || {
        let _held = kept.tokens.write().unwrap();
        panic!("a panic of a thread that holds the map");
    });
    assert!(panicked.join().is_err());
    plant(&signer, "v", &options());
    assert_eq!(text(&signer.sign("v", &options()).unwrap()), "planted");
}

#[test]
fn debug_shows_no_token() {
    let signer = Signer::new(example_key());
    let token = signer.sign("v", &options()).unwrap();
    let signature = text(&token).rsplit('.').next().unwrap();
    assert!(!format!("{signer:?}").contains(&signature[..16]));
}

/// Few values, so that many mints meet.
fn any_mint() -> impl Strategy<Value = (&'static str, SignOptions)> {
    let rules = prop_oneof![
        Just(AccessRules::default()),
        Just(AccessRules::block([Condition::country(["GB"]).unwrap()]).unwrap()),
        Just(AccessRules::allow_only([Condition::country(["GB"]).unwrap()]).unwrap()),
    ];
    let window = prop_oneof![Just(None), Just(Some(0)), Just(Some(300)), Just(Some(600))];
    let lifetime = prop_oneof![Just(None), Just(Some(3600)), Just(Some(30))];
    let nbf = prop_oneof![Just(None), Just(Some(NOW)), Just(Some(NOW + 200))];
    let now = prop_oneof![
        NOW - 20..NOW + 700,
        Just(99_999_999_999),
        Just(100_000_000_000)
    ];
    let flags = (any::<bool>(), any::<bool>());
    let identifier = prop_oneof![Just("v"), Just("w"), Just("not an id")];
    (identifier, now, window, lifetime, nbf, rules, flags).prop_map(
        |(identifier, now, window, lifetime, nbf, rules, (downloadable, original))| {
            let mut options = SignOptions::new()
                .now(now)
                .downloadable(downloadable)
                .flags(Flags::new().with_original(original))
                .access_rules(rules);
            (options.reuse_window, options.expires_in, options.nbf) = (window, lifetime, nbf);
            (identifier, options)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn a_signer_that_keeps_tokens_mints_as_a_fresh_one(
        mints in proptest::collection::vec(any_mint(), 1..24),
        level in proptest::sample::select(LintLevel::ALL),
    ) {
        let key = example_key();
        let signer = Signer::new(key.clone()).lint(level);
        let answers = signer.sign_many(&mints);
        for ((identifier, options), answer) in mints.iter().zip(answers) {
            let fresh = Signer::new(key.clone()).lint(level).sign(identifier, options);
            let again = signer.sign(identifier, options);
            for answer in [answer, again] {
                let warnings = |answer: &crate::Result<Token>| {
                    answer.as_ref().map(|token| token.warnings().to_vec()).ok()
                };
                prop_assert_eq!(warnings(&answer), warnings(&fresh));
                prop_assert_eq!(&answer, &fresh);
            }
        }
    }
}
