//! TLS, and what is refused in its place.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::Server;
use streamtoken::ErrorCode;
use streamtoken_server::Minting;
use streamtoken_server::access::{Accounts, Action, Grants};
use streamtoken_server::serve::{Limits, Tls, check_address};

fn openssl(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new("openssl");
    command
        .args(arguments.split(' '))
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A folder with `cert.pem` and `key.pem`.
fn certificate() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let made = openssl(
        folder.path(),
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 1 -subj /CN=localhost",
    )
    .output()
    .unwrap();
    assert!(made.status.success(), "{made:?}");
    folder
}

fn load(folder: &Path, certificate: &str, key: &str) -> streamtoken::Result<Tls> {
    Tls::load(&folder.join(certificate), &folder.join(key))
}

#[test]
fn requests_are_served_over_tls_alone() {
    let folder = certificate();
    let tls = load(folder.path(), "cert.pem", "key.pem").unwrap();
    let grants = Grants::new(Accounts::All, Action::ALL.iter().copied());
    let mut limits = Limits::default();
    limits.handshake_timeout = Duration::from_millis(300);
    let server = Server::with(Minting::default(), grants, |server| {
        server.tls(Some(tls)).limits(limits)
    });
    for version in ["-tls1_2", "-tls1_3"] {
        let connect = format!(
            "s_client -connect {} -CAfile cert.pem -verify_return_error -servername localhost -quiet -alpn http/1.1 {version}",
            server.address
        );
        let mut client = openssl(folder.path(), &connect).spawn().unwrap();
        let request = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        client.stdin.as_mut().unwrap().write_all(request).unwrap();
        let output = client.wait_with_output().unwrap();
        let answer = String::from_utf8_lossy(&output.stdout);
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{output:?}");
    }
    // Neither plain HTTP nor a handshake that never begins holds a connection.
    let mut plain = server.connect();
    plain
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    // It may be reset.
    drop(plain.read_to_end(&mut answer));
    assert!(!answer.starts_with(b"HTTP"));
    assert_eq!(server.connect().read(&mut [0]).unwrap(), 0);
}

#[test]
fn files_that_are_no_certificate_and_key_are_refused() {
    let (folder, other) = (certificate(), certificate());
    let path = folder.path();
    std::fs::copy(other.path().join("key.pem"), path.join("other.pem")).unwrap();
    std::fs::write(path.join("text"), "the secret").unwrap();
    let bad = "-----BEGIN PRIVATE KEY-----\nthe secret!\n-----END PRIVATE KEY-----\n";
    std::fs::write(path.join("bad"), bad).unwrap();
    for (certificate, key) in [
        ("cert.pem", "none"),
        ("none", "key.pem"),
        ("text", "key.pem"),
        ("cert.pem", "text"),
        ("cert.pem", "bad"),
        ("cert.pem", "cert.pem"),
        ("key.pem", "key.pem"),
        ("cert.pem", "other.pem"),
    ] {
        let error = load(path, certificate, key).unwrap_err();
        assert_eq!(error.code(), ErrorCode::TlsInvalid, "{certificate} {key}");
        assert!(!error.message().contains("secret"), "{error}");
    }
}

#[test]
fn a_key_under_a_passphrase_is_told_from_one_that_is_damaged() {
    let folder = certificate();
    for encrypt in [
        "pkcs8 -topk8 -in key.pem -out encrypted.pem -passout pass:secret",
        "ec -aes128 -in key.pem -out encrypted.pem -passout pass:secret",
    ] {
        let made = openssl(folder.path(), encrypt).output().unwrap();
        assert!(made.status.success(), "{made:?}");
        let error = load(folder.path(), "cert.pem", "encrypted.pem").unwrap_err();
        assert_eq!(error.code(), ErrorCode::TlsInvalid);
        let message = error.message();
        assert!(
            message.contains("is encrypted") && message.contains("openssl pkey"),
            "{message}"
        );
    }
}

#[test]
fn off_loopback_nothing_is_open() {
    for (address, is_open) in [
        ("127.0.0.1:1", false),
        ("127.9.9.9:1", false),
        ("[::1]:1", false),
        ("[::ffff:127.0.0.1]:1", false),
        ("0.0.0.0:1", true),
        ("[::]:1", true),
        ("192.0.2.1:1", true),
    ] {
        let address = address.parse().unwrap();
        let refused = check_address(address, false).map_err(|error| error.code());
        assert_eq!(
            refused,
            if is_open {
                Err(ErrorCode::ListenOpen)
            } else {
                Ok(())
            },
            "{address}"
        );
        assert!(check_address(address, true).is_ok());
    }
}
