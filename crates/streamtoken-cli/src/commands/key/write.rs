//! Private keys in all their forms, and files that only their owner reads.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use streamtoken::{Error, ErrorCode, Result, SigningKey};
use zeroize::Zeroizing;

use crate::input::STDIN;
use crate::output::reason;
use crate::secrets;

/// How a private key is written.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum Format {
    /// JSON Web Key, which holds the key id
    Jwk,
    /// BEGIN RSA PRIVATE KEY
    Pkcs1Pem,
    /// BEGIN PRIVATE KEY, which most libraries want
    Pkcs8Pem,
    /// `pem` of Cloudflare's API: base64 of the PKCS#1 PEM
    PemBase64,
    /// `jwk` of Cloudflare's API: base64 of the JWK
    JwkBase64,
}

impl Format {
    /// The name on the command line.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Jwk => "jwk",
            Self::Pkcs1Pem => "pkcs1-pem",
            Self::Pkcs8Pem => "pkcs8-pem",
            Self::PemBase64 => "pem-base64",
            Self::JwkBase64 => "jwk-base64",
        }
    }

    /// Whether the text names the key's id.
    pub(super) fn holds_id(self) -> bool {
        matches!(self, Self::Jwk | Self::JwkBase64)
    }

    /// The key in this form.
    pub(super) fn write(self, key: &SigningKey) -> Zeroizing<String> {
        match self {
            Self::Jwk => key.to_jwk(),
            Self::Pkcs1Pem => key.to_pkcs1_pem(),
            Self::Pkcs8Pem => key.to_pkcs8_pem(),
            Self::PemBase64 => key.to_pem_base64(),
            Self::JwkBase64 => key.to_jwk_base64(),
        }
    }
}

/// What `--json` prints of a key that was written into a file, or else stands in the answer.
#[derive(Serialize)]
pub(super) struct Written<'a> {
    pub(super) id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bits: Option<u32>,
    pub(super) format: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<&'a str>,
}

/// `text` with one newline at its end.
pub(in crate::commands) fn line(text: &str) -> Zeroizing<String> {
    let mut line = Zeroizing::new(String::with_capacity(text.len() + 1));
    line.push_str(text.trim_end());
    line.push('\n');
    line
}

/// Where a private key goes: a new file, or standard output for `-`.
pub(in crate::commands) fn is_stdout(out: &Path) -> bool {
    out.as_os_str() == STDIN
}

/// Writes `text` as a line into a new file that only its owner may read.
pub(in crate::commands) fn new_file(path: &Path, text: &str) -> Result<()> {
    let mut file = create(path).map_err(|error| uncreated(path, &error))?;
    let written = file
        .write_all(line(text).as_bytes())
        .and_then(|()| file.sync_all());
    written.map_err(|error| {
        // Half a key is of no use to anybody; the file is ours, since it was not there before.
        drop(std::fs::remove_file(path));
        unwritten(path, &reason(&error))
    })
}

/// A file that was not there before, for its owner alone; no link is followed.
pub(in crate::commands) fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

pub(in crate::commands) fn uncreated(path: &Path, error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::AlreadyExists {
        return unwritten(path, "it is there already, and a key is never overwritten");
    }
    unwritten(path, &reason(error))
}

pub(in crate::commands) fn unwritten(path: &Path, why: &str) -> Error {
    let name = secrets::shown(&path.to_string_lossy());
    let message = format!("{name} cannot be written: {why}");
    Error::new(ErrorCode::FileUnwritable, message)
}

/// A path as JSON says it.
pub(super) fn shown(path: Option<&PathBuf>) -> Option<String> {
    path.map(|path| path.to_string_lossy().into_owned())
}

/// A path as a shell reads it.
pub(in crate::commands) fn quoted(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+:@,%".contains(&byte);
    if !path.is_empty() && path.bytes().all(is_plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}
