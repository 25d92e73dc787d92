//! `serve`: the token endpoint.

mod dev;
mod flags;
mod service;
mod stop;

use streamtoken::{Error, ErrorCode};
use tokio::runtime::Runtime;

use flags::Flags;

use crate::output::{Outcome, Ui};
use crate::panics;

/// Answer Cloudflare Stream's token endpoint and key routes
///
/// Under the same paths as Cloudflare's API, so that its official clients work against this service by
/// changing their base URL. Without --dev it needs a master key, which seals the signing keys of the store.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Read and check all that the service needs, print the settings in force, and end
    #[arg(long, conflicts_with = "dev")]
    check_config: bool,
    /// End, in order, when standard input does: so that it does not outlive whoever started it
    #[arg(long)]
    exit_on_stdin_close: bool,
    // These set headings for what follows, so they stand last.
    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    dev: dev::DevArgs,
}

pub(crate) fn run(args: &Args, ui: Ui) -> Outcome {
    args.dev.check()?;
    let settings = args.flags.settings()?;
    let runtime = Runtime::new().map_err(|_| Error::from(ErrorCode::Internal))?;
    if args.check_config {
        let options = args.flags.open_options(&settings)?;
        return runtime.block_on(service::check(&settings, &options, ui));
    }
    panics::survive();
    let on_stdin = args.exit_on_stdin_close;
    let outcome = if args.dev.is_wanted() {
        // A store that the environment or a file names is no emulator's.
        let store = args.flags.store();
        runtime.block_on(dev::run(&args.dev, on_stdin, store, settings, ui))
    } else {
        let options = args.flags.open_options(&settings)?;
        runtime.block_on(service::run(settings, options, on_stdin, ui))
    };
    // Whoever asked for the end does not wait for keys that are still being made.
    runtime.shutdown_background();
    outcome
}

const EXAMPLES: &str = "\
Each setting can stand in the environment and in a file as well: --head-timeout 5 is
STREAMTOKEN_HEAD_TIMEOUT=5, and head_timeout = 5 in the file of --config (or of
STREAMTOKEN_CONFIG). Flags go before the environment, and that before the file.
Secrets are never flags: STREAMTOKEN_MASTER_KEY and STREAMTOKEN_PREVIOUS_MASTER_KEY, or
files. Off loopback it wants TLS, or --behind-proxy. SIGTERM ends it in order.

Examples:
  $ streamtoken serve --dev --listen 127.0.0.1:0 & SERVER=$!
  $ kill $SERVER
  $ (umask 077; head -c 32 /dev/urandom | base64 > master.key)
  $ streamtoken serve --master-key-file master.key --check-config
  $ STREAMTOKEN_STORE=tokens.db streamtoken serve --check-config \\
      --master-key-file master.key --listen 0.0.0.0:8787 --behind-proxy";
