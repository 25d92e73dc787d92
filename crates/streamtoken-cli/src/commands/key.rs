//! `streamtoken key`: making, showing and converting keys.

mod export;
mod generate;
mod public;
mod show;
pub(super) mod write;

use crate::output::{Outcome, Ui};

/// Make, show and convert signing keys
///
/// Keys are read from files or standard input (-), in any form: PEM, JWK, DER, base64 of these, or the
/// JSON of Cloudflare's stream/keys response.
#[derive(clap::Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum Command {
    Generate(generate::Args),
    Show(show::Args),
    Export(export::Args),
    Public(public::Args),
}

pub(crate) fn run(command: &Command, ui: Ui) -> Outcome {
    match command {
        Command::Generate(args) => generate::run(args, ui),
        Command::Show(args) => show::run(args, ui),
        Command::Export(args) => export::run(args, ui),
        Command::Public(args) => public::run(args, ui),
    }
}

const EXAMPLES: &str = "\
Examples:
  $ streamtoken key generate --out key.jwk
  $ streamtoken key show key.jwk
  $ streamtoken key export key.jwk --format pkcs8-pem --out key.pem
  $ streamtoken key public key.jwk > jwks.json";
