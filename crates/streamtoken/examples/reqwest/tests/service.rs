//! The example against the token service's emulator, as a function and as a program.
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::net::SocketAddr;
use std::pin::pin;
use std::process::{Command, Output};
use std::time::Duration;

use streamtoken::client::{Call, CallOptions, ClientOptions, CreatedKey, Requests, TokenParams};
use streamtoken::{ErrorCode, verify};
use streamtoken::{KeySet, VerifyContext};
use streamtoken_example_reqwest::{http_client, send};
use streamtoken_server::dev::{Emulator, EmulatorOptions};
use streamtoken_server::serve;
use tokio::net::TcpListener;
use tokio::time::timeout;

const VIDEO: &str = "ea95132c15732412d22c1476fa83f27a";

/// Where the emulator is, its account and its API token.
async fn emulator() -> (String, String, String) {
    let emulator = Emulator::start(EmulatorOptions::default()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let told = emulator.introduction(address);
    let (account, token) = (told.account_id.to_owned(), told.api_token.to_owned());
    let server = serve::Server::new(emulator.router());
    tokio::spawn(server.run(listener, std::future::pending()));
    (format!("http://{address}/client/v4"), account, token)
}

#[tokio::test]
async fn tokens_and_keys_come_and_go() {
    let (base_url, account, token) = emulator().await;
    let options = ClientOptions::new()
        .base_url(base_url)
        .account_id(account)
        .api_token(token);
    let requests = Requests::new(options).unwrap();
    let (http, none) = (http_client().unwrap(), CallOptions::new());
    let made = send(&http, requests.create_key(&none).unwrap())
        .await
        .unwrap();
    let key = made.signing_key().unwrap();
    let params = TokenParams::new().key(key.id(), made.pem());
    let token = requests.create_token(VIDEO, &params).unwrap();
    let token = send(&http, token).await.unwrap();
    let keys = KeySet::new([key.public_key().clone()]).unwrap();
    let context = VerifyContext::new().identifier(VIDEO);
    assert_eq!(
        verify(token.as_str(), &keys, &context).unwrap().exp(),
        token.exp()
    );
    let listed = send(&http, requests.list_keys(&none).unwrap())
        .await
        .unwrap();
    assert!(listed.iter().any(|listed| listed.id() == key.id()));
    let deleted = send(&http, requests.delete_key(key.id(), &none).unwrap()).await;
    assert_eq!(deleted.unwrap(), "Revoked");
    let again = send(&http, requests.delete_key(key.id(), &none).unwrap()).await;
    assert_eq!(again.unwrap_err().code(), ErrorCode::ApiNotFound);
}

/// The making of a key where nobody listens.
async fn call_of_nobody(options: &CallOptions) -> Call<CreatedKey> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = ClientOptions::new()
        .base_url(format!("http://{address}"))
        .account_id("account")
        .api_token("token")
        .max_retries(1);
    Requests::new(client).unwrap().create_key(options).unwrap()
}

#[tokio::test]
async fn nobody_there_is_tried_again() {
    let call = call_of_nobody(&CallOptions::new()).await;
    let error = send(&http_client().unwrap(), call).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ApiConnection);
    assert_eq!(error.api().unwrap().attempts(), 2);
}

#[tokio::test]
async fn nothing_is_sent_once_the_deadline_is_over() {
    let deadline = Duration::from_secs(2);
    let call = call_of_nobody(&CallOptions::new().deadline(deadline)).await;
    let http = http_client().unwrap();
    let mut sending = pin!(send(&http, call));
    // Into the pause; then the program does something else for a long time.
    let begun = timeout(Duration::from_millis(100), &mut sending).await;
    assert!(begun.is_err());
    std::thread::sleep(deadline);
    let error = sending.await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ApiTimeout);
    assert_eq!(error.api().unwrap().attempts(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_prints_a_token() {
    let (base_url, account, token) = emulator().await;
    let run = move |video: &str| {
        Command::new(env!("CARGO_BIN_EXE_streamtoken-example-reqwest"))
            .arg(video)
            .env("CLOUDFLARE_BASE_URL", &base_url)
            .env("CLOUDFLARE_ACCOUNT_ID", &account)
            .env("CLOUDFLARE_API_TOKEN", &token)
            .output()
            .unwrap()
    };
    let Output { status, stdout, .. } = run(VIDEO);
    assert!(status.success());
    let printed = String::from_utf8(stdout).unwrap();
    assert_eq!(printed.trim_end().split('.').count(), 3);
    assert!(!run("no/video").status.success());
}
