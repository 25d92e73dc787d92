//! The service proper: a store on disk, and whoever has a credential.

use std::future::Future;
use std::io::{self, IsTerminal as _};
use std::net::SocketAddr;
use std::sync::Arc;

use serde::Serialize;
use streamtoken::{Error, ErrorCode, Result};
use streamtoken_server::log::{self, LogFormat};
use streamtoken_server::routes;
use streamtoken_server::serve::{Server, Tls};
use streamtoken_server::settings::Settings;
use streamtoken_server::{OpenOptions, open};
use tokio::net::TcpListener;

use crate::master_keys;
use crate::output::{Exit, Outcome, Ui, reason};

/// Reads everything that the service needs, and says what it is set to.
pub(super) async fn check(settings: &Settings, options: &OpenOptions, ui: Ui) -> Outcome {
    settings.tls()?;
    master_keys::warn([&options.master_key, &options.previous_master_key], ui);
    streamtoken_server::check(options).await?;
    let shown = settings.shown();
    if ui.json {
        ui.object(&shown.collect::<std::collections::BTreeMap<_, _>>())?;
    } else {
        for (name, value) in shown {
            ui.line(format!("{name} = {value}").trim_end())?;
        }
    }
    Ok(Exit::SUCCESS)
}

/// Serves until a signal says to stop.
pub(super) async fn run(settings: Settings, options: OpenOptions, ui: Ui) -> Outcome {
    start_log(&settings);
    let tls = settings.tls()?;
    let service = Arc::new(open(options).await?);
    // Before anybody is told that it listens: a signal from then on is an orderly end.
    let stop = stop_signal()?;
    let (listener, address) = listen(settings.listen).await?;
    announce(address, tls.as_ref(), ui)?;
    Server::new(routes::router(Arc::clone(&service)))
        .limits(settings.limits)
        .tls(tls)
        .run(listener, stop)
        .await;
    service.store().close().await;
    Ok(Exit::SUCCESS)
}

/// Listens at an address; gives the one with the port that was found for port 0.
pub(super) async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr)> {
    let failed = |error: io::Error| {
        let message = format!("nobody can listen at {address}: {}", reason(&error));
        Error::new(ErrorCode::ListenFailed, message)
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Comes when the process is told to stop: SIGTERM, or SIGINT as Ctrl-C sends it.
#[cfg(unix)]
pub(super) fn stop_signal() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let refused = |_| Error::from(ErrorCode::Internal);
    let mut terminate = signal(SignalKind::terminate()).map_err(refused)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(refused)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Comes when the process is told to stop by Ctrl-C.
#[cfg(not(unix))]
pub(super) fn stop_signal() -> Result<impl Future<Output = ()>> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}

fn start_log(settings: &Settings) {
    let format = settings.log_format.unwrap_or_else(|| {
        if io::stderr().is_terminal() {
            LogFormat::Text
        } else {
            LogFormat::Json
        }
    });
    log::start(format, settings.log_level, io::stderr);
}

#[derive(Serialize)]
struct Listening {
    listening: String,
}

fn announce(address: SocketAddr, tls: Option<&Tls>, ui: Ui) -> Result<(), crate::output::Stop> {
    let scheme = if tls.is_some() { "https" } else { "http" };
    let listening = format!("{scheme}://{address}");
    if ui.json {
        ui.object(&Listening { listening })
    } else {
        ui.line(&format!("listening on {listening}"))
    }
}
