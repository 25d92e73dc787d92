//! `serve --dev`: the emulator.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use streamtoken::{Error, ErrorCode, Result, SigningKey};
use streamtoken_server::dev::{Emulator, EmulatorOptions, Introduction};
use streamtoken_server::serve::{self, Server};
use streamtoken_server::settings::Settings;
use tokio::net::TcpListener;

use super::service;
use super::stop::Stop as Stops;
use crate::key_source;
use crate::output::{Exit, NAME, Outcome, Stop, Ui};

#[derive(clap::Args)]
#[command(next_help_heading = "Emulator")]
pub(crate) struct DevArgs {
    /// Be an emulator for tests: in memory, on loopback alone, with credentials that it prints
    #[arg(long)]
    dev: bool,
    /// Account of the emulator [default: the store's, or that of Cloudflare's documentation]
    #[arg(long, value_name = "ID", requires = "dev")]
    account: Option<String>,
    /// File with the key that the emulator signs with, in any form; - reads standard input [default:
    /// a new one]
    #[arg(long, value_name = "FILE|-", requires = "dev")]
    key: Option<PathBuf>,
    /// Id of the key, when the file does not hold it
    #[arg(long, value_name = "ID", requires = "key")]
    key_id: Option<String>,
}

pub(super) async fn run(
    args: &DevArgs,
    on_stdin: bool,
    store: Option<PathBuf>,
    settings: Settings,
    ui: Ui,
) -> Outcome {
    if serve::check_address(settings.listen, false).is_err() {
        let message = "the emulator prints its credentials, so it listens on loopback alone, such as 127.0.0.1:8787";
        return Err(Error::new(ErrorCode::ListenOpen, message).into());
    }
    let _log = service::start_log(&settings);
    // Whoever ends a test does not wait for an answer that was made late on purpose.
    let mut limits = settings.limits;
    limits.drain_timeout = limits.drain_timeout.min(Duration::from_secs(1));
    let mut options = EmulatorOptions::default();
    options.account.clone_from(&args.account);
    options.key = args.load_key()?;
    options.store = store;
    options.minting = settings.minting;
    let mut stops = Stops::new(on_stdin)?;
    let mut stop = Box::pin(async move { stops.next().await });
    let (emulator, listener) = tokio::select! {
        started = start(options, settings.listen, ui) => started?,
        () = &mut stop => return Ok(Exit::SUCCESS),
    };
    Server::new(emulator.router())
        .limits(limits)
        .run(listener, stop)
        .await;
    emulator.service().close().await;
    Ok(Exit::SUCCESS)
}

async fn start(
    options: EmulatorOptions,
    address: SocketAddr,
    ui: Ui,
) -> Result<(Emulator, TcpListener), Stop> {
    let emulator = Emulator::start(options).await?;
    let (listener, address) = service::listen(address).await?;
    introduce(&emulator.introduction(address), ui)?;
    Ok((emulator, listener))
}

impl DevArgs {
    pub(super) fn is_wanted(&self) -> bool {
        self.dev
    }

    /// Refuses what only an emulator has. (clap lets it pass where another flag is no emulator's.)
    pub(super) fn check(&self) -> Result<()> {
        if self.dev || (self.account.is_none() && self.key.is_none()) {
            return Ok(());
        }
        let message = "--account, --key and --key-id are the emulator's: they go with --dev alone";
        Err(Error::new(ErrorCode::UsageInvalid, message))
    }

    fn load_key(&self) -> Result<Option<SigningKey>> {
        let load = |path| key_source::load(path, self.key_id.as_deref());
        self.key.as_deref().map(load).transpose()
    }
}

/// Tells whoever started the emulator how to reach it: one line of JSON, or lines for people, the last of
/// which mints a token as it stands.
fn introduce(emulator: &Introduction<'_>, ui: Ui) -> Result<(), Stop> {
    if ui.json {
        return ui.object(emulator);
    }
    let rows = [
        ("base URL", &*emulator.base_url),
        ("account", emulator.account_id),
        ("API token", emulator.api_token),
        ("e-mail", emulator.api_email),
        ("API key", emulator.api_key),
        ("public keys", &emulator.jwks_url),
        ("clock, faults", &emulator.dev_url),
    ];
    for (name, value) in rows {
        ui.line(&format!(
            "{} {value}",
            ui.paint(NAME, &format!("{name:<13}"))
        ))?;
    }
    ui.line(&format!(
        "\ncurl -X POST {}/accounts/{}/stream/{VIDEO}/token -H 'Authorization: Bearer {}'",
        emulator.base_url, emulator.account_id, emulator.api_token
    ))
}

/// The video of Cloudflare's example.
const VIDEO: &str = "ea95132c15732412d22c1476fa83f27a";
