//! An authority of its own, a certificate that it signed for `localhost`, and one that nobody signed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A folder with certificates and keys, which goes when this does.
pub(crate) struct Certificates(tempfile::TempDir);

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

const NEW: &str =
    "req -x509 -config config -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2";

impl Certificates {
    pub(crate) fn make() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("config"), CONFIG)?;
        for more in [
            "-extensions authority -subj /CN=streamtoken-tests -keyout authority.key -out authority.pem",
            "-extensions server -CA authority.pem -CAkey authority.key -keyout signed.key -out signed.pem",
            "-extensions server -keyout unsigned.key -out unsigned.pem",
        ] {
            openssl(folder.path(), &format!("{NEW} {more}"))?;
        }
        Ok(Self(folder))
    }

    /// The file with the authority's certificate.
    pub(crate) fn authority(&self) -> PathBuf {
        self.0.path().join("authority.pem")
    }

    /// By the authority, for `localhost`.
    pub(crate) fn signed(&self) -> Result<Arc<ServerConfig>> {
        self.load("signed")
    }

    /// By nobody, for `localhost`.
    pub(crate) fn unsigned(&self) -> Result<Arc<ServerConfig>> {
        self.load("unsigned")
    }

    fn load(&self, name: &str) -> Result<Arc<ServerConfig>> {
        let file = |extension: &str| self.0.path().join(format!("{name}.{extension}"));
        let certificate = CertificateDer::from_pem_file(file("pem"))?;
        let key = PrivateKeyDer::from_pem_file(file("key"))?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)?;
        Ok(Arc::new(config))
    }
}

fn openssl(folder: &Path, arguments: &str) -> Result<()> {
    let made = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .context("openssl makes the certificates, and cannot be started")?;
    ensure!(
        made.status.success(),
        "openssl makes no certificate: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    Ok(())
}
