//! The service proper: a store on disk, and whoever has a credential.

use std::io::{self, IsTerminal as _};
use std::net::SocketAddr;
use std::sync::Arc;

use serde::Serialize;
use streamtoken::{Error, ErrorCode, Result};
use streamtoken_server::log::{self, Log, LogFormat};
use streamtoken_server::routes;
use streamtoken_server::serve::{Server, Tls};
use streamtoken_server::settings::Settings;
use streamtoken_server::{OpenOptions, open};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::stop::Stop;
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

/// Serves until it is told to stop.
pub(super) async fn run(
    settings: Settings,
    options: OpenOptions,
    on_stdin: bool,
    ui: Ui,
) -> Outcome {
    let _log = start_log(&settings);
    let tls = settings.tls()?;
    let service = Arc::new(open(options).await?);
    // Before anybody is told that it listens: a signal from then on is an orderly end.
    let mut stops = Stop::new(on_stdin)?;
    let (listener, address) = listen(settings.listen).await?;
    announce(address, tls.as_ref(), ui)?;
    let (stop, stopped) = oneshot::channel::<()>();
    let server = Server::new(routes::router(Arc::clone(&service)))
        .limits(settings.limits)
        .tls(tls);
    let in_order = async {
        server.run(listener, async { drop(stopped.await) }).await;
        service.close().await;
    };
    let twice = async {
        stops.next().await;
        drop(stop);
        stops.next().await;
    };
    tokio::select! {
        () = in_order => {}
        () = twice => {}
    }
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

/// Starts the log, on standard error. Whoever drops it waits for its last lines.
pub(super) fn start_log(settings: &Settings) -> Log {
    let format = settings.log_format.unwrap_or_else(|| {
        if io::stderr().is_terminal() {
            LogFormat::Text
        } else {
            LogFormat::Json
        }
    });
    log::start(format, settings.log_level, io::stderr())
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
