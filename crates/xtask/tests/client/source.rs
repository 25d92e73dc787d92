//! A source of tokens over the network: what the API answers is what it does.

use std::collections::VecDeque;
use std::io::{BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use streamtoken::client::ClientOptions;
use streamtoken::source::TokenSource;
use streamtoken::{Client, ErrorCode, SignOptions, Signer};

use crate::server::example;

const BUSY: &str = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 2\r\nconnection: close\r\n\r\n";
const DOWN: &str = "HTTP/1.1 503 Unavailable\r\nconnection: close\r\n\r\n";

/// An API with these answers, and how often it was asked.
fn api(answers: Vec<String>) -> (Client, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    thread::spawn(move || {
        let mut answers = VecDeque::from(answers);
        for client in listener.incoming() {
            count.fetch_add(1, Ordering::SeqCst);
            serve(client.unwrap(), &answers.pop_front().unwrap());
        }
    });
    let options = ClientOptions::new()
        .base_url(format!("http://{address}/client/v4"))
        .api_token("t")
        .account_id("a")
        .max_retries(0);
    (Client::new(options).unwrap(), asked)
}

fn serve(mut client: TcpStream, answer: &str) {
    let mut request = BufReader::new(client.try_clone().unwrap()).bytes();
    let mut seen = Vec::new();
    // The body has no nested object.
    while !seen.ends_with(b"}") {
        seen.push(request.next().unwrap().unwrap());
    }
    client.write_all(answer.as_bytes()).unwrap();
}

fn token(lifetime: u64) -> (String, String) {
    let signer = Signer::new(example().0);
    let options = SignOptions::new().expires_in(Duration::from_secs(lifetime));
    let token = signer.sign("video", &options).unwrap().into_string();
    let answer = format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{{\"success\":true,\"result\":{{\"token\":\"{token}\"}}}}"
    );
    (token, answer)
}

#[test]
fn a_source_renews_over_the_network() {
    let (first, answer) = token(15);
    let (second, last) = token(3600);
    let answers = [BUSY.to_owned(), answer, DOWN.to_owned(), last];
    let (client, asked) = api(answers.into());
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let source = TokenSource::remote(client, "video", SignOptions::new())
        .unwrap()
        .on_error(move |error| heard.lock().unwrap().push(error.code()));

    // The API wants to be left alone: nothing is sent meanwhile.
    for _ in 0..3 {
        let error = source.token().unwrap_err();
        assert_eq!(error.code(), ErrorCode::ApiRateLimited);
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    thread::sleep(Duration::from_millis(2100));

    // One renewal for all who wait.
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| assert_eq!(source.token().unwrap().as_str(), first));
        }
    });
    assert_eq!(asked.load(Ordering::SeqCst), 2);

    // It is due before it dies; a failure costs nobody a token.
    let given = (0..1000).map(|_| {
        thread::sleep(Duration::from_millis(50));
        source.token().unwrap()
    });
    let given = given.map(|token| token.as_str().to_owned());
    let renewed = given.into_iter().find(|token| *token != first);
    assert_eq!(renewed, Some(second));
    assert_eq!(asked.load(Ordering::SeqCst), 4);
    let expected = [ErrorCode::ApiRateLimited, ErrorCode::ApiServerError];
    assert_eq!(*told.lock().unwrap(), expected);
}
