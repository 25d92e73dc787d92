//! A service of its own for each test, and a client that sends what it is told.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use serde_json::Value as Json;
use streamtoken::SigningKey;
use streamtoken_server::access::{Accounts, Action, Grants, NewCredential};
use streamtoken_server::dev::{Emulator, EmulatorOptions};
use streamtoken_server::serve::Limits;
use streamtoken_server::store::{SqliteStore, Store};
use streamtoken_server::vault::{MasterKey, Vault};
use streamtoken_server::{Minting, Service, routes, serve};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) const ACCOUNT: &str = "023e105f4ecef8ad9ca31a8372d0c353";
pub(crate) const VIDEO: &str = "ea95132c15732412d22c1476fa83f27a";

/// A running service with an account and a credential that may do everything.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) service: Arc<Service>,
    pub(crate) token: String,
    pub(crate) runtime: Runtime,
    pub(crate) stop: oneshot::Sender<()>,
    pub(crate) ended: JoinHandle<()>,
}

/// A route with a fault in it.
pub(crate) const PANICS: &str = "/panics";

async fn panics() {
    panic!("the text of a panic");
}

impl Server {
    pub(crate) fn start(minting: Minting) -> Self {
        Self::with_grants(
            minting,
            Grants::new(Accounts::All, Action::ALL.iter().copied()),
        )
    }

    pub(crate) fn with_grants(minting: Minting, grants: Grants) -> Self {
        Self::with(minting, grants, |server| server)
    }

    /// With other limits.
    pub(crate) fn limited(change: impl FnOnce(&mut Limits)) -> Self {
        let mut limits = Limits::default();
        change(&mut limits);
        let grants = Grants::new(Accounts::All, Action::ALL.iter().copied());
        Self::with(Minting::default(), grants, |server| server.limits(limits))
    }

    pub(crate) fn with(
        minting: Minting,
        grants: Grants,
        set_up: impl FnOnce(serve::Server) -> serve::Server,
    ) -> Self {
        Self::with_routes(minting, grants, |routes| routes, set_up)
    }

    /// With other limits, and with something around the routes.
    pub(crate) fn with_routes(
        minting: Minting,
        grants: Grants,
        change: impl FnOnce(Router) -> Router,
        set_up: impl FnOnce(serve::Server) -> serve::Server,
    ) -> Self {
        let runtime = Runtime::new().unwrap();
        let (service, token) = runtime.block_on(async {
            let store: Arc<dyn Store> = Arc::new(SqliteStore::in_memory().await.unwrap());
            let master = MasterKey::parse(&MasterKey::generate_text().unwrap()).unwrap();
            let service = Service::start(store, Vault::new(master, None), minting)
                .await
                .unwrap();
            service
                .add_account(ACCOUNT, Some(example_key()))
                .await
                .unwrap();
            let created = service.clock().timestamp().to_string();
            let credential = NewCredential::generate("test", None, grants, created).unwrap();
            service.add_credential(&credential).await.unwrap();
            (Arc::new(service), credential.secret.to_string())
        });
        let routes = routes::router(Arc::clone(&service)).route(PANICS, get(panics));
        let server = set_up(serve::Server::new(change(routes)));
        Self::listen(runtime, service, token, server)
    }

    /// An emulator with the published example key.
    pub(crate) fn emulator() -> Self {
        let runtime = Runtime::new().unwrap();
        let mut options = EmulatorOptions::default();
        options.key = Some(example_key());
        let emulator = runtime.block_on(Emulator::start(options)).unwrap();
        let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let token = emulator.introduction(anywhere).api_token.to_owned();
        let service = Arc::clone(emulator.service());
        let server = serve::Server::new(emulator.router());
        Self::listen(runtime, service, token, server)
    }

    fn listen(
        runtime: Runtime,
        service: Arc<Service>,
        token: String,
        server: serve::Server,
    ) -> Self {
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let ended = runtime.spawn(server.run(listener, async { drop(stopped.await) }));
        Self {
            address,
            stop,
            ended,
            service,
            token,
            runtime,
        }
    }

    /// Sends a request with the credential, and gives status and body.
    pub(crate) fn call(&self, method: &str, path: &str, body: &str) -> (u16, Json) {
        let head = format!(
            "authorization: Bearer {}\r\ncontent-type: application/json\r\n",
            self.token
        );
        self.send(method, path, &head, body)
    }

    /// Sends a request with these header lines.
    pub(crate) fn send(&self, method: &str, path: &str, head: &str, body: &str) -> (u16, Json) {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n{head}\r\n{body}",
            body.len()
        );
        let answer = self.raw(request.as_bytes());
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or(Json::Null))
    }

    /// Sends bytes, and gives all that comes back until the connection ends.
    pub(crate) fn raw(&self, request: &[u8]) -> String {
        let mut stream = self.connect();
        // Whoever is refused early need not take the rest.
        let written = stream.write_all(request);
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert!(written.is_ok() || !answer.is_empty(), "{written:?}");
        String::from_utf8(answer).unwrap()
    }

    /// Sends bytes, says that no more will come, and gives all that comes back.
    pub(crate) fn raw_to_end(&self, request: &[u8]) -> String {
        let mut stream = self.connect();
        stream.write_all(request).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8(answer).unwrap()
    }

    /// A connection. Nothing that comes back on it takes more than a minute.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        let patience = Some(Duration::from_secs(60));
        stream.set_read_timeout(patience).unwrap();
        stream.set_write_timeout(patience).unwrap();
        stream
    }
}

/// The path of the token endpoint.
pub(crate) fn token_path(identifier: &str) -> String {
    format!("/client/v4/accounts/{ACCOUNT}/stream/{identifier}/token")
}

/// The path of the keys.
pub(crate) fn keys_path() -> String {
    format!("/client/v4/accounts/{ACCOUNT}/stream/keys")
}

/// The published example key.
pub(crate) fn example_key() -> SigningKey {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../streamtoken/vectors/example-key.json"
    ))
    .unwrap();
    let example: Json = serde_json::from_str(&text).unwrap();
    SigningKey::load(
        example["pem_base64"].as_str().unwrap(),
        example["key_id"].as_str(),
    )
    .unwrap()
}
