//! PEM as people hand it over: CRLF, any line length, blanks for newlines. One block, nothing beside it.

use super::der::{self, Kind};
use super::form::Material;
use super::read::decode_base64;
use crate::{Error, ErrorCode, Result};

/// Reads the one key in `text`, which contains a BEGIN line.
pub(super) fn read(text: &str) -> Result<Material> {
    let block = Block::only(text)?;
    let wanted = wanted_kinds(block.label)?;
    let bytes = decode_base64(block.body()?).ok_or_else(|| {
        Error::new(
            ErrorCode::KeyMalformed,
            "the text between BEGIN and END is not base64; copy the key again",
        )
    })?;
    let (mut material, kind) = der::read_kind(&bytes)?;
    if kind != wanted {
        return Err(Error::new(
            ErrorCode::KeyPemLabel,
            format!(
                "the PEM says {}, but it holds {}; copy the key again, with its own BEGIN and END lines",
                block.label,
                kind.der_name(),
            ),
        ));
    }
    material.form.name = kind.pem_name();
    Ok(material)
}

/// The refusal of OpenSSH's own container, with the command that converts it.
pub(super) fn openssh() -> Error {
    Error::new(
        ErrorCode::KeyOpenssh,
        "the key is in OpenSSH's own format; convert it with `ssh-keygen -p -m PEM -f KEY` (it rewrites the file)",
    )
}

struct Block<'a> {
    label: &'a str,
    content: &'a str,
}

impl<'a> Block<'a> {
    /// The block that makes up the whole text.
    fn only(text: &'a str) -> Result<Self> {
        let (before, rest) = text.split_once(BEGIN).ok_or_else(cut_off)?;
        let (label, rest) = rest.split_once(DASHES).ok_or_else(cut_off)?;
        let label = label.trim();
        Self::refuse_second(label, rest)?;
        let (content, rest) = rest.split_once(END).ok_or_else(cut_off)?;
        let (end_label, after) = rest.split_once(DASHES).ok_or_else(cut_off)?;
        if label != end_label.trim() {
            return Err(Error::new(
                ErrorCode::KeyPemLabel,
                "the BEGIN and END lines of the PEM have different labels; copy the key again",
            ));
        }
        if !before.trim().is_empty() || !after.trim().is_empty() {
            return Err(Error::new(
                ErrorCode::KeyTrailingData,
                "there is text beside the PEM block; keep what is between its BEGIN and END lines, and those",
            ));
        }
        Ok(Self { label, content })
    }

    /// Several keys are refused; but what `openssl ecparam` writes, parameters and key, is an EC key.
    fn refuse_second(label: &str, rest: &str) -> Result<()> {
        if !rest.contains(BEGIN) {
            return Ok(());
        }
        if label == "EC PARAMETERS" {
            return Err(der::not_rsa("an EC key"));
        }
        Err(Error::new(
            ErrorCode::KeySeveral,
            "the text holds several PEM blocks; give one private key alone",
        ))
    }

    /// What is to be decoded. RFC 1421 headers are there when the key is encrypted.
    fn body(&self) -> Result<&'a str> {
        if !self.content.contains(':') {
            return Ok(self.content);
        }
        if self.content.contains("ENCRYPTED") {
            return Err(encrypted());
        }
        Err(Error::new(
            ErrorCode::KeyMalformed,
            "the PEM has header lines; remove them",
        ))
    }
}

/// What the block of this label must hold.
fn wanted_kinds(label: &str) -> Result<Kind> {
    Ok(match label {
        "RSA PRIVATE KEY" => Kind::Pkcs1,
        "PRIVATE KEY" => Kind::Pkcs8,
        "PUBLIC KEY" => Kind::Spki,
        "RSA PUBLIC KEY" => Kind::Pkcs1Public,
        "ENCRYPTED PRIVATE KEY" => return Err(encrypted()),
        "OPENSSH PRIVATE KEY" => return Err(openssh()),
        "EC PRIVATE KEY" | "EC PARAMETERS" => return Err(der::not_rsa("an EC key")),
        "DSA PRIVATE KEY" | "DSA PARAMETERS" => return Err(der::not_rsa("a DSA key")),
        "CERTIFICATE"
        | "X509 CERTIFICATE"
        | "TRUSTED CERTIFICATE"
        | "CERTIFICATE REQUEST"
        | "NEW CERTIFICATE REQUEST" => return Err(der::certificate()),
        _ => {
            return Err(Error::new(
                ErrorCode::KeyUnrecognized,
                "the PEM holds something else than an RSA key; its label must be RSA PRIVATE KEY, PRIVATE KEY, \
                 PUBLIC KEY or RSA PUBLIC KEY",
            ));
        }
    })
}

pub(super) fn encrypted() -> Error {
    Error::new(
        ErrorCode::KeyEncrypted,
        "the key is encrypted; decrypt it with `openssl rsa -in KEY -out PLAIN`",
    )
}

fn cut_off() -> Error {
    Error::new(
        ErrorCode::KeyMalformed,
        "the PEM is cut off; it must reach from its BEGIN line to its END line",
    )
}

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";
