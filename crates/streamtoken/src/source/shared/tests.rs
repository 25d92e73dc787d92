use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use super::super::freshness::Moment;
use super::{Clock, TokenSource, Way};
use crate::key::tests::example_key;
use crate::{ApiFailure, Condition, Error, ErrorCode, Result, Rule, SignOptions, Signer, Token};

const START: u64 = 1_750_000_000;
const PATIENCE: Duration = Duration::from_secs(30);

/// Mints for a test.
#[derive(Clone)]
pub(super) struct Mint {
    pub(super) is_quick: bool,
    pub(super) make: Arc<dyn Fn() -> Result<Token> + Send + Sync>,
}

/// A clock that is set by hand.
#[derive(Clone)]
struct Hand(Arc<AtomicU64>);

impl Hand {
    fn set(&self, seconds: u64) {
        self.0.store(START + seconds, Ordering::SeqCst);
    }

    fn clock(&self) -> Clock {
        let time = Arc::clone(&self.0);
        Arc::new(move || {
            let now = time.load(Ordering::SeqCst);
            Moment {
                now,
                elapsed: Duration::from_secs(now),
                random: 0.0,
            }
        })
    }
}

/// A source, its clock, and how often it has minted. `fails` makes it fail.
struct Bench {
    source: TokenSource,
    hand: Hand,
    minted: Arc<AtomicUsize>,
    fails: Arc<AtomicBool>,
    /// What the API says with a failure.
    retry_after: Arc<Mutex<Option<Duration>>>,
}

/// A source by the test's clock. `gate` is waited at by whoever mints.
fn bench(is_quick: bool, gate: Option<Gate>) -> Bench {
    let hand = Hand(Arc::new(AtomicU64::new(START)));
    let (minted, fails) = (
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicBool::new(false)),
    );
    let signer = Signer::new(example_key());
    let (time, count, is_failing) = (Arc::clone(&hand.0), Arc::clone(&minted), Arc::clone(&fails));
    let retry_after = Arc::new(Mutex::new(None));
    let wait = Arc::clone(&retry_after);
    let make = move || {
        count.fetch_add(1, Ordering::SeqCst);
        if let Some(gate) = &gate {
            gate.pass();
        }
        if is_failing.load(Ordering::SeqCst) {
            let failure = ApiFailure {
                retry_after: *wait.lock().unwrap(),
                ..ApiFailure::default()
            };
            return Err(Error::new(ErrorCode::ApiConnection, "no way").with_api(failure));
        }
        signer.sign("v", &SignOptions::new().now(time.load(Ordering::SeqCst)))
    };
    let way = Way::Test(Mint {
        is_quick,
        make: Arc::new(make),
    });
    let source = timed(way, &hand);
    Bench {
        source,
        hand,
        minted,
        fails,
        retry_after,
    }
}

fn timed(way: Way, hand: &Hand) -> TokenSource {
    let options = SignOptions::new();
    let plan = super::Plan::new(&options).unwrap();
    let mut source = TokenSource::new(way, options, plan);
    Arc::get_mut(&mut source.0).unwrap().clock = hand.clock();
    source
}

impl Bench {
    fn count(&self) -> usize {
        self.minted.load(Ordering::SeqCst)
    }
}

/// Says when somebody mints, and holds them until they may go on.
struct Gate {
    arrived: Sender<()>,
    go: Mutex<Receiver<()>>,
}

impl Gate {
    fn new() -> (Self, Receiver<()>, Sender<()>) {
        let (arrived, arrivals) = mpsc::channel();
        let (leave, go) = mpsc::channel();
        let go = Mutex::new(go);
        (Self { arrived, go }, arrivals, leave)
    }

    fn pass(&self) {
        self.arrived.send(()).unwrap();
        self.go.lock().unwrap().recv_timeout(PATIENCE).unwrap();
    }
}

