//! The server's certificates: one that an authority of its own signed, and one that nobody did.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use xtask::certificates;

/// A folder with certificates and keys, which goes when this does.
pub(crate) struct Certificates(tempfile::TempDir);

impl Certificates {
    pub(crate) fn make() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        certificates::make(folder.path())
            .context("openssl makes the certificates, and does not")?;
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
