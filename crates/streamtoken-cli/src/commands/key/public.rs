//! `key public`: the public halves, for verifiers.

use std::path::PathBuf;

use serde::Serialize;
use streamtoken::{Error, ErrorCode, KeySet, PublicKey, Result};

use crate::key_source::{load_set, read};
use crate::output::{Exit, Outcome, Ui};

/// Print the public half of keys, for verifiers
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files with private or public keys in any form, JWK sets among them; - reads standard input
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
    let (format, keys, text) = match args.format {
        Format::Jwks => {
            let keys = args.set()?;
            ("jwks", keys.clone(), keys.to_jwks())
        }
        Format::Jwk => args
            .one()
            .map(|key| ("jwk", key.clone().into(), key.to_jwk()))?,
        Format::Pem => args
            .one()
            .map(|key| ("pem", key.clone().into(), key.to_pem()))?,
    };
    if ui.json {
        ui.object(&Exported {
            ids: keys.iter().map(PublicKey::id).collect(),
            format,
            key: &text,
        })?;
    } else {
        ui.line(text.trim_end())?;
    }
    Ok(Exit::SUCCESS)
}

impl Args {
    /// The keys of all files.
    fn set(&self) -> Result<KeySet> {
        let mut keys = Vec::new();
        for file in &self.files {
            keys.extend(load_set(file, self.key_id.as_deref())?.iter().cloned());
        }
        KeySet::new(keys)
    }

    /// The key of the one file.
    fn one(&self) -> Result<PublicKey> {
        let [file] = &*self.files else {
            let message = format!(
                "there are {} files; --format jwks writes several keys",
                self.files.len()
            );
            return Err(Error::new(ErrorCode::KeySeveral, message));
        };
        PublicKey::load(&*read(file)?, self.key_id.as_deref())
    }
}

const EXAMPLES: &str = "\
Examples:
  $ streamtoken key public key.jwk > jwks.json
  $ streamtoken key public key.jwk --format pem";