/// Waits for what another thread brings about.
fn poll(is_so: impl Fn() -> bool) {
    for _ in 0..3000 {
        if is_so() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("it never came about");
}

#[test]
fn a_thousand_threads_get_one_token_of_one_renewal() {
    let (gate, arrivals, leave) = Gate::new();
    let bench = bench(false, Some(gate));
    let begin = Barrier::new(1001);
    thread::scope(|scope| {
        let asks: Vec<_> = (0..1000)
            .map(|_| {
                scope.spawn(|| {
                    begin.wait();
                    bench.source.clone().token()
                })
            })
            .collect();
        begin.wait();
        arrivals.recv_timeout(PATIENCE).unwrap();
        leave.send(()).unwrap();
        let first = bench.source.token().unwrap();
        for ask in asks {
            assert!(Arc::ptr_eq(&ask.join().unwrap().unwrap(), &first));
        }
    });
    assert_eq!(bench.count(), 1);
}

#[test]
fn all_who_wait_get_the_error_and_the_callback_hears_it_once() {
    let (gate, arrivals, leave) = Gate::new();
    let bench = bench(false, Some(gate));
    bench.fails.store(true, Ordering::SeqCst);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&heard);
    let mut source = bench
        .source
        .clone()
        .on_error(move |error| list.lock().unwrap().push(error.code()));
    Arc::get_mut(&mut source.0).unwrap().clock = bench.hand.clock();
    thread::scope(|scope| {
        let first = scope.spawn(|| source.token());
        arrivals.recv_timeout(PATIENCE).unwrap();
        let asks: Vec<_> = (0..20).map(|_| scope.spawn(|| source.token())).collect();
        // Those who come once it is over would begin another: they have to be there before.
        let renewal = source.0.course.state().renewal.clone().unwrap();
        poll(|| Arc::strong_count(&renewal) >= 20 + 3);
        leave.send(()).unwrap();
        for ask in asks.into_iter().chain([first]) {
            let error = ask.join().unwrap().unwrap_err();
            assert_eq!(
                (error.code(), error.message()),
                (ErrorCode::ApiConnection, "no way")
            );
        }
    });
    assert_eq!(bench.count(), 1);
    assert_eq!(*heard.lock().unwrap(), [ErrorCode::ApiConnection]);
    // The next renewal is another one.
    bench.fails.store(false, Ordering::SeqCst);
    thread::scope(|scope| {
        let first = scope.spawn(|| source.token());
        arrivals.recv_timeout(PATIENCE).unwrap();
        let second = scope.spawn(|| source.token());
        let renewal = source.0.course.state().renewal.clone().unwrap();
        poll(|| second.is_finished() || Arc::strong_count(&renewal) == 4);
        leave.send(()).unwrap();
        let tokens = [first, second].map(|ask| ask.join().unwrap().unwrap());
        assert!(Arc::ptr_eq(&tokens[0], &tokens[1]));
    });
}

#[test]
fn the_old_token_is_given_while_a_thread_renews_it() {
    let (gate, arrivals, leave) = Gate::new();
    let bench = bench(false, Some(gate));
    leave.send(()).unwrap();
    let old = bench.source.token().unwrap();
    arrivals.recv_timeout(PATIENCE).unwrap();
    bench.hand.set(2880);
    for _ in 0..50 {
        assert_eq!(bench.source.token().unwrap(), old);
    }
    arrivals.recv_timeout(PATIENCE).unwrap();
    leave.send(()).unwrap();
    poll(|| bench.source.token().unwrap() != old);
    assert_eq!(bench.count(), 2);
    assert_eq!(bench.source.token().unwrap().exp(), START + 2880 + 3600);
}

#[test]
fn what_is_signed_here_is_renewed_by_the_caller() {
    let bench = bench(true, None);
    let old = bench.source.token().unwrap();
    bench.hand.set(2879);
    assert!(Arc::ptr_eq(&bench.source.token().unwrap(), &old));
    bench.hand.set(2880);
    assert_eq!(bench.source.token().unwrap().exp(), START + 2880 + 3600);
    assert_eq!(bench.count(), 2);
}

#[test]
fn a_signer_is_quick() {
    let hand = Hand(Arc::new(AtomicU64::new(crate::clock::now())));
    let source = timed(
        Way::Local(Signer::new(example_key()), "v".to_owned()),
        &hand,
    );
    let old = source.token().unwrap();
    hand.0.store(old.renew_at(), Ordering::SeqCst);
    let new = source.token().unwrap();
    assert!(!Arc::ptr_eq(&old, &new), "no thread was needed");
}

