//! The Python module `streamtoken._native`: converts, calls one function of the core, converts back.
//!
//! Python sees the package `streamtoken` around it, which names what is public. Every default, check
//! and text is the core's.

mod account_key;
mod batch;
mod call;
mod client;
mod connection;
mod convert;
mod error;
mod explain;
#[cfg(unix)]
mod fork;
mod guard;
mod key;
mod key_set;
mod lint;
mod log;
mod prepared;
mod process;
mod rules;
mod signer;
mod simulate;
mod source;
mod text;
mod token;
mod urls;
mod verify;
mod workers;

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// Refuses every interpreter of the process but the first that imports the module. Python itself does so
/// for those with a GIL of their own alone; the others would get the exceptions of the first, which their
/// `except` does not know.
fn refuse_another_interpreter(py: Python<'_>) -> PyResult<()> {
    static SYS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let sys = py.import("sys")?;
    if SYS.get_or_init(py, || sys.clone().unbind()).is(&sys) {
        return Ok(());
    }
    Err(PyImportError::new_err(
        "streamtoken is in use by another interpreter of this process, and does not support several",
    ))
}

/// Signed URL tokens for Cloudflare Stream.
// A build for free-threaded Python would be another wheel, which nobody has tested.
#[pymodule(gil_used = true)]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::account_key::{CreatedKey, ListedKey};
    #[pymodule_export]
    use super::call::Call;
    #[pymodule_export]
    use super::client::{Client, Keys, Stream, Tokens};
    #[pymodule_export]
    use super::error::{error_codes, refusal, surface};
    #[pymodule_export]
    use super::explain::{Check, Report, explain};
    #[pymodule_export]
    use super::key::{KeyInfo, PublicKey, SigningKey, describe_key};
    #[pymodule_export]
    use super::key_set::KeySet;
    #[pymodule_export]
    use super::lint::{Finding, lint, restore_finding};
    #[pymodule_export]
    use super::prepared::{Prepared, prepare};
    #[pymodule_export]
    use super::process::run;
    #[pymodule_export]
    use super::rules::{AccessRules, Decision};
    #[pymodule_export]
    use super::signer::Signer;
    #[pymodule_export]
    use super::simulate::{Simulated, simulate};
    #[pymodule_export]
    use super::source::{Freshness, Ticket};
    #[pymodule_export]
    use super::token::{Token, restore_token};
    #[pymodule_export]
    use super::urls::{CustomerCode, PlaybackUrls, playback_urls, rewrite};
    #[pymodule_export]
    use super::verify::{Claims, Unverified, inspect, verify};
    #[pymodule_export]
    use super::workers::worker_limit;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::refuse_another_interpreter(module.py())?;
        super::error::load_classes(module.py())?;
        #[cfg(unix)]
        super::fork::watch()?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
