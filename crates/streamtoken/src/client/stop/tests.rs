mod server;

use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, ShutdownHandle, Transport};

use self::server::Server;
use super::{Inner, Socket, Stop, check, let_go};
use crate::client::veil::Veil;
use crate::client::{CallOptions, TokenParams};
use crate::{Client, Error, ErrorCode, Token};

/// Far more than it takes, and far less than the calls would wait.
const GUARD: Duration = Duration::from_secs(20);

fn create(client: &Client, name: &str, stop: Option<&Stop>) -> crate::Result<Token> {
    let params = stop.map(|stop| TokenParams::new().stop(stop));
    let tokens = client.stream().token();
    tokens.create(name, params.unwrap_or_default())
}

/// Begins a call in a thread of its own.
fn begin(client: &Client, name: &'static str, stop: &Stop) -> JoinHandle<crate::Result<Token>> {
    let (client, stop) = (client.clone(), stop.clone());
    thread::spawn(move || create(&client, name, Some(&stop)))
}

/// The end of a call that must not take long.
fn end<T>(call: JoinHandle<T>) -> T {
    poll(|| call.is_finished());
    call.join().unwrap()
}

fn poll(is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < GUARD, "it does not come about");
        thread::sleep(Duration::from_millis(1));
    }
}

fn aborted<T: std::fmt::Debug>(result: crate::Result<T>) -> Error {
    let error = result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ApiAborted, "{error}");
    error
}

#[test]
fn a_call_that_hangs_ends_when_it_is_stopped() {
    let server = Server::start();
    for (scheme, name, arrives) in [
        ("http", "hang", "hang"),
        ("http", "half", "half"),
        ("http", "endless", "endless"),
        ("https", "video", "handshake"),
    ] {
        let stop = Stop::new();
        let call = begin(&server.client(scheme), name, &stop);
        server.awaits(arrives);
        stop.stop();
        assert_eq!(
            aborted(end(call)).api().unwrap().attempts(),
            u32::from(scheme == "http")
        );
        poll(|| server.open.load(Ordering::SeqCst) == 0);
    }
}

#[test]
fn one_stop_ends_all_calls_that_have_it_and_no_others() {
    let server = Server::start();
    let client = server.client("http");
    let (stop, other) = (Stop::new(), Stop::new());
    let calls: Vec<_> = (0..8).map(|_| begin(&client, "hang", &stop)).collect();
    for _ in &calls {
        server.awaits("hang");
    }
    let apart = begin(&client, "wait", &other);
    server.awaits("wait");
    stop.stop();
    for call in calls {
        aborted(end(call));
    }
    aborted(create(&client, "video", Some(&stop)));
    server.gate.send(()).unwrap();
    end(apart).unwrap();
    assert_eq!(server.accepted.load(Ordering::SeqCst), 9);
}

#[test]
fn a_key_that_may_have_been_made_is_reported_so() {
    let server = Server::start();
    let client = server.client("http");
    let stop = Stop::new();
    let options = CallOptions::new().stop(&stop);
    let call = thread::spawn(move || client.stream().keys().create(&options));
    server.awaits("keys");
    stop.stop();
    let error = aborted(end(call));
    assert!(
        error
            .message()
            .contains("it may have been done all the same"),
        "{error}"
    );
}

#[test]
fn a_key_that_may_have_been_made_when_the_client_closes_is_reported_so() {
    let server = Server::start();
    let client = server.client("http");
    let asking = client.clone();
    let call = thread::spawn(move || asking.stream().keys().create(&CallOptions::new()));
    server.awaits("keys");
    client.close();
    let error = end(call).unwrap_err();
    assert_eq!(error.code(), ErrorCode::ClientClosed);
    assert_eq!(error.api().unwrap().attempts(), 1);
    assert_eq!(
        error.message(),
        "the client was closed; it may have been done all the same: look before you ask again"
    );
}

#[test]
fn a_connection_that_was_kept_outlives_the_stop_of_the_call_before() {
    let server = Server::start();
    let client = server.client("http");
    let (first, second) = (Stop::new(), Stop::new());
    create(&client, "video", Some(&first)).unwrap();
    server.awaits("video");
    let call = begin(&client, "wait", &second);
    server.awaits("wait");
    first.stop();
    server.gate.send(()).unwrap();
    end(call).unwrap();
    // The same holds once it is kept again, and it is held for the call that uses it.
    second.stop();
    create(&client, "video", None).unwrap();
    server.awaits("video");
    let third = Stop::new();
    let call = begin(&client, "hang", &third);
    server.awaits("hang");
    assert_eq!(server.accepted.load(Ordering::SeqCst), 1);
    third.stop();
    aborted(end(call));
}