#[test]
fn after_a_failure_the_old_token_is_given_while_it_lives_and_no_longer() {
    let bench = bench(true, None);
    let old = bench.source.token().unwrap();
    bench.fails.store(true, Ordering::SeqCst);
    bench.hand.set(2880);
    assert_eq!(bench.source.token().unwrap(), old);
    assert_eq!(bench.source.token().unwrap(), old);
    assert_eq!(bench.count(), 2, "a pause");
    bench.hand.set(3599);
    assert_eq!(bench.source.token().unwrap(), old);
    bench.hand.set(3600);
    assert_eq!(
        bench.source.token().unwrap_err().code(),
        ErrorCode::ApiConnection
    );
    bench.fails.store(false, Ordering::SeqCst);
    assert_eq!(bench.source.token().unwrap().exp(), START + 7200);
}

#[test]
fn without_a_living_token_all_get_the_error_until_the_api_wants_to_be_asked() {
    let bench = bench(true, None);
    let calls = Arc::new(AtomicUsize::new(0));
    let told = Arc::clone(&calls);
    let mut source = bench.source.clone().on_error(move |_| {
        told.fetch_add(1, Ordering::SeqCst);
    });
    Arc::get_mut(&mut source.0).unwrap().clock = bench.hand.clock();
    *bench.retry_after.lock().unwrap() = Some(Duration::from_secs(30));
    bench.fails.store(true, Ordering::SeqCst);
    let first = source.token().unwrap_err();
    bench.fails.store(false, Ordering::SeqCst);
    for seconds in [0, 29] {
        bench.hand.set(seconds);
        // Those who did not fail themselves, too.
        let other = thread::scope(|scope| scope.spawn(|| source.token()).join().unwrap());
        for error in [source.token().unwrap_err(), other.unwrap_err()] {
            assert_eq!(error, first);
        }
    }
    assert_eq!(bench.count(), 1, "nothing was asked");
    assert_eq!(calls.load(Ordering::SeqCst), 1, "one renewal has failed");
    bench.hand.set(30);
    assert_eq!(source.token().unwrap().exp(), START + 30 + 3600);
}

#[test]
fn a_callback_may_panic_and_may_ask_the_source() {
    let bench = bench(true, None);
    bench.fails.store(true, Ordering::SeqCst);
    let calls = Arc::new(AtomicUsize::new(0));
    let (told, own) = (
        Arc::clone(&calls),
        Arc::new(Mutex::new(None::<TokenSource>)),
    );
    let place = Arc::clone(&own);
    let source = bench.source.clone().on_error(move |_| {
        let call = told.fetch_add(1, Ordering::SeqCst);
        let source = place.lock().unwrap().clone().unwrap();
        assert!(source.token().is_err());
        assert!(call > 0, "provoked by a test");
    });
    *own.lock().unwrap() = Some(source.clone());
    assert!(source.token().is_err());
    assert_eq!(calls.load(Ordering::SeqCst), 1, "not of its own failure");
    assert!(source.token().is_err());
    assert_eq!(calls.load(Ordering::SeqCst), 2, "again after it panicked");
    assert_eq!(bench.count(), 4);
    own.lock().unwrap().take();
}

#[test]
fn a_renewal_beside_the_callback_is_not_told_of() {
    let bench = bench(false, None);
    let calls = Arc::new(AtomicUsize::new(0));
    let own = Arc::new(Mutex::new(None::<TokenSource>));
    let (told, place, hand) = (Arc::clone(&calls), Arc::clone(&own), bench.hand.clone());
    let mut source = bench.source.clone().on_error(move |_| {
        told.fetch_add(1, Ordering::SeqCst);
        // The pause is over.
        hand.0.fetch_add(61, Ordering::SeqCst);
        let source = place.lock().unwrap().clone().unwrap();
        source.token().unwrap();
    });
    Arc::get_mut(&mut source.0).unwrap().clock = bench.hand.clock();
    *own.lock().unwrap() = Some(source.clone());
    source.token().unwrap();
    bench.fails.store(true, Ordering::SeqCst);
    bench.hand.set(2880);
    source.token().unwrap();
    poll(|| {
        let renewal = source.0.course.state().renewal.clone().unwrap();
        // The thread has it no more.
        bench.count() >= 3 && Arc::strong_count(&renewal) == 2
    });
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    own.lock().unwrap().take();
}

