//! The core's client, made anew in each process.

use std::process;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use streamtoken::client::{Client, ClientOptions};
use streamtoken::{ErrorCode, Signer};

use crate::error::raise;
use crate::log;

/// What makes a client, and the one of this process.
pub(crate) struct Connection {
    way: Way,
    /// Locked with the GIL alone and never for long, so that a fork finds it free.
    current: Mutex<Current>,
}

enum Way {
    Remote(Box<ClientOptions>),
    Local(Signer),
}

struct Current {
    process: u32,
    client: Arc<Client>,
    is_closed: bool,
}

impl Connection {
    pub(crate) fn remote(options: ClientOptions) -> PyResult<Self> {
        Self::new(Way::Remote(Box::new(options)))
    }

    pub(crate) fn local(signer: &Signer) -> PyResult<Self> {
        Self::new(Way::Local(signer.clone()))
    }

    fn new(way: Way) -> PyResult<Self> {
        let current = Current {
            process: process::id(),
            client: way.client()?,
            is_closed: false,
        };
        Ok(Self {
            way,
            current: Mutex::new(current),
        })
    }

    /// Whether a call ends without waiting for anybody.
    pub(crate) const fn is_local(&self) -> bool {
        matches!(self.way, Way::Local(_))
    }

    /// The client of this process.
    pub(crate) fn client(&self, _: Python<'_>) -> PyResult<Arc<Client>> {
        let mut current = self.current();
        if current.is_closed {
            return Err(raise(&ErrorCode::ClientClosed.into()));
        }
        if current.process != process::id() {
            // A child of a fork must not write to the connections of its parent.
            current.replace(self.way.client()?);
        }
        Ok(Arc::clone(&current.client))
    }

    pub(crate) fn close(&self, _: Python<'_>) {
        let mut current = self.current();
        current.is_closed = true;
        // To shut a connection down would do so for the parent too.
        if current.process == process::id() {
            current.client.close();
        }
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Way {
    fn client(&self) -> PyResult<Arc<Client>> {
        let client = match self {
            Self::Remote(options) => Client::with_observer((**options).clone(), log::observe),
            Self::Local(signer) => Ok(Client::local(signer.clone())),
        };
        client.map(Arc::new).map_err(|error| raise(&error))
    }
}

impl Current {
    fn replace(&mut self, client: Arc<Client>) {
        let old = std::mem::replace(&mut self.client, client);
        self.process = process::id();
        // A thread that is gone may have been in the midst of changing what it holds. Otherwise the child
        // closes its copies of the connections, which the parent's outlive.
        if Arc::strong_count(&old) > 1 {
            std::mem::forget(old);
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let current = self.current.get_mut();
        let current = current.unwrap_or_else(PoisonError::into_inner);
        if current.process != process::id() && Arc::strong_count(&current.client) > 1 {
            std::mem::forget(Arc::clone(&current.client));
        }
    }
}
