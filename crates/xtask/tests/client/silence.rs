//! Nothing that is logged at any level, nor what `Debug` shows, holds a credential, a private key or a token:
//! searched for in all that `tracing` and `log` were told during calls of every kind.

use std::io;
use std::sync::{Arc, Mutex};

use streamtoken::client::{CallOptions, ClientOptions, Requests, TokenParams};
use streamtoken::{Client, Error, SigningKey};

use crate::server::{Faults, example};

const SECRETS: [&str; 3] = [
    "the-api-token-0123456789abcdef",
    "the-api-key-0123456789abcdef",
    "somebody@mail.example",
];

#[test]
fn no_secret_is_logged() {
    let log = Log::install();
    let faults = Faults::start();
    let (key, token) = example();
    let mut shown = Vec::new();
    for (case, does) in [
        ("done", "token.create"),
        ("key-create", "keys.create"),
        ("key-list", "keys.list"),
        ("key-delete", "keys.delete"),
        ("bad-request", "token.create"),
        ("status-401", "token.create"),
        ("unsuccessful", "token.create"),
        ("result-no-token", "token.create"),
        ("html-502", "token.create"),
        ("key-create-reset-in-the-body", "keys.create"),
        ("reset-body", "token.create"),
        ("unavailable-once", "token.create"),
        ("body-too-large", "token.create"),
        ("garbage", "token.create"),
    ] {
        let case = if case == "done" {
            "messages-null"
        } else {
            case
        };
        for options in credentials() {
            let options = options
                .account_id("account")
                .base_url(faults.base(case))
                .max_retries(1);
            let client = Client::with_observer(options.clone(), |_| {}).unwrap();
            let requests = Requests::new(options.clone()).unwrap();
            shown.push(format!(
                "{options:?} {client:#?} {requests:?} {:?}",
                client.stream()
            ));
            shown.push(call(&client, does, &key));
        }
    }
    let logged = log.text();
    // All of it was listened to: events of ours, and the rows in which ureq shows what it sends and reads.
    for expected in [
        "attempt=2",
        "/accounts/account/stream/",
        "authorization:.***",
        "x-auth-key:.***",
        "content-length:",
    ] {
        assert!(
            logged.contains(expected),
            "{expected} is not in what was logged"
        );
    }
    let pem = key.to_pkcs1_pem();
    let (base64, jwk) = (key.to_pem_base64(), key.to_jwk_base64());
    // Half a secret is too much as well.
    let parts = [&*base64, &jwk, &token]
        .into_iter()
        .flat_map(|text| pieces(text, 24));
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    let credentials = SECRETS.into_iter().flat_map(|secret| pieces(secret, 14));
    let secrets: Vec<_> = parts.chain(lines).chain(credentials).collect();
    let shown = shown.join("\n");
    for (name, text) in [("logged", &logged), ("shown", &shown)] {
        for secret in &secrets {
            assert!(!text.contains(secret), "{secret} is in what was {name}");
        }
    }
    assert!(shown.contains(key.id()) && shown.contains("api_bad_request"));
}

fn credentials() -> [ClientOptions; 2] {
    let [token, key, email] = SECRETS;
    [
        ClientOptions::new().api_token(token),
        ClientOptions::new().api_key(key).api_email(email),
    ]
}

/// Makes a call, and gives all that can be shown of it.
fn call(client: &Client, does: &str, key: &SigningKey) -> String {
    let show = |error: Error| {
        let json = serde_json::to_string(&error).unwrap();
        format!("{} {error} {error:#?} {json}", error.code().slug())
    };
    let none = CallOptions::new();
    let keys = client.stream().keys();
    match does {
        "token.create" => {
            let params = TokenParams::new().key(key.id(), key.to_pkcs8_pem().as_str());
            let made = client.stream().token().create("video", params.clone());
            let made = made.map(|token| format!("{token:?}"));
            format!("{params:?} {}", made.unwrap_or_else(show))
        }
        "keys.create" => keys.create(&none).map_or_else(show, |made| {
            format!("{made:?} {:?}", made.signing_key().unwrap())
        }),
        "keys.list" => keys
            .list(&none)
            .map_or_else(show, |keys| format!("{keys:?}")),
        _ => keys.delete(key.id(), &none).unwrap_or_else(show),
    }
}

/// Parts of a text, each too long to be there by chance. (What all tokens and keys begin with is no secret.)
fn pieces(text: &str, size: usize) -> impl Iterator<Item = &str> {
    let starts = (0..text.len() - size).step_by(size);
    let skipped = usize::from(text.len() > 200) * 5;
    starts
        .skip(skipped)
        .map(move |start| &text[start..start + size])
}

/// Everything that `tracing` and `log` are told.
#[derive(Clone)]
pub(crate) struct Log {
    lines: Arc<Mutex<Vec<u8>>>,
    /// The text of the rows in which ureq shows bytes: sixteen of them each.
    rows: Arc<Mutex<String>>,
}

impl Log {
    pub(crate) fn install() -> Self {
        let log = Self {
            lines: Arc::default(),
            rows: Arc::default(),
        };
        log::set_boxed_logger(Box::new(log.clone())).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
        log
    }

    pub(crate) fn text(&self) -> String {
        let lines = self.lines.lock().unwrap();
        let rows = self.rows.lock().unwrap();
        format!("{}\n{rows}", String::from_utf8_lossy(&lines))
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lines.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let text = format!("{} {} {}\n", record.level(), record.target(), record.args());
        self.lines
            .lock()
            .unwrap()
            .extend_from_slice(text.as_bytes());
        if record.target() == "ureq_proto::util" {
            let row = record.args().to_string();
            let end: String = row
                .chars()
                .skip(row.chars().count().saturating_sub(16))
                .collect();
            self.rows.lock().unwrap().push_str(&end);
        }
    }

    fn flush(&self) {}
}
