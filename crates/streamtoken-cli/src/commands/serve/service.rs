//! The service proper: a store on disk, and whoever has a credential.

#[cfg(unix)]
use std::future::poll_fn;
use std::io::{self, IsTerminal as _};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
#[cfg(unix)]
use std::task::Poll;
use std::time::Duration;

use serde::Serialize;
use streamtoken::{Error, ErrorCode, Result};
use streamtoken_server::log::{self, Log, LogFormat};
use streamtoken_server::routes;
use streamtoken_server::serve::{Server, Tls};
use streamtoken_server::settings::Settings;
use streamtoken_server::{MasterKeySource, OpenOptions, Service, open};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::output::{Exit, Outcome, Ui, reason};

/// Reads everything that the service needs, and says what it is set to.
pub(super) fn check(settings: &Settings, ui: Ui) -> Outcome {
    settings.tls()?;
    let current = master_key(settings)?.ok_or_else(|| Error::from(ErrorCode::MasterKeyMissing))?;
    for source in [Some(current), previous_master_key(settings)?]
        .into_iter()
        .flatten()
    {
        check_master_key(&source, &settings.store)?;
    }
    check_store(&settings.store)?;
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
pub(super) async fn run(settings: Settings, ui: Ui) -> Outcome {
    let _log = start_log(&settings);
    let tls = settings.tls()?;
    let mut options = OpenOptions::new(Some(settings.store.clone()));
    options.master_key = master_key(&settings)?;
    options.previous_master_key = previous_master_key(&settings)?;
    options.minting = settings.minting.clone();
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
        close(&service).await;
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

/// Closes the store, which is whole without that too: the end does not wait for a disk that hangs.
pub(super) async fn close(service: &Service) {
    const PATIENCE: Duration = Duration::from_secs(5);
    drop(timeout(PATIENCE, service.store().close()).await);
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

fn start_log(settings: &Settings) -> Log {
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

fn master_key(settings: &Settings) -> Result<Option<MasterKeySource>> {
    source(
        "STREAMTOKEN_MASTER_KEY",
        settings.master_key_file.as_deref(),
    )
}

fn previous_master_key(settings: &Settings) -> Result<Option<MasterKeySource>> {
    let file = settings.previous_master_key_file.as_deref();
    source("STREAMTOKEN_PREVIOUS_MASTER_KEY", file)
}

/// A master key in a file or in a variable.
fn source(variable: &str, file: Option<&Path>) -> Result<Option<MasterKeySource>> {
    let text = std::env::var(variable).ok().map(Zeroizing::new);
    match (file, text.filter(|text| !text.is_empty())) {
        (Some(_), Some(_)) => {
            let message = format!("{variable} and a file with the master key are both given");
            Err(Error::new(ErrorCode::ConfigInvalid, message))
        }
        (Some(file), None) => Ok(Some(MasterKeySource::File(file.to_owned()))),
        (None, text) => Ok(text.map(MasterKeySource::Text)),
    }
}

/// A file that is not there is made with a new store, and no other way.
fn check_master_key(source: &MasterKeySource, store: &Path) -> Result<()> {
    match source.read() {
        Err(error) if error.code() == ErrorCode::MasterKeyMissing && !store.exists() => Ok(()),
        read => read.map(drop),
    }
}

/// A store is read here and not opened: that would make it, or bring it up to date.
fn check_store(path: &Path) -> Result<()> {
    let found = match path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        Some(folder) if !path.exists() => std::fs::read_dir(folder).map(drop),
        None if !path.exists() => Ok(()),
        _ => std::fs::File::open(path).map(drop),
    };
    found.map_err(|error| {
        let message = format!(
            "the store {} cannot be read: {}",
            path.display(),
            reason(&error)
        );
        Error::new(ErrorCode::StoreUnavailable, message)
    })
}