#[test]
fn a_thousand_stops_hurt_no_other_call_and_leave_no_connections() {
    const THREADS: usize = 8;
    let server = Server::start();
    let client = server.client("http");
    let (stops, given) = mpsc::channel::<Stop>();
    // Before the call, while it is under way, or after it: as it comes.
    let stopper = thread::spawn(move || {
        for stop in given {
            stop.stop();
        }
    });
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for round in 0..1000 / THREADS {
                    let stop = Stop::new();
                    let name = if round % 4 == 0 { "hang" } else { "video" };
                    stops.send(stop.clone()).unwrap();
                    if let Err(error) = create(&client, name, Some(&stop)) {
                        assert_eq!(error.code(), ErrorCode::ApiAborted, "{error}");
                    }
                    create(&client, "video", None).unwrap();
                }
            });
        }
    });
    drop(stops);
    stopper.join().unwrap();
    poll(|| server.open.load(Ordering::SeqCst) <= THREADS);
    drop(client);
    poll(|| server.open.load(Ordering::SeqCst) == 0);
}

#[test]
fn a_deadline_counts_from_the_beginning_of_the_call() {
    const DEADLINE: Duration = Duration::from_millis(1);
    let server = Server::start();
    let client = server.client("http");
    let began = Instant::now();
    poll(|| began.elapsed() > DEADLINE);
    let call = CallOptions::new().deadline(DEADLINE);
    assert_eq!(client.deadline(&call), Some(DEADLINE));
    assert_eq!(client.deadline(&CallOptions::new()), None);
    let params = TokenParams::new().call(call.began(began));
    let late = client.stream().token().create("video", params);
    let late = late.unwrap_err();
    assert_eq!(late.code(), ErrorCode::ApiTimeout, "{late}");
    assert!(late.message().ends_with("the deadline is over"), "{late}");
    assert_eq!(late.api().unwrap().attempts(), 0);
    assert_eq!(server.accepted.load(Ordering::SeqCst), 0);
    let call = CallOptions::new().deadline(GUARD);
    let in_time = TokenParams::new().call(call.began(began));
    client.stream().token().create("video", in_time).unwrap();
}

/// Counts how often it is shut.
#[derive(Default)]
struct Fake(AtomicUsize);

impl ShutdownHandle for Fake {
    fn shutdown(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Fake {
    fn socket(self: &Arc<Self>) -> Socket {
        let socket = Socket::default();
        let fake: Weak<Self> = Arc::downgrade(self);
        socket.set(fake).unwrap();
        socket
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

#[test]
fn a_connection_is_kept_only_where_no_stop_can_shut_it_any_more() {
    let fake = Arc::new(Fake::default());
    let (stop, socket) = (Stop::new(), fake.socket());
    Stop::during(Some(&stop), || {
        socket.hold().unwrap();
        assert!(let_go());
        stop.stop();
        assert_eq!(fake.count(), 0, "it may be another call's by now");
        assert!(socket.hold().is_err() && check().is_err());
    });
    let stop = Stop::new();
    Stop::during(Some(&stop), || {
        socket.hold().unwrap();
        stop.stop();
        stop.stop();
        assert_eq!(fake.count(), 1);
        assert!(!let_go());
        // Another call on the same thread, and what is no call.
        Stop::during(None, || {
            assert!(let_go() && check().is_ok() && socket.hold().is_ok());
        });
        assert!(check().is_err());
    });
    assert!(let_go() && check().is_ok() && socket.hold().is_ok());
}

#[test]
fn an_attempt_that_is_over_holds_nothing() {
    let fake = Arc::new(Fake::default());
    let (stop, socket) = (Stop::new(), fake.socket());
    Stop::during(Some(&stop), || socket.hold().unwrap());
    assert!(stop.0.held().connections.is_empty());
    stop.stop();
    assert_eq!(fake.count(), 0);
}

#[test]
fn a_forked_process_shuts_nothing_and_waits_for_no_lock() {
    let stop = Stop(Arc::new(Inner {
        process: process::id() + 1,
        ..Inner::default()
    }));
    let fake = Arc::new(Fake::default());
    let socket = fake.socket();
    let held = stop.0.held();
    let in_fork = stop.clone();
    let stopped = thread::spawn(move || {
        Stop::during(Some(&in_fork), || {
            socket.hold().unwrap();
            in_fork.stop();
        });
    });
    end(stopped);
    assert!(held.connections.is_empty() && stop.is_stopped());
    assert_eq!(fake.count(), 0);
}

/// A connection that ends, when its call is stopped or by itself.
#[derive(Debug)]
struct Ending(Option<Stop>, LazyBuffers);

impl Transport for Ending {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.1
    }

    fn transmit_output(&mut self, _: usize, _: NextTimeout) -> Result<(), ureq::Error> {
        Ok(())
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, ureq::Error> {
        self.0.iter().for_each(Stop::stop);
        Ok(false)
    }

    fn is_open(&mut self) -> bool {
        true
    }
}

#[test]
fn an_answer_that_a_stop_cuts_off_is_not_whole() {
    for is_stopped in [true, false] {
        let stop = Stop::new();
        let ending = Ending(is_stopped.then(|| stop.clone()), LazyBuffers::new(9, 9));
        let mut veil = Veil::new(ending.boxed(), Socket::default());
        let end = Stop::during(Some(&stop), || veil.await_input(NextTimeout::default()));
        assert_eq!(end.ok(), (!is_stopped).then_some(false));
        assert_eq!(Stop::during(Some(&stop), || veil.is_open()), !is_stopped);
    }
}
