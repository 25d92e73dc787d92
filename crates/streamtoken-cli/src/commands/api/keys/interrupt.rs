//! Ctrl-C, SIGTERM and SIGHUP while a key is made: no empty file stays, and what may be lost is named.

use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::Duration;

use super::file::Name;
use super::id::revocation;
use crate::output::{Ui, in_a_line};
#[cfg(unix)]
use crate::signals;

static STATE: Mutex<State> = Mutex::new(State {
    file: None,
    stage: Stage::Idle,
    is_ending: false,
});
static CHANGED: Condvar = Condvar::new();

/// What the end of the process would leave behind.
pub(super) struct State {
    /// The file that waits for a key.
    pub(super) file: Option<Name>,
    stage: Stage,
    /// Whether the process is about to end, and only waits for the key to be saved.
    is_ending: bool,
}

/// How far the making of a key is.
pub(super) enum Stage {
    /// Nobody was asked for a key.
    Idle,
    /// The API was asked: nobody can tell whether there is a key.
    Asked,
    /// There is a key with this id, which is being saved.
    Made(String),
    /// It is saved, or printed.
    Kept(String),
}

/// From now on the signals end the process by way of [`end`].
pub(super) fn watch(ui: Ui) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let (ready, is_ready) = channel();
        thread::spawn(move || {
            // Without a handler the signals do what they always do.
            if let Some(status) = listen(ready) {
                end(status, ui);
            }
        });
        // Nothing is sent; the other end goes once the handlers are there.
        for () in is_ready {}
    });
}

/// While this is held, the process is not ended.
pub(super) fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says how far it is. Does not return when the process is about to end.
pub(super) fn reach(stage: Stage) {
    let mut state = state();
    if matches!(stage, Stage::Made(_)) {
        // It is about to hold the key.
        state.file = None;
    }
    state.stage = stage;
    CHANGED.notify_all();
    let is_ending = state.is_ending;
    drop(state);
    if is_ending {
        park();
    }
}

/// Waits for the end of the process.
fn park() -> ! {
    loop {
        thread::park();
    }
}

impl Stage {
    pub(super) fn made(id: &str) -> Self {
        Self::Made(id.to_owned())
    }

    /// The key is in this file, or was printed.
    pub(super) fn kept(id: &str, file: Option<&Path>) -> Self {
        let place = match file {
            Some(file) => format!("is in {}", file.display()),
            None => "was printed".to_owned(),
        };
        Self::Kept(format!("the key {id} was made and {place}"))
    }
}

impl State {
    /// What whoever ends the process has to know.
    fn farewell(&self) -> Option<String> {
        match &self.stage {
            Stage::Idle => self.file.as_ref().map(|_| "no key was made".to_owned()),
            Stage::Asked => Some(
                "a key may have been made all the same; see streamtoken api keys list".to_owned(),
            ),
            Stage::Made(id) => Some(format!(
                "the key {} was made, but is perhaps not saved; unless you have it, revoke it with {}",
                in_a_line(id),
                revocation(id)
            )),
            Stage::Kept(what) => Some(format!("{what}; see streamtoken api keys list")),
        }
    }
}

/// Ends the process. A key that is being saved is given the time for it.
fn end(status: i32, ui: Ui) {
    let mut state = state();
    state.is_ending = true;
    let (state, _) = CHANGED
        .wait_timeout_while(state, PATIENCE, |state| {
            matches!(state.stage, Stage::Made(_))
        })
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(file) = &state.file {
        file.remove();
    }
    if let Some(text) = state.farewell() {
        ui.aside(&format!("interrupted: {text}"));
    }
    std::process::exit(status);
}

/// Waits for a signal; the exit status is the one that a shell reports for it.
fn listen(ready: Sender<()>) -> Option<i32> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.ok()?.block_on(signal(ready))
}

#[cfg(unix)]
async fn signal(ready: Sender<()>) -> Option<i32> {
    use tokio::signal::unix::{SignalKind, signal};
    let kinds = [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ];
    let kinds = kinds.map(|kind| kind.as_raw_value());
    let [interrupt, terminate, hangup] = kinds.map(|kind| {
        // Where nobody can tell, whoever presses Ctrl-C is to be heard.
        let is_heard = !signals::ignored(kind).unwrap_or(false);
        is_heard.then(|| signal(SignalKind::from_raw(kind)).ok())?
    });
    drop(ready);
    let number = tokio::select! {
        () = received(interrupt) => kinds[0],
        () = received(terminate) => kinds[1],
        () = received(hangup) => kinds[2],
    };
    Some(128 + number)
}

#[cfg(unix)]
async fn received(signal: Option<tokio::signal::unix::Signal>) {
    match signal {
        Some(mut signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn signal(ready: Sender<()>) -> Option<i32> {
    let interrupt = tokio::signal::windows::ctrl_c();
    drop(ready);
    interrupt.ok()?.recv().await?;
    Some(130)
}

/// How long a key may take to be saved, once somebody wants the process to end.
const PATIENCE: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests {
    use super::{Stage, State};

    fn farewell(stage: Stage) -> Option<String> {
        let state = State {
            file: None,
            stage,
            is_ending: true,
        };
        state.farewell()
    }

    #[test]
    fn whoever_interrupts_learns_what_may_be_there() {
        assert_eq!(farewell(Stage::Idle), None);
        let asked = farewell(Stage::Asked).expect("a text");
        assert!(asked.contains("may have been made"), "{asked}");
        let made = farewell(Stage::made("the\nid")).expect("a text");
        assert!(
            made.starts_with(r"the key the\nid was made")
                && made.ends_with(r"streamtoken api keys delete --yes 'the\nid'"),
            "{made}"
        );
        let kept = farewell(Stage::kept("id", Some("file".as_ref()))).expect("a text");
        assert!(kept.starts_with("the key id was made and is in file;"));
        let printed = farewell(Stage::kept("id", None)).expect("a text");
        assert!(printed.starts_with("the key id was made and was printed;"));
    }
}
