//! A service in a process of its own, and a client of it.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use streamtoken_server::access::{Accounts, Action, Grants, NewCredential};
use streamtoken_server::{MasterKeySource, OpenOptions, Service, open, routes, serve};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

pub(crate) const VIDEO: &str = "ea95132c15732412d22c1476fa83f27a";
/// Made by every process that starts.
pub(crate) const ACCOUNT: &str = "023e105f4ecef8ad9ca31a8372d0c353";
/// What is to be opened in `folder`.
pub(crate) fn options(folder: &Path) -> OpenOptions {
    let mut options = OpenOptions::new(Some(folder.join("store.db")));
    options.master_key = Some(MasterKeySource::File(folder.join("master.key")));
    options
}

/// Serves the store of the folder that the environment names; without one, this is no process of ours.
#[test]
fn serves_where_the_others_ask_for_it() {
    let Some(folder) = std::env::var_os(Process::FOLDER).map(PathBuf::from) else {
        return;
    };
    Runtime::new().unwrap().block_on(async {
        let service = Arc::new(open(options(&folder)).await.unwrap());
        if !service
            .store()
            .accounts()
            .await
            .unwrap()
            .contains(&ACCOUNT.to_owned())
        {
            service.add_account(ACCOUNT, None).await.unwrap();
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("listens at {}", listener.local_addr().unwrap());
        serve::serve(listener, routes::router(service), std::future::pending()).await;
    });
}

/// The process; it ends with its owner.
pub(crate) struct Process(Child);

impl Process {
    /// What tells a process that it has a part to play.
    pub(crate) const FOLDER: &str = "STREAMTOKEN_TEST_FOLDER";

    pub(crate) fn start(folder: &Path) -> Self {
        Self::start_as("process::serves_where_the_others_ask_for_it", folder)
    }

    /// A process with the part of this test.
    pub(crate) fn start_as(test: &str, folder: &Path) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture", "--test-threads=1"])
            .env(Self::FOLDER, folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self(child)
    }

    /// Waits until the process listens.
    pub(crate) fn address(&mut self) -> SocketAddr {
        let lines = BufReader::new(self.0.stdout.take().unwrap()).lines();
        lines
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("listens at ")?.1.parse().unwrap()))
            .expect("the service starts")
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Opens the store here, and lets go of it afterwards.
pub(crate) fn with_service<T>(folder: &Path, work: impl AsyncFnOnce(&Service) -> T) -> T {
    Runtime::new().unwrap().block_on(async {
        let service = open(options(folder)).await.expect("the store opens");
        let result = work(&service).await;
        service.store().close().await;
        result
    })
}

/// Makes these accounts and a credential that may do everything, and gives its secret.
pub(crate) fn prepare(folder: &Path, accounts: &[String]) -> String {
    with_service(folder, async |service| {
        for account in accounts {
            service.add_account(account, None).await.unwrap();
        }
        let grants = Grants::new(Accounts::All, Action::ALL.iter().copied());
        let created = service.clock().timestamp().to_string();
        let credential = NewCredential::generate("test", None, grants, created).unwrap();
        service.add_credential(&credential).await.unwrap();
        credential.secret.to_string()
    })
}

/// Somebody with a credential.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) secret: String,
}

impl Client {
    /// Makes a key, and gives status and body of the answer, if there was one to its end.
    pub(crate) fn create_key(&self, account: &str) -> io::Result<(u16, Json)> {
        self.send(
            "POST",
            &format!("/client/v4/accounts/{account}/stream/keys"),
        )
    }

    /// Lists keys.
    pub(crate) fn list_keys(&self, account: &str) -> io::Result<(u16, Json)> {
        self.send("GET", &format!("/client/v4/accounts/{account}/stream/keys"))
    }

    /// Mints a token.
    pub(crate) fn mint(&self, account: &str) -> io::Result<(u16, Json)> {
        self.send(
            "POST",
            &format!("/client/v4/accounts/{account}/stream/{VIDEO}/token"),
        )
    }

    fn send(&self, method: &str, path: &str) -> io::Result<(u16, Json)> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 0\r\n\
             authorization: Bearer {}\r\n\r\n",
            self.secret
        )?;
        let mut answer = Vec::new();
        stream.take(1 << 20).read_to_end(&mut answer)?;
        let cut_off = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let answer = String::from_utf8(answer).map_err(|_| cut_off())?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(cut_off)?;
        let status = head.split(' ').nth(1).ok_or_else(cut_off)?.parse().unwrap();
        Ok((status, serde_json::from_str(body).map_err(|_| cut_off())?))
    }
}

/// The reason of a refusal.
pub(crate) fn reason(answer: &Json) -> &str {
    answer["errors"][0]["reason"].as_str().unwrap_or_default()
}
