//! `cargo xtask faults`: the server whose answers are faults (`examples/faults`), for the tests of clients.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::command::{self, cargo_line};
use crate::project;

/// Builds the server and becomes it.
pub fn run() -> Result<()> {
    let error = server()?.exec();
    Err(error).context("the server of faults cannot be started")
}

/// The server, built. It is no part of this program, which compiles in seconds without cryptography.
fn server() -> Result<Command> {
    command::run(cargo_line("build -p xtask --example faults"))?;
    let program = project::target().join("debug/examples/faults");
    Ok(Command::new(program))
}

/// Tells the tests of a surface where the server is, and whose certificates to trust. It is started the
/// first time, and lives as long as this process.
pub(crate) fn tell(tests: &mut Command) -> Result<()> {
    let mut server = SERVER.lock().expect("no thread panics with it");
    let server = match &mut *server {
        Some(server) => server,
        none => none.insert(Server::start()?),
    };
    tests
        .env("STREAMTOKEN_FAULTS", &server.line)
        .env("SSL_CERT_FILE", &server.authority)
        .env("NODE_EXTRA_CA_CERTS", &server.authority);
    // A proxy of the machine has nothing to do with the tests, and would change what a name without an
    // address comes to.
    for name in PROXIES {
        tests.env_remove(name);
    }
    Ok(())
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
    line: String,
    authority: String,
    /// The end of its standard input ends it, and comes with the end of this process.
    _child: Child,
}

impl Server {
    fn start() -> Result<Self> {
        let mut child = server()?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the server of faults cannot be started")?;
        let mut line = String::new();
        let output = child.stdout.take().context("it has no output")?;
        BufReader::new(output).read_line(&mut line)?;
        let places: Value =
            serde_json::from_str(&line).context("the server of faults does not say where it is")?;
        let authority = places["ca"].as_str().context("it has no authority")?;
        Ok(Self {
            authority: authority.to_owned(),
            line: line.trim_end().to_owned(),
            _child: child,
        })
    }
}
