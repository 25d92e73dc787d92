//! A build without feature `tls`, which knows what it cannot do.

use std::convert::Infallible;
use std::io;
use std::path::Path;

use streamtoken::{Error, ErrorCode, Result};
use tokio::net::TcpStream;

/// What a connection is once TLS is agreed on; here it never is.
pub(super) type Stream = TcpStream;

/// A certificate and its key, which this build cannot serve with.
#[derive(Debug, Clone)]
pub struct Tls(Infallible);

impl Tls {
    /// Refuses: TLS is left out of this build.
    ///
    /// # Errors
    /// [`ErrorCode::TlsInvalid`].
    pub fn load(_certificates: &Path, _key: &Path) -> Result<Self> {
        Err(Error::new(
            ErrorCode::TlsInvalid,
            "this build has no TLS; use the program streamtoken of its own, or --behind-proxy with a proxy that has it",
        ))
    }

    pub(super) async fn accept(&self, _stream: TcpStream) -> io::Result<Stream> {
        match self.0 {}
    }
}
