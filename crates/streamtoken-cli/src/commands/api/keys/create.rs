//! `api keys create`.

use serde::Serialize;

use super::Connection;
use super::made::Made;
use super::out::Out;
use crate::output::{Exit, Outcome, Ui, in_a_line};

/// Have the API make a signing key, into a new file that only you can read
///
/// The file is made first, so that no key is made in vain. It holds the API's answer, which every command
/// here reads; `key export` writes other forms. A request whose answer is lost is not sent again: see with
/// `keys list` whether a key was made.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::commands::api) struct Args {
    #[command(flatten)]
    out: Out,
}

#[derive(Serialize)]
struct Created<'a> {
    id: &'a str,
    created: Option<&'a str>,
    file: String,
}

pub(super) fn run(args: &Args, connection: &Connection, ui: Ui) -> Outcome {
    let client = connection.client(ui)?;
    let made = Made::make(&client, args.out.reserve(ui)?, ui)?;
    if made.kept.is_none() {
        ui.note(&format!("key id: {}", in_a_line(made.key.id())));
    } else if ui.json {
        ui.object(&Created {
            id: made.key.id(),
            created: made.key.created(),
            file: made.file_name(),
        })?;
    } else {
        ui.line(&made.advice())?;
    }
    Ok(Exit::SUCCESS)
}

const EXAMPLES: &str = "\
Credentials, account and exit codes: see streamtoken api --help.

Examples:
  $ streamtoken api keys create
  $ streamtoken api keys create --out stream-key.json
  $ streamtoken sign ea95132c15732412d22c1476fa83f27a --key stream-key.json
  $ streamtoken key export stream-key.json --format pkcs8-pem --out key.pem";
