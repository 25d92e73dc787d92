//! The core's client asks the service, over HTTP and over TLS: every route, every option, and what arrived.

use std::env;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use serde_json::{Value as Json, json};
use streamtoken::client::{CallOptions, ClientOptions, TokenParams};
use streamtoken::{
    Client, ErrorCode, KeySet, SignOptions, Signer, SigningKey, Token, Value, VerifyContext, verify,
};
use streamtoken_server::Minting;
use streamtoken_server::access::{Accounts, Action, Grants, NewCredential};
use streamtoken_server::serve::Tls;

use crate::certificates;
use crate::support::{ACCOUNT, Server, VIDEO, example_key, keys_path, token_path};

/// The folder with the certificates. The client trusts what the environment of its process says.
const FOLDER: &str = "STREAMTOKEN_CERTIFICATES";

#[test]
fn the_cores_client_uses_every_route_with_every_option() {
    if let Some(folder) = env::var_os(FOLDER) {
        return everything(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    certificates::make(folder.path()).unwrap();
    let ended = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "client::the_cores_client_uses_every_route_with_every_option",
        ])
        .env(FOLDER, folder.path())
        .env("SSL_CERT_FILE", folder.path().join("authority.pem"))
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&ended.stdout);
    assert!(output.contains("1 passed"), "{output}");
}

fn everything(folder: &Path) {
    for tls in [false, true] {
        let asked = Asked::start(tls.then_some(folder));
        asked.tokens();
        asked.a_key_that_is_brought();
        asked.options_of_a_call();
        asked.the_previous_scheme();
        asked.keys();
        asked.refusals();
        asked.many_at_once();
    }
}

/// A service that remembers what it was asked, and a client.
struct Asked {
    server: Server,
    base_url: String,
    client: Client,
    requests: Arc<Mutex<Vec<(String, Json)>>>,
}

impl Asked {
    fn start(certificates: Option<&Path>) -> Self {
        let requests: Arc<Mutex<Vec<(String, Json)>>> = Arc::default();
        let grants = Grants::new(Accounts::All, Action::ALL.iter().copied());
        let tls = certificates.map(|folder| {
            Tls::load(&folder.join("signed.pem"), &folder.join("signed.key")).unwrap()
        });
        let scheme = if tls.is_some() { "https" } else { "http" };
        let record = Arc::clone(&requests);
        let server = Server::with_routes(
            Minting::default(),
            grants,
            |routes| {
                routes.layer(from_fn(move |request: Request, next: Next| {
                    let record = Arc::clone(&record);
                    async move {
                        let line = format!("{} {}", request.method(), request.uri().path());
                        let (head, body) = request.into_parts();
                        let body = to_bytes(body, 1 << 20).await.unwrap();
                        let said = serde_json::from_slice(&body).unwrap_or(Json::Null);
                        record.lock().unwrap().push((line, said));
                        next.run(Request::from_parts(head, Body::from(body))).await
                    }
                }))
            },
            |server| server.tls(tls),
        );
        let base_url = format!("{scheme}://localhost:{}/client/v4", server.address.port());
        let options = ClientOptions::new()
            .api_token(&server.token)
            .account_id(ACCOUNT);
        let client = Client::new(options.base_url(&base_url)).unwrap();
        Self {
            server,
            base_url,
            client,
            requests,
        }
    }

    /// The client's options with another credential.
    fn other(&self, options: ClientOptions) -> Client {
        Client::new(options.base_url(&self.base_url)).unwrap()
    }

    fn last(&self) -> (String, Json) {
        self.requests.lock().unwrap().last().unwrap().clone()
    }

