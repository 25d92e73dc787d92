//! `streamtoken admin`: what only the operator of the service does, on the store itself.

mod account;
mod master_key;
mod place;
mod policy;
mod token;

use std::future::Future;

use streamtoken::{Error, ErrorCode};

use crate::output::{Outcome, Ui};
use place::Place;

/// Manage accounts, API tokens and the master key of the token service
///
/// Works on the file of the store, beside a running service, which notices within a second.
#[derive(clap::Args)]
#[command(subcommand_required = true, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    #[command(subcommand)]
    Account(account::Command),
    #[command(subcommand)]
    Token(token::Command),
    #[command(subcommand)]
    MasterKey(master_key::Command),
}

pub(crate) fn run(args: &Args, ui: Ui) -> Outcome {
    let place = &args.place;
    match &args.command {
        Command::Account(command) => account::run(command, place, ui),
        Command::Token(command) => token::run(command, place, ui),
        Command::MasterKey(command) => master_key::run(command, place, ui),
    }
}

/// Waits for what talks to the store.
fn wait(work: impl Future<Output = Outcome>) -> Outcome {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|_| Error::from(ErrorCode::Internal))?
        .block_on(work)
}

const EXAMPLES: &str = "\
Each flag of the store has a variable: STREAMTOKEN_STORE, STREAMTOKEN_MASTER_KEY_FILE
(or STREAMTOKEN_MASTER_KEY, the key itself) and STREAMTOKEN_PREVIOUS_MASTER_KEY_FILE
(or STREAMTOKEN_PREVIOUS_MASTER_KEY).

Examples:
  $ export STREAMTOKEN_STORE=store.db STREAMTOKEN_MASTER_KEY_FILE=master.key
  $ streamtoken admin account create 023e105f4ecef8ad9ca31a8372d0c353
  $ TOKEN=$(streamtoken admin token create --name web --all-accounts)
  $ streamtoken admin token list";
