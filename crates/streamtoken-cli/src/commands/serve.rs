//! `serve`: the token endpoint.

use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;

use streamtoken::{Error, ErrorCode, SigningKey};
use streamtoken_server::access::{Accounts, Action, Grants, NewCredential};
use streamtoken_server::store::SqliteStore;
use streamtoken_server::vault::{MasterKey, Vault};
use streamtoken_server::{Minting, Service, routes, serve};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::output::{Exit, Outcome, Ui};

/// Answer Cloudflare Stream's token endpoint and key routes
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Be an emulator for tests: everything in memory, with credentials at hand
    #[arg(long)]
    dev: bool,
    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
}

pub(crate) fn run(args: &Args, ui: Ui) -> Outcome {
    let runtime = Runtime::new().map_err(|_| Error::from(ErrorCode::Internal))?;
    runtime.block_on(emulate(args, ui))
}

async fn emulate(args: &Args, ui: Ui) -> Outcome {
    let store = Arc::new(SqliteStore::in_memory().await?);
    let master = MasterKey::parse(&MasterKey::generate_text()?)?;
    let service = Service::start(store, Vault::new(master, None), Minting::default()).await?;
    let account = SigningKey::generate()?.id().to_owned();
    service.add_account(&account, None).await?;
    let grants = Grants::new(Accounts::All, Action::ALL.iter().copied());
    let created = service.clock().timestamp().to_string();
    let credential = NewCredential::generate("dev", None, grants, created)?;
    service.add_credential(&credential).await?;
    let listener = TcpListener::bind(args.listen)
        .await
        .map_err(|error| Error::new(ErrorCode::ListenFailed, error.to_string()))?;
    let address = listener
        .local_addr()
        .map_err(|error| Error::new(ErrorCode::ListenFailed, error.to_string()))?;
    ui.line(&format!(
        "curl -X POST http://{address}/client/v4/accounts/{account}/stream/ea95132c15732412d22c1476fa83f27a/token -H 'Authorization: Bearer {}'",
        *credential.secret
    ))?;
    serve::serve(listener, routes::router(Arc::new(service)), pending()).await;
    Ok(Exit::SUCCESS)
}
