//! A client reads the certificates that it trusts once, and resumes its TLS sessions.

use std::env;
use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{HandshakeKind, ServerConfig, ServerConnection, Stream};
use streamtoken::Client;
use streamtoken::client::{CallOptions, ClientOptions};

use crate::table::without_proxies;

const INSIDE: &str = "STREAMTOKEN_TRUST";
const CALLS: usize = 3;

#[test]
fn certificates_are_read_once_and_sessions_are_resumed() {
    if let Ok(base) = env::var(INSIDE) {
        return inside(base);
    }
    let folder = tempfile::tempdir().unwrap();
    xtask::certificates::make(folder.path()).unwrap();
    let config = signed(folder.path());
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let served = thread::spawn(move || {
        let clients = server.incoming().take(CALLS);
        let kinds = clients.map(|client| serve(&client.unwrap(), Arc::clone(&config)).unwrap());
        kinds.collect::<Vec<_>>()
    });
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args([
            "--exact",
            "trust::certificates_are_read_once_and_sessions_are_resumed",
        ])
        .env(INSIDE, format!("https://localhost:{port}"))
        .env("SSL_CERT_FILE", folder.path().join("authority.pem"))
        .stdout(Stdio::piped());
    let ended = without_proxies(&mut command).output().unwrap();
    let output = String::from_utf8_lossy(&ended.stdout);
    assert!(output.contains("1 passed"), "{output}");
    let kinds = served.join().unwrap();
    let expected = [
        HandshakeKind::Full,
        HandshakeKind::Resumed,
        HandshakeKind::Resumed,
    ];
    assert_eq!(kinds, expected);
}

/// The client, which finds no certificates any more once it has connected.
fn inside(base: String) {
    let options = ClientOptions::new().api_token("a-token-of-the-test");
    let client = Client::new(options.account_id("account").base_url(base)).unwrap();
    for _ in 0..CALLS {
        let keys = client.stream().keys().list(&CallOptions::new()).unwrap();
        assert!(keys.is_empty());
        let trusted = env::var_os("SSL_CERT_FILE").unwrap();
        drop(fs::remove_file(trusted));
    }
}

fn signed(folder: &Path) -> Arc<ServerConfig> {
    let certificate = CertificateDer::from_pem_file(folder.join("signed.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("signed.key")).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key);
    Arc::new(config.unwrap())
}

/// Answers a request with an empty list, and gives how its session began.
fn serve(mut client: &TcpStream, config: Arc<ServerConfig>) -> io::Result<HandshakeKind> {
    let mut connection = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut stream = Stream::new(&mut connection, &mut client);
    let mut head = BufReader::new(&mut stream);
    let mut line = String::new();
    while head.read_line(&mut line)? > 2 {
        line.clear();
    }
    let body = r#"{"success":true,"result":[]}"#;
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )?;
    stream.flush()?;
    let kind = connection.handshake_kind();
    connection.send_close_notify();
    connection.write_tls(&mut client)?;
    // The client's farewell, so that nothing is reset before it has read its own.
    drop(client.read(&mut [0; 64]));
    kind.ok_or_else(|| io::ErrorKind::InvalidData.into())
}
