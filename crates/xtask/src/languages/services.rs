//! The services that the tests of a client ask: an emulator over HTTP, and a service as in production over
//! TLS, whose certificate the authority of the server of faults has signed.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Result;
use serde_json::{Value, json};

use crate::command;
use crate::running::{self, Running};
use crate::{built, faults, project};

/// Both services. They end with this value, or with this process.
pub(crate) struct Services {
    plain: Running,
    secure: Running,
}

impl Services {
    /// Starts both, with what they keep in a folder of this name.
    pub(crate) fn start(name: &str) -> Result<Self> {
        built::workspace(&[])?;
        let folder = project::target().join("services").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let authority = faults::authority()?;
        Ok(Self {
            plain: emulator(&folder)?,
            secure: production(&folder, &authority)?,
        })
    }

    /// Tells a program where the services are. Whose certificates it trusts, `faults::tell` says.
    pub(crate) fn introduce(&self, command: &mut Command) {
        command
            .env("STREAMTOKEN_SERVICE", self.plain.said.to_string())
            .env("STREAMTOKEN_SERVICE_TLS", self.secure.said.to_string());
    }

    /// Tells a program where the service over HTTP is, as a user would.
    pub(crate) fn name_in_environment(&self, command: &mut Command) -> Result<()> {
        for (variable, name) in [
            ("CLOUDFLARE_BASE_URL", "base_url"),
            ("CLOUDFLARE_ACCOUNT_ID", "account_id"),
            ("CLOUDFLARE_API_TOKEN", "api_token"),
        ] {
            command.env(variable, self.plain.told(name)?);
        }
        Ok(())
    }
}

fn emulator(folder: &Path) -> Result<Running> {
    let mut command = streamtoken(folder);
    command.args(["serve", "--dev"]).stderr(Stdio::null());
    let service = listening(command)?;
    service.told("base_url")?;
    Ok(service)
}

/// Its introduction has the names of an emulator's, and the file of its log.
fn production(folder: &Path, authority: &Path) -> Result<Running> {
    admin(folder, &format!("account create {ACCOUNT}"))?;
    let made: Value = serde_json::from_str(&admin(folder, TOKEN)?)?;
    let old = admin(folder, &format!("{TOKEN} --email {EMAIL}"))?;
    let old: Value = serde_json::from_str(&old)?;
    let mut command = streamtoken(folder);
    command
        .args(["serve", "--log-format", "json", "--tls-cert"])
        .arg(authority.with_file_name("signed.pem"))
        .arg("--tls-key")
        .arg(authority.with_file_name("signed.key"));
    let log = folder.join("log");
    command.stderr(File::create(&log)?);
    let mut service = listening(command)?;
    let place = service.told("listening")?;
    service.said = json!({
        "base_url": format!("{}/client/v4", place.replace("127.0.0.1", "localhost")),
        "account_id": ACCOUNT,
        "api_token": running::text(&made, "token")?,
        "api_email": EMAIL,
        "api_key": running::text(&old, "token")?,
        "log": log,
    });
    Ok(service)
}

/// Starts a service on a free port.
fn listening(mut command: Command) -> Result<Running> {
    command.args(["--listen", "127.0.0.1:0", "--json", "--exit-on-stdin-close"]);
    Running::start(command)
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

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::fs;
    use std::process::Command;

    use serde_json::Value;

    use super::Services;
    use crate::faults;
    use crate::running::text as member;

    #[test]
    fn tests_are_told_how_to_reach_both_services() {
        let services = Services::start("tests").unwrap();
        let mut command = Command::new("true");
        services.introduce(&mut command);
        faults::tell(&mut command).unwrap();
        let text = |name: &str| {
            let mut variables = command.get_envs();
            let found = variables.find(|(other, _)| *other == OsStr::new(name));
            found.unwrap().1.unwrap().to_str().unwrap()
        };
        let read = |name: &str| serde_json::from_str::<Value>(text(name)).unwrap();
        let secure = &read("STREAMTOKEN_SERVICE_TLS");
        for introduction in [&read("STREAMTOKEN_SERVICE"), secure] {
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
            .args([text("SSL_CERT_FILE"), url])
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