    fn tokens(&self) {
        let now = self.server.service.clock().now();
        let local = Client::local(Signer::new(example_key()));
        let rules = json!([
            {"type": "ip.geoip.country", "action": "allow", "country": ["DE", "GB"]},
            {"type": "ip.src", "action": "allow", "ip": ["10.0.0.0/8", "2001:db8::1"]},
            {"type": "any", "action": "block"},
        ]);
        for (options, body) in [
            (json!({}), json!({})),
            (json!({"exp": now + 60}), json!({"exp": now + 60})),
            (
                json!({"now": now, "expires_in": "2h"}),
                json!({"exp": now + 7200, "nbf": now - 3600}),
            ),
            (json!({"nbf": 12}), json!({"nbf": 12})),
            (json!({"downloadable": true}), json!({"downloadable": true})),
            (
                json!({"flags": {"original": true}}),
                json!({"flags": {"original": true}}),
            ),
            (json!({"accessRules": rules}), json!({"accessRules": rules})),
            (
                json!({"exp": now + 60, "nbf": 12, "downloadable": true, "flags": {"original": true}, "accessRules": rules}),
                json!({"exp": now + 60, "nbf": 12, "downloadable": true, "flags": {"original": true}, "accessRules": rules}),
            ),
        ] {
            let params = read(&options);
            let token = self
                .client
                .stream()
                .token()
                .create(VIDEO, params.clone())
                .unwrap();
            assert_eq!(self.last(), (format!("POST {}", token_path(VIDEO)), body));
            assert_eq!(
                (token.identifier(), token.key_id()),
                (VIDEO, example_key().id())
            );
            verifies(&token, &example_key());
            // The same call without a network gives the same, once the times are fixed.
            if options.get("exp").is_some() && options.get("nbf").is_some() {
                let mut options = options;
                options["time_format"] = json!("string");
                let minted = local
                    .stream()
                    .token()
                    .create(VIDEO, read(&options))
                    .unwrap();
                assert_eq!(minted.as_str(), token.as_str());
            }
        }
        let options = SignOptions::new().expires_in(Duration::from_secs(60));
        let token = self
            .client
            .stream()
            .token()
            .create(VIDEO, &options)
            .unwrap();
        assert!((now + 60..now + 120).contains(&token.exp()));
    }

    fn a_key_that_is_brought(&self) {
        let key = SigningKey::generate().unwrap();
        let params = TokenParams::new().key(key.id(), key.to_jwk().as_str());
        let token = self.client.stream().token().create(VIDEO, params).unwrap();
        let (_, body) = self.last();
        assert_eq!(body, json!({"id": key.id(), "pem": *key.to_pem_base64()}));
        assert_eq!(token.key_id(), key.id());
        verifies(&token, &key);
    }

    /// They count before those of the client, with which no call would come to an end.
    fn options_of_a_call(&self) {
        let moment = Duration::from_millis(1);
        let options = ClientOptions::new()
            .api_token(&self.server.token)
            .account_id("another")
            .timeout(moment)
            .connect_timeout(moment)
            .deadline(moment);
        let client = self.other(options);
        let limit = Duration::from_secs(60);
        let call = CallOptions::new()
            .account_id(ACCOUNT)
            .timeout(limit)
            .connect_timeout(limit)
            .max_retries(0)
            .deadline(limit);
        let params = TokenParams::new().call(call.clone());
        let token = client.stream().token().create(VIDEO, params).unwrap();
        assert_eq!(
            self.last(),
            (format!("POST {}", token_path(VIDEO)), json!({}))
        );
        verifies(&token, &example_key());
        client.stream().keys().list(&call).unwrap();
        assert_eq!(self.last().0, format!("GET {}", keys_path()));
    }

    fn the_previous_scheme(&self) {
        let email = "old@mail.example";
        let grants = Grants::new(Accounts::All, Action::ALL.iter().copied());
        let made = "2026-01-01T00:00:00Z".to_owned();
        let old = NewCredential::generate("old", Some(email), grants, made).unwrap();
        let added = self.server.service.add_credential(&old);
        self.server.runtime.block_on(added).unwrap();
        let options = ClientOptions::new()
            .api_key(&*old.secret)
            .api_email(email)
            .account_id(ACCOUNT);
        let client = self.other(options);
        let token = client.stream().token().create(VIDEO, TokenParams::new());
        assert_eq!(self.last().0, format!("POST {}", token_path(VIDEO)));
        verifies(&token.unwrap(), &example_key());
    }

