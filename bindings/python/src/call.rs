//! One call: asked without the GIL, and ended by a signal.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use pyo3::IntoPyObjectExt as _;
use pyo3::prelude::*;
use streamtoken::client::{CallOptions, Client, Stop, TokenParams};
use streamtoken::{ErrorCode, Result, client};

use crate::account_key::{CreatedKey, ListedKey};
use crate::connection::Connection;
use crate::error::raise;
use crate::guard::{SIGNALS, check_signals, guarded, no_thread};
use crate::log::{self, Logger};
use crate::token::Token;

/// What is asked.
pub(crate) enum Ask {
    CreateToken(String, TokenParams),
    CreateKey(CallOptions),
    ListKeys(CallOptions),
    DeleteKey(String, CallOptions),
}

/// What is answered.
pub(crate) enum Answer {
    Token(streamtoken::Token),
    CreatedKey(client::CreatedKey),
    ListedKeys(Vec<client::ListedKey>),
    Word(String),
}

impl Ask {
    /// The same, with other options of its call.
    fn with(self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        match self {
            Self::CreateToken(identifier, params) => {
                let options = change(params.call_options().clone());
                Self::CreateToken(identifier, params.call(options))
            }
            Self::CreateKey(options) => Self::CreateKey(change(options)),
            Self::ListKeys(options) => Self::ListKeys(change(options)),
            Self::DeleteKey(id, options) => Self::DeleteKey(id, change(options)),
        }
    }

    fn options(&self) -> &CallOptions {
        match self {
            Self::CreateToken(_, params) => params.call_options(),
            Self::CreateKey(options) | Self::ListKeys(options) | Self::DeleteKey(_, options) => {
                options
            }
        }
    }

    fn run(&self, client: &Client) -> Result<Answer> {
        let stream = client.stream();
        match self {
            Self::CreateToken(identifier, params) => stream
                .token()
                .create(identifier, params.clone())
                .map(Answer::Token),
            Self::CreateKey(options) => stream.keys().create(options).map(Answer::CreatedKey),
            Self::ListKeys(options) => stream.keys().list(options).map(Answer::ListedKeys),
            Self::DeleteKey(id, options) => stream.keys().delete(id, options).map(Answer::Word),
        }
    }
}

/// A call that can be made, once, and stopped from another thread.
#[pyclass(frozen, name = "_Call", module = "streamtoken._native")]
pub(crate) struct Call {
    connection: Arc<Connection>,
    ask: Arc<Ask>,
    stop: Stop,
    began: Instant,
    deadline: Option<Duration>,
    is_taken: AtomicBool,
}

/// What the thread that asks tells the one that waits.
enum Event {
    Attempt(String),
    Done(Result<Answer>),
}

impl Call {
    /// A call that begins now, whenever it is made.
    pub(crate) fn new(connection: Arc<Connection>, client: &Client, ask: Ask) -> Self {
        let (stop, began) = (Stop::new(), Instant::now());
        let deadline = client.deadline(ask.options());
        let ask = ask.with(|options| options.stop(&stop).began(began));
        Self {
            connection,
            ask: Arc::new(ask),
            stop,
            began,
            deadline,
            is_taken: AtomicBool::new(false),
        }
    }

    /// Asks, and waits for the answer without the GIL.
    pub(crate) fn answer(&self, py: Python<'_>) -> PyResult<Answer> {
        guarded(|| {
            let client = self.connection.client(py)?;
            let logger = log::logger(py);
            if !self.connection.is_local() && hears_signals(py) {
                return self.answer_elsewhere(py, client, logger);
            }
            let answer =
                py.detach(|| log::observed(logger.map(log::directly), || self.ask.run(&client)));
            answer.map_err(|error| raise(&error))
        })
    }

    /// Asks on a thread of its own, so that a signal ends the call at once, whatever it waits for.
    fn answer_elsewhere(
        &self,
        py: Python<'_>,
        client: Arc<Client>,
        logger: Option<Logger>,
    ) -> PyResult<Answer> {
        let (sender, events) = mpsc::channel();
        let (ask, is_logged) = (Arc::clone(&self.ask), logger.is_some());
        let work = move || {
            let attempts = sender.clone();
            let observe = move |line| {
                // Nobody waits any more.
                let _gone = attempts.send(Event::Attempt(line));
            };
            let observe = is_logged.then(|| Rc::new(observe) as log::Observe);
            let run = || log::observed(observe, || ask.run(&client));
            let answer = catch_unwind(AssertUnwindSafe(run));
            // What is left of the client is let go of first: whoever waits may close or fork next.
            drop((ask, client));
            let answer = answer.unwrap_or_else(|_| Err(ErrorCode::Internal.into()));
            let _gone = sender.send(Event::Done(answer));
        };
        thread::Builder::new()
            .spawn(work)
            .map_err(|_| no_thread())?;
        let stop = &self.stop;
        py.detach(move || {
            let answer = wait(&events, logger.as_ref());
            if answer.is_err() {
                stop.stop();
            }
            answer?.map_err(|error| Python::attach(|_| raise(&error)))
        })
    }
}

#[pymethods]
impl Call {
    /// Makes the call, and gives its answer.
    fn run(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match self.answer(py)? {
            Answer::Token(token) => Token::from(token).into_py_any(py),
            Answer::CreatedKey(key) => CreatedKey::from(key).into_py_any(py),
            Answer::ListedKeys(keys) => {
                let keys: Vec<ListedKey> = keys.into_iter().map(ListedKey::from).collect();
                keys.into_py_any(py)
            }
            Answer::Word(word) => word.into_py_any(py),
        }
    }

    /// Whether it is the caller's to make: the first one's who asks.
    fn take(&self) -> bool {
        !self.is_taken.swap(true, Ordering::Relaxed)
    }

    /// Seconds until its deadline, which it had from its beginning on.
    #[getter]
    fn time_left(&self) -> Option<f64> {
        let left = self.deadline?.saturating_sub(self.began.elapsed());
        Some(left.as_secs_f64())
    }

    /// Ends the call: its connection is closed, no attempt begins and no pause goes on.
    fn stop(&self) {
        self.stop.stop();
    }

    /// Whether it was stopped.
    #[getter]
    fn is_stopped(&self) -> bool {
        self.stop.is_stopped()
    }
}

/// Waits for the answer; gives the exception of a signal that came meanwhile.
fn wait(events: &Receiver<Event>, logger: Option<&Logger>) -> PyResult<Result<Answer>> {
    let process = process::id();
    loop {
        match events.recv_timeout(SIGNALS) {
            Ok(Event::Done(answer)) => return Ok(answer),
            Ok(Event::Attempt(line)) => {
                if let Some(logger) = logger {
                    Python::attach(|py| logger.debug(py, &line))?;
                }
            }
            // The handler of a signal has forked, and the thread that asks is the parent's.
            Err(RecvTimeoutError::Timeout) if process != process::id() => {
                return Ok(Err(ErrorCode::ApiAborted.into()));
            }
            Err(RecvTimeoutError::Timeout) => check_signals()?,
            Err(RecvTimeoutError::Disconnected) => return Ok(Err(ErrorCode::Internal.into())),
        }
    }
}

/// Whether this is the thread that runs Python's handlers of signals. The others can wait where they are.
fn hears_signals(py: Python<'_>) -> bool {
    let is_main = || {
        let threading = py.import("threading")?;
        let main = threading.call_method0("main_thread")?.getattr("ident")?;
        main.eq(threading.call_method0("get_ident")?)
    };
    is_main().unwrap_or(false)
}
