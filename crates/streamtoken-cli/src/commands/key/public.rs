//! `key public`: the public halves, for verifiers.

use std::path::PathBuf;
use std::process::ExitCode;

use serde::Serialize;
use streamtoken::{Error, ErrorCode, KeySet, PublicKey, Result};

use crate::key_source::load_set;
use crate::output::{Outcome, Ui};

/// Print the public half of keys, for verifiers
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files with private or public keys in any form, or JWK sets; - reads standard input
    #[arg(value_name = "FILE|-", required = true)]
    files: Vec<PathBuf>,
    /// Id of the key, when the one file does not hold it
    #[arg(long, value_name = "ID")]
    key_id: Option<String>,
    /// Form of the keys; jwk and pem take one key
    #[arg(long, value_enum, default_value_t = Format::Jwks)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// JSON Web Key Set, for `verify --keys` and most libraries
    Jwks,
    /// JSON Web Key
    Jwk,
    /// BEGIN PUBLIC KEY
    Pem,
}

#[derive(Serialize)]
struct Exported<'a> {
    ids: Vec<&'a str>,
    format: &'a str,
    key: &'a str,
}

pub(crate) fn run(args: &Args, ui: Ui) -> Outcome {
    let mut keys = Vec::new();
    for file in &args.files {
        keys.extend(load_set(file, args.key_id.as_deref())?.iter().cloned());
    }
    let keys = KeySet::new(keys)?;
    let (format, text) = match args.format {
        Format::Jwks => ("jwks", keys.to_jwks()),
        Format::Jwk => ("jwk", one(&keys)?.to_jwk()),
        Format::Pem => ("pem", one(&keys)?.to_pem()),
    };
    if ui.json {
        ui.object(&Exported {
            ids: keys.iter().map(PublicKey::id).collect(),
            format,
            key: text.trim_end(),
        })?;
    } else {
        ui.line(text.trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The key of a set that has one.
fn one(keys: &KeySet) -> Result<&PublicKey> {
    match keys.iter().next() {
        Some(key) if keys.len() == 1 => Ok(key),
        _ => Err(Error::new(
            ErrorCode::KeySeveral,
            format!(
                "there are {} keys; --format jwks writes several",
                keys.len()
            ),
        )),
    }
}

const EXAMPLES: &str = "\
Examples:
  $ streamtoken key public key.jwk > jwks.json
  $ streamtoken key public key.jwk --format pem";
