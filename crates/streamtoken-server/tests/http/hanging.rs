//! A store that does not answer, as on a disk that hangs.

use std::future::pending;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use streamtoken::Result;
use streamtoken_server::access::{Accounts, Action, Grants, NewCredential};
use streamtoken_server::keyring::{introduce, to_store};
use streamtoken_server::store::{
    KeyPurpose, Reseal, Store, StoredCredential, StoredKey, StoredMasterKey,
};
use streamtoken_server::vault::{MasterKey, Vault};
use streamtoken_server::{Clock, Minting, Service};
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::patience::{LONG, SHORT, wait};
use crate::support::{ACCOUNT, Server, VIDEO, example_key, keys_path, token_path};

/// Nothing that is to be written ever ends. What is read is always the same.
struct Hanging {
    master_key: StoredMasterKey,
    endpoint: StoredKey,
    credential: StoredCredential,
    /// Somebody waits for a key to be written.
    is_written: AtomicBool,
    /// Nor does it say whether it changed.
    is_silent: AtomicBool,
}

#[async_trait]
impl Store for Hanging {
    async fn accounts(&self) -> Result<Vec<String>> {
        Ok(vec![ACCOUNT.to_owned()])
    }
    async fn master_key(&self) -> Result<Option<StoredMasterKey>> {
        Ok(Some(self.master_key.clone()))
    }
    async fn keys(&self, _: &str) -> Result<Option<Vec<StoredKey>>> {
        Ok(Some(vec![self.endpoint.clone()]))
    }
    async fn credentials(&self) -> Result<Vec<StoredCredential>> {
        Ok(vec![self.credential.clone()])
    }
    async fn changes(&self) -> Result<i64> {
        if self.is_silent.load(Ordering::SeqCst) {
            return pending().await;
        }
        Ok(0)
    }
    async fn add_key(&self, _: &str, _: &StoredKey) -> Result<()> {
        self.is_written.store(true, Ordering::SeqCst);
        pending().await
    }
    async fn set_master_key(&self, _: &StoredMasterKey) -> Result<()> {
        pending().await
    }
    async fn add_account(&self, _: &str, _: &str, _: &StoredKey) -> Result<bool> {
        pending().await
    }
    async fn delete_key(&self, _: &str, _: &str) -> Result<bool> {
        pending().await
    }
    async fn add_credential(&self, _: &StoredCredential) -> Result<()> {
        pending().await
    }
    async fn revoke_credential(&self, _: &str, _: &str) -> Result<bool> {
        pending().await
    }
    async fn reseal(&self, _: &StoredMasterKey, _: &dyn Reseal) -> Result<usize> {
        pending().await
    }
    async fn check_writable(&self) -> Result<()> {
        pending().await
    }
    async fn close(&self) {
        pending::<()>().await;
    }
}

/// A server over such a store, whose requests wait for it as long as `patience`.
fn start(patience: Duration) -> (Server, Arc<Hanging>) {
    let runtime = Runtime::new().unwrap();
    let master = MasterKey::parse(&MasterKey::generate_text().unwrap()).unwrap();
    let now = Clock::default().timestamp();
    let grants = Grants::new(Accounts::All, Action::ALL.iter().copied());
    let credential = NewCredential::generate("test", None, grants, now.to_string()).unwrap();
    let endpoint = to_store(ACCOUNT, &example_key(), KeyPurpose::Endpoint, now, &master);
    let store = Arc::new(Hanging {
        master_key: introduce(&master).unwrap(),
        endpoint: endpoint.unwrap(),
        credential: credential.stored,
        is_written: AtomicBool::new(false),
        is_silent: AtomicBool::new(false),
    });
    let started = Service::start(
        Arc::<Hanging>::clone(&store),
        Vault::new(master, None),
        Minting::default(),
    );
    let service = runtime.block_on(started).unwrap().store_timeout(patience);
    let token = credential.secret.to_string();
    let server = Server::over(
        runtime,
        service,
        token,
        |routes| routes,
        |server| {
            let mut limits = streamtoken_server::serve::Limits::default();
            limits.drain_timeout = SHORT;
            server.limits(limits)
        },
    );
    (server, store)
}

fn outcome((status, answer): (u16, serde_json::Value)) -> (u16, String) {
    let reason = &answer["errors"][0]["reason"];
    (status, reason.as_str().unwrap_or_default().to_owned())
}

#[test]
fn what_cannot_be_written_is_refused_and_minting_goes_on() {
    let (server, _) = start(SHORT);
    let unavailable = (503, "store_unavailable".to_owned());
    for _ in 0..2 {
        assert_eq!(
            outcome(server.call("POST", &keys_path(), "{}")),
            unavailable
        );
        let key = format!("{}/any", keys_path());
        assert_eq!(outcome(server.call("DELETE", &key, "")), unavailable);
        assert_eq!(server.call("POST", &token_path(VIDEO), "{}").0, 200);
        assert_eq!(server.call("GET", &keys_path(), "").0, 200);
        assert_eq!(server.call("GET", "/readyz", "").0, 200);
    }
}

#[test]
fn a_store_that_does_not_answer_is_not_ready() {
    let (server, store) = start(SHORT);
    store.is_silent.store(true, Ordering::SeqCst);
    assert_eq!(
        outcome(server.call("GET", "/readyz", "")),
        (503, "store_unavailable".to_owned())
    );
    assert_eq!(server.call("GET", "/healthz", "").0, 200);
    store.is_silent.store(false, Ordering::SeqCst);
    assert_eq!(server.call("GET", "/readyz", "").0, 200);
    assert_eq!(server.call("POST", &token_path(VIDEO), "{}").0, 200);
}

#[test]
fn the_end_does_not_wait_for_it() {
    let (server, store) = start(LONG);
    let mut waiting = server.connect();
    let request = format!(
        "POST {} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ncontent-length: 0\r\n\r\n",
        keys_path(),
        server.token
    );
    waiting.write_all(request.as_bytes()).unwrap();
    let minute = Duration::from_secs(60);
    server.runtime.block_on(async {
        let begun = async {
            while !store.is_written.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(minute, begun).await.unwrap();
    });
    server.stop.send(()).unwrap();
    wait(&server.runtime, server.ended);
    let closed = async { timeout(minute, server.service.close()).await };
    server.runtime.block_on(closed).unwrap();
}
