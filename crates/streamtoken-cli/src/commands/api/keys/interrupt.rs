//! Ctrl-C while a key is being made: nobody can tell whether there is one.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::output::Ui;

/// The file that waits for the key, while the answer is waited for.
static WAITING: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Until this is dropped, whoever interrupts the process is told to look, and the file that waits for the
/// key is gone.
pub(super) struct Watch;

impl Watch {
    pub(super) fn over(file: Option<&Path>, ui: Ui) -> Self {
        set(Some(file.unwrap_or_else(|| Path::new("")).to_owned()));
        thread::spawn(move || wait(ui));
        Self
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        set(None);
    }
}

fn set(file: Option<PathBuf>) {
    *WAITING.lock().unwrap_or_else(PoisonError::into_inner) = file;
}

/// Ends the process on Ctrl-C, as it would end without this.
fn wait(ui: Ui) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    // Without a runtime the signal does what it always does.
    let Ok(runtime) = runtime else { return };
    if runtime.block_on(tokio::signal::ctrl_c()).is_err() {
        return;
    }
    // Held until the end: what is being saved by now is saved, or not at all.
    let waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(file) = &*waiting {
        drop(std::fs::remove_file(file));
        ui.aside(
            "interrupted: a key may have been made all the same; see streamtoken api keys list",
        );
    }
    std::process::exit(INTERRUPTED);
}

/// The exit status a shell reports for a program that SIGINT ended (128 + 2).
const INTERRUPTED: i32 = 130;
