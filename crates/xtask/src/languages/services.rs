//! The services that the tests of a client ask: an emulator over HTTP, and a service as in production over
//! TLS, whose certificate an authority of our own has signed.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::command::{self, cargo_line};
use crate::project;

/// Both services. They end with this value, or with this process.
pub(crate) struct Services {
    plain: Service,
    secure: Service,
    authority: PathBuf,
}

impl Services {
    /// Starts both, with what they keep in a folder of this name.
    pub(crate) fn start(name: &str) -> Result<Self> {
        command::run(cargo_line("build --quiet -p streamtoken-cli"))?;
        let folder = project::target().join("services").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        certificates(&folder)?;
        Ok(Self {
            plain: emulator(&folder)?,
            secure: production(&folder)?,
            authority: folder.join("authority.pem"),
        })
    }

    /// Tells a program where the services are, and whose certificates it trusts.
    pub(crate) fn introduce(&self, command: &mut Command) {
        command
            .env("STREAMTOKEN_SERVICE", &self.plain.introduction)
            .env("STREAMTOKEN_SERVICE_TLS", &self.secure.introduction)
            .env("SSL_CERT_FILE", &self.authority);
    }

    /// Tells a program where the service over HTTP is, as a user would.
    pub(crate) fn name_in_environment(&self, command: &mut Command) -> Result<()> {
        for (variable, name) in [
            ("CLOUDFLARE_BASE_URL", "base_url"),
            ("CLOUDFLARE_ACCOUNT_ID", "account_id"),
            ("CLOUDFLARE_API_TOKEN", "api_token"),
        ] {
            command.env(variable, member(&self.plain.introduction, name)?);
        }
        Ok(())
    }
}

/// A service that runs, and what it says of itself.
struct Service {
    child: Child,
    introduction: String,
}

impl Service {
    fn start(mut command: Command) -> Result<Self> {
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("a service cannot be started")?;
        let mut service = Self {
            child,
            introduction: String::new(),
        };
        let output = service.child.stdout.take().context("it has an output")?;
        BufReader::new(output).read_line(&mut service.introduction)?;
        Ok(service)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn emulator(folder: &Path) -> Result<Service> {
    let mut command = streamtoken(folder);
    command.args(["serve", "--dev", "--exit-on-stdin-close"]);
    let service = Service::start(listening(command))?;
    member(&service.introduction, "base_url")?;
    Ok(service)
}

fn production(folder: &Path) -> Result<Service> {
    admin(folder, &format!("account create {ACCOUNT}"))?;
    let made = admin(folder, TOKEN)?;
    let mut command = streamtoken(folder);
    command.args([
        "serve",
        "--tls-cert",
        "server.pem",
        "--tls-key",
        "server.key",
    ]);
    let mut service = Service::start(listening(command))?;
    let place = member(&service.introduction, "listening")?;
    service.introduction = json!({
        "base_url": format!("{}/client/v4", place.replace("127.0.0.1", "localhost")),
        "account_id": ACCOUNT,
        "api_token": member(&made, "token")?,
    })
    .to_string();
    Ok(service)
}

const ACCOUNT: &str = "023e105f4ecef8ad9ca31a8372d0c353";
const TOKEN: &str = "token create --name tests --all-accounts --action token.create \
    --action keys.create --action keys.list --action keys.delete";

fn admin(folder: &Path, arguments: &str) -> Result<String> {
    let mut command = streamtoken(folder);
    command
        .arg("admin")
        .args(arguments.split_whitespace())
        .arg("--json");
    command::run(command)
}

fn streamtoken(folder: &Path) -> Command {
    let mut command = Command::new(project::target().join("debug/streamtoken"));
    command
        .current_dir(folder)
        .env("STREAMTOKEN_STORE", "store.db")
        .env("STREAMTOKEN_MASTER_KEY_FILE", "master.key");
    command
}

fn listening(mut command: Command) -> Command {
    command.args(["--listen", "127.0.0.1:0", "--json"]);
    command
}

fn member(introduction: &str, name: &str) -> Result<String> {
    let read: Value = serde_json::from_str(introduction)
        .with_context(|| format!("a service does not introduce itself: {introduction:?}"))?;
    let text = read.get(name).and_then(Value::as_str);
    text.map(str::to_owned)
        .with_context(|| format!("a service does not tell its {name}"))
}

/// `authority.pem`, and `server.pem` with its key for `localhost`.
fn certificates(folder: &Path) -> Result<()> {
    fs::write(folder.join("config"), CONFIG)?;
    for more in [
        "-extensions authority -subj /CN=streamtoken-tests -keyout authority.key -out authority.pem",
        "-extensions server -CA authority.pem -CAkey authority.key -keyout server.key -out server.pem",
    ] {
        let made = Command::new("openssl")
            .args(NEW.split(' '))
            .args(more.split(' '))
            .current_dir(folder)
            .stdin(Stdio::null())
            .output()
            .context("openssl makes the certificates, and cannot be started")?;
        ensure!(
            made.status.success(),
            "openssl makes no certificate: {}",
            String::from_utf8_lossy(&made.stderr)
        );
    }
    Ok(())
}

const NEW: &str =
    "req -x509 -config config -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2";

const CONFIG: &str = "\
[req]
distinguished_name = name
prompt = no
[name]
CN = localhost
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical,CA:FALSE
subjectAltName = DNS:localhost
extendedKeyUsage = serverAuth
";