#[test]
fn a_renewal_that_panics_or_asks_for_itself_is_an_error() {
    let hand = Hand(Arc::new(AtomicU64::new(START)));
    let own = Arc::new(Mutex::new(None::<TokenSource>));
    let place = Arc::clone(&own);
    let make = move || {
        let source = place.lock().unwrap().clone();
        source.map_or_else(|| panic!("provoked by a test"), |own| own.token())?;
        Err(ErrorCode::Internal.into())
    };
    let way = Way::Test(Mint {
        is_quick: true,
        make: Arc::new(make),
    });
    let source = timed(way, &hand);
    for _ in 0..2 {
        let error = source.token().unwrap_err();
        assert_eq!(error.code(), ErrorCode::Internal);
        *own.lock().unwrap() = Some(source.clone());
    }
    own.lock().unwrap().take();
}

#[test]
fn a_process_that_was_forked_off_renews_by_itself() {
    let mut bench = bench(true, None);
    bench.source.token().unwrap();
    let inner = Arc::get_mut(&mut bench.source.0).unwrap();
    inner.course.process = 0;
    // A thread that is not in the child holds the lock there.
    thread::scope(|scope| {
        let _held = bench.source.0.course.state();
        let child = || bench.source.token().map(|token| token.exp());
        assert_eq!(scope.spawn(child).join().unwrap().unwrap(), START + 3600);
        assert_eq!(scope.spawn(child).join().unwrap().unwrap(), START + 3600);
    });
    assert_eq!(bench.count(), 2);
}

#[test]
fn what_will_never_do_is_told_at_once() {
    let signer = || Signer::new(example_key());
    let local = |identifier: &str, options: SignOptions| {
        let error = TokenSource::local(signer(), identifier, options).unwrap_err();
        (error.code(), error.field().unwrap_or_default().to_owned())
    };
    let day = SignOptions::new().expires_in(Duration::from_secs(86_401));
    for (found, code, field) in [
        (
            local("", SignOptions::new()),
            ErrorCode::IdentifierInvalid,
            "/identifier",
        ),
        (local("v", day), ErrorCode::ExpTooFar, "/expires_in"),
        (
            local("v", SignOptions::new().exp(START)),
            ErrorCode::OptionValue,
            "/exp",
        ),
        (
            local("v", SignOptions::new().now(START)),
            ErrorCode::OptionValue,
            "/now",
        ),
    ] {
        assert_eq!(found, (code, field.to_owned()));
    }
    let rules = crate::AccessRules::new([Rule::allow(Condition::country(["GB"]).unwrap())]);
    let options = SignOptions::new().access_rules(rules.unwrap());
    let strict = signer().lint(crate::LintLevel::Deny);
    let error = TokenSource::local(strict, "v", options).unwrap_err();
    assert_eq!(error.code(), ErrorCode::LintDenied);
}

#[cfg(feature = "client")]
#[test]
fn a_client_that_mints_is_a_source_too_and_requests_are_checked_before() {
    use crate::client::{Client, ClientOptions};

    let window = SignOptions::new().reuse_window(Duration::from_secs(60));
    let local = Client::local(Signer::new(example_key()));
    let source = TokenSource::remote(local, "v", window.clone()).unwrap();
    assert_eq!(source.token().unwrap().identifier(), "v");
    let options = ClientOptions::new().api_token("the-token").account_id("a");
    let client = Client::new(options).unwrap();
    let error = TokenSource::remote(client.clone(), "v", window).unwrap_err();
    assert_eq!(error.code(), ErrorCode::OptionNotRemote);
    let source = TokenSource::remote(client, "v", SignOptions::new()).unwrap();
    assert!(!format!("{source:?}").contains("the-token"));
}

#[test]
fn debug_output_shows_no_token() {
    let source = TokenSource::local(Signer::new(example_key()), "v", SignOptions::new()).unwrap();
    let token = source.token().unwrap();
    let shown = format!("{source:?}");
    assert!(
        shown.contains("\"v\"") && !shown.contains(token.as_str()),
        "{shown}"
    );
    assert_eq!(token.max_age(token.renew_at() - 7), 7);
    assert_eq!(token.max_age(token.exp()), 0);
}
