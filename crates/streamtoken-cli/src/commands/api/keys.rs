//! `api keys`: the signing keys of an account.

mod confirm;
mod create;
mod delete;
mod file;
mod id;
mod interrupt;
mod list;
mod made;
mod out;
mod rotate;

use super::connection::Connection;
use crate::output::{Outcome, Ui};

/// Make, list, delete and rotate the account's signing keys
///
/// The API shows the private parts of a key once, when it makes it. A key signs for every video of its
/// account; an account has at most 1,000.
#[derive(clap::Subcommand)]
#[command(after_help = EXAMPLES)]
pub(super) enum Command {
    Create(create::Args),
    /// List the account's signing keys, without their private parts
    #[command(after_help = list::EXAMPLES)]
    List,
    Delete(delete::Args),
    Rotate(rotate::Args),
}

pub(super) fn run(command: &Command, connection: &Connection, ui: Ui) -> Outcome {
    match command {
        Command::Create(args) => create::run(args, connection, ui),
        Command::List => list::run(connection, ui),
        Command::Delete(args) => delete::run(args, connection, ui),
        Command::Rotate(args) => rotate::run(args, connection, ui),
    }
}

const EXAMPLES: &str = "\
Credentials, account and exit codes: see streamtoken api --help.

Examples:
  $ streamtoken api keys create --out stream-key.json
  $ streamtoken sign ea95132c15732412d22c1476fa83f27a --key stream-key.json
  $ streamtoken api keys list
  $ streamtoken api keys rotate --out new-key.json --dry-run";
