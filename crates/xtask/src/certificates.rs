//! Certificates for tests, by `openssl`. Only what the standard library has: tests of other crates have this file too.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// Makes an authority in a folder, `authority.pem`; `signed.pem` for `localhost` and `stream.invalid`, which it
/// signed, and `unsigned.pem`, which nobody did. The key of each ends in `.key`.
pub fn make(folder: &Path) -> io::Result<()> {
    fs::write(folder.join("config"), CONFIG)?;
    for more in [
        "-extensions authority -subj /CN=streamtoken-tests -keyout authority.key -out authority.pem",
        "-extensions server -CA authority.pem -CAkey authority.key -keyout signed.key -out signed.pem",
        "-extensions server -keyout unsigned.key -out unsigned.pem",
    ] {
        let made = Command::new("openssl")
            .args(NEW.split(' '))
            .args(more.split(' '))
            .current_dir(folder)
            .stdin(Stdio::null())
            .output()?;
        if !made.status.success() {
            let why = String::from_utf8_lossy(&made.stderr);
            return Err(io::Error::other(format!(
                "openssl makes no certificate: {why}"
            )));
        }
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
subjectAltName = DNS:localhost, DNS:stream.invalid
extendedKeyUsage = serverAuth
";