    fn keys(&self) {
        let (keys, none) = (self.client.stream().keys(), CallOptions::new());
        let before = keys.list(&none).unwrap().len();
        assert_eq!(self.last(), (format!("GET {}", keys_path()), Json::Null));
        let made = keys.create(&none).unwrap();
        assert_eq!(self.last(), (format!("POST {}", keys_path()), json!({})));
        let key = made.signing_key().unwrap();
        assert_eq!(
            (key.id(), &*key.to_pem_base64()),
            (made.id(), &made.pem().to_owned())
        );
        assert!(made.created().is_some());
        let listed = keys.list(&none).unwrap();
        assert_eq!(listed.len(), before + 1);
        assert!(
            listed
                .iter()
                .any(|listed| listed.id() == key.id() && listed.created().is_some())
        );
        assert_eq!(keys.delete(key.id(), &none).unwrap(), "Revoked");
        assert_eq!(
            self.last().0,
            format!("DELETE {}/{}", keys_path(), key.id())
        );
        assert_eq!(keys.list(&none).unwrap().len(), before);
        let error = keys.delete(key.id(), &none).unwrap_err();
        assert_eq!(error.code(), ErrorCode::ApiNotFound);
        assert_eq!(error.api().unwrap().attempts(), 1);
    }

    fn refusals(&self) {
        let nobody = self.other(ClientOptions::new().api_token("nobody").account_id(ACCOUNT));
        let old = ClientOptions::new()
            .api_key("key")
            .api_email("a@mail.example");
        let old = self.other(old.account_id(ACCOUNT));
        for client in [nobody, old] {
            let error = client
                .stream()
                .keys()
                .list(&CallOptions::new())
                .unwrap_err();
            let api = error.api().unwrap();
            assert_eq!(error.code(), ErrorCode::ApiUnauthorized);
            assert_eq!((api.status(), api.attempts()), (Some(401), 1));
            assert_eq!(api.errors()[0].code(), Some(10000));
        }
        // The account of a call counts, and there is none of this name.
        let other = CallOptions::new().account_id("another");
        let error = self.client.stream().keys().list(&other).unwrap_err();
        assert!(self.last().0.contains("/accounts/another/"), "{error}");
        // Nothing leaves when something is wrong with it.
        let before = self.requests.lock().unwrap().len();
        for bad in ["a/b", "..", "%2e%2e", ""] {
            let refused = self.client.stream().token().create(bad, TokenParams::new());
            assert_eq!(refused.unwrap_err().code(), ErrorCode::IdentifierInvalid);
        }
        assert_eq!(self.requests.lock().unwrap().len(), before);
        let closed = self.other(ClientOptions::new().api_token("t").account_id(ACCOUNT));
        closed.close();
        let error = closed
            .stream()
            .keys()
            .list(&CallOptions::new())
            .unwrap_err();
        assert_eq!(error.code(), ErrorCode::ClientClosed);
    }

    fn many_at_once(&self) {
        thread::scope(|scope| {
            for number in 0..8 {
                let client = self.client.clone();
                scope.spawn(move || {
                    let video = format!("video-{number}");
                    for _ in 0..5 {
                        let token = client.stream().token().create(&video, TokenParams::new());
                        assert_eq!(token.unwrap().identifier(), video);
                    }
                });
            }
        });
    }
}

fn read(options: &Json) -> TokenParams {
    TokenParams::from_value(&Value::parse(options.to_string()).unwrap()).unwrap()
}

fn verifies(token: &Token, key: &SigningKey) {
    let keys = KeySet::new([key.public_key().clone()]).unwrap();
    let context = VerifyContext::new().identifier(VIDEO);
    let context = context.country("DE").unwrap().ip("192.0.2.1").unwrap();
    let claims = verify(token.as_str(), &keys, &context);
    let claims = claims.unwrap();
    assert_eq!((claims.sub(), claims.exp()), (VIDEO, token.exp()));
}
