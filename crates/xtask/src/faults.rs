//! `cargo xtask faults`: the server whose answers are faults (`examples/faults`), for the tests of clients.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use anyhow::{Context as _, Result};

use crate::running::Running;
use crate::{built, emulator, project};

/// Builds the server and becomes it.
pub fn run() -> Result<()> {
    let error = server()?.exec();
    Err(error).context("the server of faults cannot be started")
}

/// The server, built. It is no part of this program, which compiles in seconds without cryptography.
fn server() -> Result<Command> {
    built::workspace(&[])?;
    let program = project::target().join("debug/examples/faults");
    Ok(Command::new(program))
}

/// Tells the tests of a surface where the server is, whose certificates to trust, and which command line keeps
/// stores on disk, which those of the published packages do not.
pub(crate) fn tell(tests: &mut Command) -> Result<()> {
    with_server(|server| server.tell(tests))
}

/// The certificate of the server's authority. Beside it is one that it signed for `localhost`, `signed.pem`, with
/// the key: whatever the tests ask over TLS, one authority vouches for it, and they trust no more than one.
pub(crate) fn authority() -> Result<PathBuf> {
    with_server(|server| server.authority.clone())
}

/// The server is started the first time, and lives as long as this process.
fn with_server<T>(work: impl FnOnce(&Server) -> T) -> Result<T> {
    let mut server = SERVER.lock().expect("no thread panics with it");
    let server = match &mut *server {
        Some(server) => server,
        none => none.insert(Server::start()?),
    };
    Ok(work(server))
}

const PROXIES: [&str; 8] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
];

static SERVER: Mutex<Option<Server>> = Mutex::new(None);

struct Server {
    running: Running,
    authority: PathBuf,
    program: PathBuf,
}

impl Server {
    fn start() -> Result<Self> {
        let running = Running::start(server()?)?;
        Ok(Self {
            program: emulator::program()?,
            authority: running.told("ca")?.into(),
            running,
        })
    }

    fn tell(&self, tests: &mut Command) {
        tests
            .env("STREAMTOKEN_FAULTS", self.running.said.to_string())
            .env("STREAMTOKEN_TEST_PROGRAM", &self.program)
            .env("SSL_CERT_FILE", &self.authority)
            .env("NODE_EXTRA_CA_CERTS", &self.authority);
        // A proxy of the machine has nothing to do with the tests, and would change what a name without an
        // address comes to.
        for name in PROXIES {
            tests.env_remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::process::Command;

    use serde_json::Value;

    use super::{PROXIES, tell};

    #[test]
    fn tests_are_told_where_the_one_server_is() {
        let told = [(); 2].map(|()| {
            let mut command = Command::new("true");
            tell(&mut command).unwrap();
            let variables = command.get_envs();
            let owned =
                variables.map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned)));
            owned.collect::<HashMap<_, _>>()
        });
        assert_eq!(told[0], told[1]);
        let text = |name: &str| {
            let value = told[0][std::ffi::OsStr::new(name)].as_ref();
            value.unwrap().to_str().unwrap().to_owned()
        };
        let places: Value = serde_json::from_str(&text("STREAMTOKEN_FAULTS")).unwrap();
        assert!(
            places["bases"]["http"]
                .as_str()
                .unwrap()
                .starts_with("http://127.0.0.1:")
        );
        assert_eq!(places["ca"], text("SSL_CERT_FILE"));
        assert!(
            std::fs::read_to_string(text("NODE_EXTRA_CA_CERTS"))
                .unwrap()
                .contains("BEGIN CERTIFICATE")
        );
        for name in PROXIES {
            assert_eq!(told[0].get(std::ffi::OsStr::new(name)), Some(&None));
        }
    }
}
