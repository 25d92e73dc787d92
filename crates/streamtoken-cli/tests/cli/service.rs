//! `streamtoken serve` over TLS, with a store on disk and an authority of its own, for the tests of what asks it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::certificates;
use crate::common::{Run, feed, streamtoken};

pub(crate) const ACCOUNT: &str = "023e105f4ecef8ad9ca31a8372d0c353";
pub(crate) const EMAIL: &str = "tests@mail.example";

/// A service, which ends when this is dropped.
pub(crate) struct Service {
    child: Child,
    folder: TempDir,
    log: Receiver<Json>,
    pub(crate) base_url: String,
    /// An API token, and a key of the previous scheme.
    pub(crate) credentials: [String; 2],
}

impl Service {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        certificates::make(folder.path()).expect("openssl");
        admin(&folder, &["account", "create", ACCOUNT]);
        let credentials = [&[][..], &["--email", EMAIL]].map(|more| {
            let made = admin(&folder, &[&TOKEN[..], more].concat());
            made["token"].as_str().expect("a token").to_owned()
        });
        let mut command = streamtoken();
        let tls = ["--tls-cert", "signed.pem", "--tls-key", "signed.key"];
        command
            .arg("serve")
            .args(tls)
            .args(["--listen", "127.0.0.1:0", "--log-format", "json", "--json"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = at(&mut command, &folder)
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("UTF-8");
        let said: Json = serde_json::from_str(&line).expect("where it listens");
        let place = said["listening"].as_str().expect("an address");
        let base_url = format!("{}/client/v4", place.replace("127.0.0.1", "localhost"));
        let stderr = child.stderr.take().expect("a pipe");
        let (tell, log) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let line: Json = serde_json::from_str(&line).expect("JSON");
                if line["message"] == "request" && tell.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            folder,
            log,
            base_url,
            credentials,
        }
    }

    /// `streamtoken api` in the service's folder, trusting its authority.
    pub(crate) fn command(&self) -> Command {
        let mut command = streamtoken();
        command
            .arg("api")
            .current_dir(self.folder.path())
            .env("CLOUDFLARE_API_TOKEN", &self.credentials[0])
            .env("CLOUDFLARE_ACCOUNT_ID", ACCOUNT)
            .env("CLOUDFLARE_BASE_URL", &self.base_url)
            .env("SSL_CERT_FILE", self.at("authority.pem"));
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            command.env_remove(name);
        }
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        feed(self.command().args(args), "")
    }

    pub(crate) fn at(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// The next request that it logged; a minute is for ever.
    pub(crate) fn logged(&self) -> Logged {
        let line = self.log.recv_timeout(Duration::from_secs(60));
        Logged::new(line.expect("a line of the log"))
    }

    /// How many keys of the account are in its store.
    pub(crate) fn stored_keys(&self) -> Json {
        admin(&self.folder, &["account", "list"])["keys"].clone()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A line of the log.
pub(crate) struct Logged {
    line: Json,
    route: String,
}

impl Logged {
    fn new(line: Json) -> Self {
        let text = |name: &str| line[name].as_str().unwrap_or_default();
        let route = text("route").strip_prefix("/client/v4/accounts/{account_id}/stream/");
        let route = format!(
            "{} {}",
            text("method"),
            route.expect("a route of an account")
        );
        Self { line, route }
    }

    /// Method and route, below the account.
    pub(crate) fn route(&self) -> &str {
        &self.route
    }

    pub(crate) fn status(&self) -> u64 {
        self.line["status"].as_u64().expect("a status")
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        let text = self.line[name].as_str();
        text.unwrap_or_else(|| panic!("no {name} in {}", self.line))
    }
}

const TOKEN: [&str; 13] = [
    "token",
    "create",
    "--name",
    "tests",
    "--all-accounts",
    "--action",
    "token.create",
    "--action",
    "keys.create",
    "--action",
    "keys.list",
    "--action",
    "keys.delete",
];

fn admin(folder: &TempDir, args: &[&str]) -> Json {
    let mut command = streamtoken();
    command.arg("admin").args(args).arg("--json");
    let run = feed(at(&mut command, folder), "");
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    run.json()
}

/// With the store in the folder.
fn at<'c>(command: &'c mut Command, folder: &TempDir) -> &'c mut Command {
    command
        .current_dir(folder.path())
        .env("STREAMTOKEN_STORE", "store.db")
        .env("STREAMTOKEN_MASTER_KEY_FILE", "master.key")
}
