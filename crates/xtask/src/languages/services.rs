//! The services that the tests of a client ask: an emulator over HTTP, and a service as in production over
//! TLS, whose certificate the authority of the server of faults has signed.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::command::{self, cargo_line};
use crate::{faults, project};

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
        let authority = faults::authority()?;
        Ok(Self {
            plain: emulator(&folder)?,
            secure: production(&folder, &authority)?,
            authority,
        })
    }

    /// Tells a program where the services are, and whose certificates it trusts.
    pub(crate) fn introduce(&self, command: &mut Command) {
        command
            .env("STREAMTOKEN_SERVICE", &self.plain.introduction)
            .env("STREAMTOKEN_SERVICE_TLS", &self.secure.introduction)
            .env("SSL_CERT_FILE", &self.authority)
            .env("NODE_EXTRA_CA_CERTS", &self.authority);
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
    /// Starts it; it ends with its standard input, and so with this process.
    fn start(mut command: Command, log: impl Into<Stdio>) -> Result<Self> {
        let child = command
            .args(["--listen", "127.0.0.1:0", "--json", "--exit-on-stdin-close"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
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
    command.args(["serve", "--dev"]);
    let service = Service::start(command, Stdio::null())?;
    member(&service.introduction, "base_url")?;
    Ok(service)
}

/// Its introduction has the names of an emulator's, and the file of its log.
fn production(folder: &Path, authority: &Path) -> Result<Service> {
    admin(folder, &format!("account create {ACCOUNT}"))?;
    let made = admin(folder, TOKEN)?;
    let old = admin(folder, &format!("{TOKEN} --email {EMAIL}"))?;
    let mut command = streamtoken(folder);
    command
        .args(["serve", "--log-format", "json", "--tls-cert"])
        .arg(authority.with_file_name("signed.pem"))
        .arg("--tls-key")
        .arg(authority.with_file_name("signed.key"));
    let log = folder.join("log");
    let mut service = Service::start(command, File::create(&log)?)?;
    let place = member(&service.introduction, "listening")?;
    service.introduction = json!({
        "base_url": format!("{}/client/v4", place.replace("127.0.0.1", "localhost")),
        "account_id": ACCOUNT,
        "api_token": member(&made, "token")?,
        "api_email": EMAIL,
        "api_key": member(&old, "token")?,
        "log": log,
    })
    .to_string();
    Ok(service)
}

const ACCOUNT: &str = "023e105f4ecef8ad9ca31a8372d0c353";
const EMAIL: &str = "tests@mail.example";
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

fn member(introduction: &str, name: &str) -> Result<String> {
    let read: Value = serde_json::from_str(introduction)
        .with_context(|| format!("a service does not introduce itself: {introduction:?}"))?;
    let text = read.get(name).and_then(Value::as_str);
    text.map(str::to_owned)
        .with_context(|| format!("a service does not tell its {name}"))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::fs;
    use std::process::Command;

    use super::{Services, member};

    #[test]
    fn tests_are_told_how_to_reach_both_services() {
        let services = Services::start("tests").unwrap();
        let mut command = Command::new("true");
        services.introduce(&mut command);
        let text = |name: &str| {
            let mut variables = command.get_envs();
            let found = variables.find(|(other, _)| *other == OsStr::new(name));
            found.unwrap().1.unwrap().to_str().unwrap()
        };
        let secure = text("STREAMTOKEN_SERVICE_TLS");
        for introduction in [text("STREAMTOKEN_SERVICE"), secure] {
            for name in [
                "base_url",
                "account_id",
                "api_token",
                "api_email",
                "api_key",
            ] {
                member(introduction, name).unwrap();
            }
        }
        let url = member(secure, "base_url").unwrap();
        let asked = Command::new("curl")
            .args(["--silent", "--max-time", "60", "--cacert"])
            .args([text("SSL_CERT_FILE"), &url])
            .output()
            .unwrap();
        assert!(asked.status.success(), "{asked:?}");
        // The log is written beside the answer.
        for _ in 0..6000 {
            if fs::read_to_string(member(secure, "log").unwrap())
                .unwrap()
                .contains("\"request\"")
            {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("the request is not logged");
    }
}
