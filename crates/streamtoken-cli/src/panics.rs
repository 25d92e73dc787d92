//! A panic is a fault of ours: it is said in one line and ends the process with 70.

use std::panic::PanicHookInfo;

use streamtoken::{Error, ErrorCode};

use crate::output::Ui;

/// From now on a panic of any thread prints `error[internal]` and ends the process.
pub(crate) fn install(ui: Ui) {
    std::panic::set_hook(Box::new(move |info| {
        ui.refuse(&fault(info));
        std::process::exit(i32::from(ErrorCode::Internal.exit_code()));
    }));
}

/// From now on a panic of a thread beside the main one is logged, and the process goes on: one request of
/// many has met a fault. The main thread is the whole process.
///
/// A panic in here would abort the process, so the log must not panic, whatever it is written to.
pub(crate) fn survive() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().name() == Some("main") {
            before(info);
        }
        streamtoken_server::log::fault(fault(info).message());
    }));
}

/// Where it happened. The panic's own text is left out: it may quote what nobody should see.
fn fault(info: &PanicHookInfo<'_>) -> Error {
    let text = ErrorCode::Internal.text();
    match info.location() {
        Some(place) => Error::new(
            ErrorCode::Internal,
            format!(
                "{text} (in {}, line {})",
                file_name(place.file()),
                place.line()
            ),
        ),
        None => ErrorCode::Internal.into(),
    }
}

/// The path from `src` on: what is before it tells about the machine of whoever built this.
fn file_name(path: &str) -> &str {
    path.rfind("src/").map_or(path, |start| &path[start..])
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use crate::output::{Color, Ui};

    const CHILD: &str = "STREAMTOKEN_TEST_PANIC";

    /// Runs in a process of its own: the hook ends it.
    #[test]
    fn child() {
        if std::env::var_os(CHILD).is_some() {
            super::install(Ui::new(false, Color::Never));
            panic!("the secret");
        }
    }

    const SURVIVOR: &str = "STREAMTOKEN_TEST_PANIC_SURVIVED";

    /// Runs in a process of its own: the hook and the log are the process's.
    #[test]
    fn survivor() {
        if std::env::var_os(SURVIVOR).is_some() {
            let log = streamtoken_server::log::start(
                streamtoken_server::log::LogFormat::Json,
                "info".parse().ok(),
                std::io::stderr(),
            );
            super::survive();
            let panicked = std::thread::spawn(|| panic!("the secret")).join();
            assert!(panicked.is_err());
            drop(log);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_panic_that_cannot_be_logged_is_survived_too() {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
        for log in [full.expect("a file").into(), std::process::Stdio::piped()] {
            let output = Command::new(std::env::current_exe().expect("a path"))
                .args(["--exact", "panics::tests::survivor", "--nocapture"])
                .env(SURVIVOR, "1")
                .stderr(log)
                .output()
                .expect("the test binary runs");
            assert_eq!(output.status.code(), Some(0));
            let text = String::from_utf8_lossy(&output.stderr);
            assert!(!text.contains("secret"), "{text}");
        }
    }

    #[test]
    fn a_panic_says_where_and_not_what() {
        let output = Command::new(std::env::current_exe().expect("a path"))
            .args(["--exact", "panics::tests::child", "--nocapture"])
            .env(CHILD, "1")
            .output()
            .expect("the test binary runs");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(70), "{text}");
        assert!(
            text.starts_with("error[internal]: a fault inside streamtoken"),
            "{text}"
        );
        assert!(
            text.contains("src/panics.rs") && !text.contains("secret"),
            "{text}"
        );
    }
}
