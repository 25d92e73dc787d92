//! `streamtoken api`: Cloudflare's API, or a service that answers its routes.

mod connection;
mod keys;
mod token;

use connection::{Connection, in_flags};

use crate::output::{Outcome, Stop, Ui};

/// Ask Cloudflare's API for tokens, and manage the account's signing keys
///
/// Each of these is a request over the network; `streamtoken sign` mints without one. Requests that fail in
/// a way that may pass are sent again; those that make a key are not, once they may have arrived.
#[derive(clap::Args)]
#[command(subcommand_required = true, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    connection: Connection,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    #[command(subcommand)]
    Token(token::Command),
    #[command(subcommand)]
    Keys(keys::Command),
}

pub(crate) fn run(args: &Args, ui: Ui) -> Outcome {
    let outcome = match &args.command {
        Command::Token(command) => token::run(command, &args.connection, ui),
        Command::Keys(command) => keys::run(command, &args.connection, ui),
    };
    outcome.map_err(|stop| match stop {
        Stop::Refused(error) => in_flags(error).into(),
        Stop::ReaderGone => Stop::ReaderGone,
    })
}

const EXAMPLES: &str = "\
The credential is never an argument, since every user of the machine can read those. It
is an API token with the permission to edit Stream, in CLOUDFLARE_API_TOKEN or in the
file of --api-token-file; or, with the previous scheme, CLOUDFLARE_EMAIL and
CLOUDFLARE_API_KEY. CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_BASE_URL stand for their flags,
HTTPS_PROXY and NO_PROXY are respected.

Exit codes: 0 ok, 2 input, also a question that was not answered with yes, 3 key,
4 the API or the network, also a credential or an account id that is missing, and a
credential, base URL or proxy that is none; 130 Ctrl-C (129 SIGHUP, 143 SIGTERM). A
failure of the API says the status, its codes, cf-ray and the number of attempts; with
--json as the member api.

Examples:
  $ streamtoken api token create ea95132c15732412d22c1476fa83f27a
  $ streamtoken api keys create --out stream-key.json
  $ streamtoken api keys list --json
  $ printf '%s' \"$CLOUDFLARE_API_TOKEN\" |
      streamtoken api keys list --api-token-file - --timeout 10 --verbose";
