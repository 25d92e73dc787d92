//! TLS, by rustls on AWS-LC.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use streamtoken::{Error, ErrorCode, Result};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;
use zeroize::Zeroizing;

use crate::files;

/// Most that is read of a file to find out what its key is.
const LONGEST: usize = 64 << 10;

/// What a connection is once TLS is agreed on.
pub(super) type Stream = TlsStream<TcpStream>;

/// A certificate and its key, ready to serve with.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

impl Tls {
    /// Reads a chain of certificates, the server's own first, and the private key that goes with it, in PEM.
    ///
    /// # Errors
    /// [`ErrorCode::TlsInvalid`].
    pub fn load(certificates: &Path, key: &Path) -> Result<Self> {
        let chain = CertificateDer::pem_file_iter(certificates)
            .and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>)
            .map_err(|error| unusable("certificate", certificates, &error))?;
        if chain.is_empty() {
            let message = format!("{} holds no certificate in PEM", certificates.display());
            return Err(Error::new(ErrorCode::TlsInvalid, message));
        }
        let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| match error {
            pem::Error::Io(_) => unusable("key", key, &error),
            _ if is_encrypted(key) => encrypted(key),
            _ => unusable("key", key, &error),
        })?;
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .map_err(|error| refused(&error))?
                .with_no_client_auth()
                .with_single_cert(chain, secret)
                .map_err(|error| refused(&error))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<Stream> {
        self.0.accept(stream).await
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

/// Whether the file has a key under a passphrase, in PKCS#8 or in the form of before. It is read a second time,
/// as far as a key goes.
fn is_encrypted(path: &Path) -> bool {
    let mut text = Zeroizing::new(Vec::with_capacity(LONGEST));
    let read = File::open(path).and_then(|file| file.take(LONGEST as u64).read_to_end(&mut text));
    let marks = [
        "-----BEGIN ENCRYPTED PRIVATE KEY-----",
        "Proc-Type: 4,ENCRYPTED",
    ];
    let has = |mark: &str| text.windows(mark.len()).any(|part| part == mark.as_bytes());
    read.is_ok() && marks.into_iter().any(has)
}

fn encrypted(path: &Path) -> Error {
    let shown = path.display();
    let message = format!(
        "the TLS key {shown} is encrypted, and nobody is there to give its passphrase; decrypt it with `openssl pkey -in {shown} -out PLAIN`"
    );
    Error::new(ErrorCode::TlsInvalid, message)
}

/// The content is not quoted: it may be a key.
fn unusable(what: &str, path: &Path, error: &pem::Error) -> Error {
    let reason = match error {
        pem::Error::Io(error) => files::reason(error),
        pem::Error::NoItemsFound => format!("it holds no {what} in PEM"),
        _ => "it is not well-formed PEM".to_owned(),
    };
    Error::new(
        ErrorCode::TlsInvalid,
        format!("the TLS {what} {} cannot be used: {reason}", path.display()),
    )
}

fn refused(error: &tokio_rustls::rustls::Error) -> Error {
    Error::new(
        ErrorCode::TlsInvalid,
        format!("the TLS certificate and its key cannot be used: {error}"),
    )
}
