//! The service proper: a store on disk, and whoever has a credential.

#[cfg(unix)]
use std::future::poll_fn;
use std::io::{self, IsTerminal as _};
use std::net::SocketAddr;
use std::sync::Arc;
#[cfg(unix)]
use std::task::Poll;

use serde::Serialize;
use streamtoken::{Error, ErrorCode, Result};
use streamtoken_server::log::{self, Log, LogFormat};
use streamtoken_server::routes;
use streamtoken_server::serve::{Server, Tls};
use streamtoken_server::settings::Settings;
use streamtoken_server::{OpenOptions, open};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

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
    let _log = start_log(&settings);
    let tls = settings.tls()?;
    let service = Arc::new(open(options).await?);
    // Before anybody is told that it listens: a signal from then on is an orderly end.
    let mut signals = Signals::new()?;
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
        signals.next().await;
        drop(stop);
        signals.next().await;
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

/// What tells the process to stop: SIGTERM, SIGINT as Ctrl-C sends it, and SIGHUP.
#[cfg(unix)]
pub(super) struct Signals(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Signals {
    /// From now on these signals do not end the process by themselves.
    pub(super) fn new() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut kinds = vec![SignalKind::terminate(), SignalKind::interrupt()];
        if !hangup_may_be_ignored() {
            kinds.push(SignalKind::hangup());
        }
        let signals = kinds.into_iter().map(signal).collect::<io::Result<_>>();
        signals.map(Self).map_err(|_| ErrorCode::Internal.into())
    }

    /// Comes with the next one.
    pub(super) async fn next(&mut self) {
        poll_fn(|context| {
            let mut signals = self.0.iter_mut();
            if signals.any(|signal| signal.poll_recv(context).is_ready()) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }
}

/// Whether `nohup` or the like may have set SIGHUP, the first signal, to be ignored. It stays so then.
#[cfg(unix)]
fn hangup_may_be_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_none_or(|mask| mask & 1 == 1)
}

/// What tells the process to stop: Ctrl-C.
#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(super) fn new() -> Result<Self> {
        Ok(Self)
    }

    /// Comes with the next one.
    pub(super) async fn next(&mut self) {
        drop(tokio::signal::ctrl_c().await);
    }
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
