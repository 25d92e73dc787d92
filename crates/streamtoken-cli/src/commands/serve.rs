//! `serve`: the token endpoint.

mod flags;
mod service;

use std::net::SocketAddr;
use std::sync::Arc;

use streamtoken::{Error, ErrorCode, SigningKey};
use streamtoken_server::access::{Accounts, Action, Grants, NewCredential};
use streamtoken_server::settings::Settings;
use streamtoken_server::store::SqliteStore;
use streamtoken_server::vault::{MasterKey, Vault};
use streamtoken_server::{Minting, Service, routes, serve};
use tokio::runtime::Runtime;

use flags::Flags;

use crate::output::{Exit, Outcome, Ui};
use crate::panics;

/// Answer Cloudflare Stream's token endpoint and key routes
///
/// Under the same paths as Cloudflare's API, so that its official clients work against this service by
/// changing their base URL. Without --dev it needs a master key, which seals the signing keys of the store.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Be an emulator for tests: everything in memory, with credentials at hand
    #[arg(long)]
    dev: bool,
    /// Read and check all that the service needs, print the settings in force, and end
    #[arg(long, conflicts_with = "dev")]
    check_config: bool,
    // Sets headings for what follows, so it stands last.
    #[command(flatten)]
    flags: Flags,
}

pub(crate) fn run(args: &Args, ui: Ui) -> Outcome {
    let settings = args.flags.settings()?;
    if args.check_config {
        return service::check(&settings, ui);
    }
    panics::survive();
    let runtime = Runtime::new().map_err(|_| Error::from(ErrorCode::Internal))?;
    if args.dev {
        runtime.block_on(emulate(&settings, ui))
    } else {
        runtime.block_on(service::run(settings, ui))
    }
}

async fn emulate(settings: &Settings, ui: Ui) -> Outcome {
    check_emulated(settings.listen)?;
    let store = Arc::new(SqliteStore::in_memory().await?);
    let master = MasterKey::parse(&MasterKey::generate_text()?)?;
    let service = Service::start(store, Vault::new(master, None), Minting::default()).await?;
    let account = SigningKey::generate()?.id().to_owned();
    service.add_account(&account, None).await?;
    let grants = Grants::new(Accounts::All, Action::ALL.iter().copied());
    let created = service.clock().timestamp().to_string();
    let credential = NewCredential::generate("dev", None, grants, created)?;
    service.add_credential(&credential).await?;
    let stop = service::stop_signal()?;
    let listener = service::listen(settings.listen).await?;
    let address = listener
        .local_addr()
        .map_err(|error| Error::new(ErrorCode::ListenFailed, error.to_string()))?;
    ui.line(&format!(
        "curl -X POST http://{address}/client/v4/accounts/{account}/stream/ea95132c15732412d22c1476fa83f27a/token -H 'Authorization: Bearer {}'",
        *credential.secret
    ))?;
    serve::serve(listener, routes::router(Arc::new(service)), stop).await;
    Ok(Exit::SUCCESS)
}

/// The emulator's credentials are on the screen: nobody but this machine reaches it.
fn check_emulated(address: SocketAddr) -> Result<(), Error> {
    serve::check_address(address, false).map_err(|error| {
        let message = "the emulator is for this machine alone: listen at 127.0.0.1 or [::1]";
        Error::new(error.code(), message)
    })
}

const EXAMPLES: &str = "\
Each setting can stand in the environment and in a file as well: --head-timeout 5 is
STREAMTOKEN_HEAD_TIMEOUT=5, and head_timeout = 5 in the file of --config (or of
STREAMTOKEN_CONFIG). Flags go before the environment, and that before the file.
Secrets are never flags: STREAMTOKEN_MASTER_KEY and STREAMTOKEN_PREVIOUS_MASTER_KEY, or
files. Off loopback it wants TLS, or --behind-proxy. SIGTERM ends it in order.

Examples:
  $ (umask 077; head -c 32 /dev/urandom | base64 > master.key)
  $ streamtoken serve --master-key-file master.key --check-config
  $ STREAMTOKEN_STORE=tokens.db streamtoken serve --check-config \\
      --master-key-file master.key --listen 0.0.0.0:8787 --behind-proxy";
