//! The plan of a source of tokens: when to renew, and what to give meanwhile. Python waits, the core decides.

use std::process;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use streamtoken::client::TokenParams;
use streamtoken::source::{self, Life, Moment, Step};
use streamtoken::{Error, ErrorCode, host};
use zeroize::Zeroizing;

use crate::call::{Ask, Call};
use crate::client::Client;
use crate::connection::Connection;
use crate::convert::{value, wrong_type};
use crate::error::raise;
use crate::guard::guarded;
use crate::signer::{Signer, sign_options};
use crate::token::Token;

type Plan = source::Freshness<Arc<Py<Token>>>;

/// What a source asks before each use of its token.
#[pyclass(frozen, name = "_Freshness", module = "streamtoken._native")]
pub(crate) struct Freshness {
    connection: Arc<Connection>,
    identifier: String,
    params: TokenParams,
    on_error: Option<Py<PyAny>>,
    course: Arc<Course>,
}

/// Locked with the GIL alone and never for long, so that a fork finds it free.
struct Course(Mutex<Current>);

struct Current {
    plan: Plan,
    process: u32,
    /// Counts renewals, and processes.
    round: u64,
    /// What to raise while the API wants to be left alone.
    refusal: Option<Py<PyAny>>,
}

/// A renewal that is to be made by whoever holds this. When it is dropped before it was settled, another one
/// begins it anew.
#[pyclass(frozen, name = "_Ticket", module = "streamtoken._native")]
pub(crate) struct Ticket {
    course: Arc<Course>,
    round: u64,
}

/// The wall clock in whole seconds, and a monotonic one.
type Now = (u64, f64);

/// A token to give, a renewal to begin, an exception to raise.
type Next = (Option<Py<Token>>, Option<Ticket>, Option<Py<PyAny>>);

#[pymethods]
impl Freshness {
    #[new]
    #[pyo3(signature = (way, identifier, on_error, **options))]
    fn new(
        py: Python<'_>,
        way: &Bound<'_, PyAny>,
        identifier: &Bound<'_, PyAny>,
        on_error: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        guarded(|| {
            if let Some(other) = on_error.filter(|told| !told.is_callable()) {
                return Err(wrong_type(other, "a function", "on_error"));
            }
            if let Some(other) = on_error.filter(|told| is_async(told)) {
                return Err(wrong_type(
                    other,
                    "a function that is not async",
                    "on_error",
                ));
            }
            let (connection, params) = if let Ok(signer) = way.cast::<Signer>() {
                let connection = Connection::local(signer.get().core())?;
                (Arc::new(connection), sign_options(options)?.into())
            } else if let Ok(client) = way.cast::<Client>() {
                client.get().token_params(options)?
            } else {
                return Err(wrong_type(way, "a Signer or a client", "signer_or_client"));
            };
            let identifier = Zeroizing::new(value(identifier)?);
            let check = || {
                let plan = Plan::new(params.sign_options())?;
                Ok((plan, host::identifier(&identifier)?.to_owned()))
            };
            let (plan, identifier) = check().map_err(|error: Error| raise(&error))?;
            let client = connection.client(py)?;
            let checked = client.stream().token().check(&identifier, &params);
            checked.map_err(|error| raise(&error))?;
            let current = Current {
                plan,
                process: process::id(),
                round: 0,
                refusal: None,
            };
            Ok(Self {
                connection,
                identifier,
                params,
                on_error: on_error.map(|told| told.clone().unbind()),
                course: Arc::new(Course(Mutex::new(current))),
            })
        })
    }

    /// Whether a renewal takes no longer than a signature.
    #[getter]
    fn is_quick(&self) -> bool {
        self.connection.is_local()
    }

    /// The token to give, if there is one, the renewal to begin, if it is time, and what to raise instead, while
    /// the API wants to be left alone. With nothing, another renewal is to be waited for.
    fn ask(&self, py: Python<'_>, now: u64, elapsed: f64) -> PyResult<Next> {
        guarded(|| {
            let mut current = self.course.current();
            let step = current.ask(moment((now, elapsed)));
            let ticket = || Ticket {
                course: Arc::clone(&self.course),
                round: current.round,
            };
            Ok(match step {
                Step::Use(token) => (Some(token.clone_ref(py)), None, None),
                Step::UseAndRenew(token) => (Some(token.clone_ref(py)), Some(ticket()), None),
                Step::Renew => (None, Some(ticket()), None),
                Step::Refuse => (None, None, current.refusal(py)),
                _ => (None, None, None),
            })
        })
    }

    /// The call that brings the next token.
    fn call(&self, py: Python<'_>) -> PyResult<Call> {
        guarded(|| {
            let client = self.connection.client(py)?;
            let ask = Ask::CreateToken(self.identifier.clone(), self.params.clone());
            Ok(Call::new(Arc::clone(&self.connection), &client, ask))
        })
    }

    /// Tells whoever wants to know that a renewal has failed. What they raise does the source no harm, but for
    /// an exception that is to end more than that, like Ctrl-C's.
    fn tell(&self, py: Python<'_>, error: &Bound<'_, PyAny>) -> PyResult<()> {
        let Some(told) = &self.on_error else {
            return Ok(());
        };
        match told.call1(py, (error,)) {
            Err(exception) if exception.is_instance_of::<PyException>(py) => {
                exception.write_unraisable(py, Some(told.bind(py)));
                Ok(())
            }
            other => other.map(|_| ()),
        }
    }

    /// Refuses to wait for the renewal that wants the token itself.
    fn refuse_itself(&self) -> PyResult<()> {
        let message = "a token is wanted by what is called to renew it";
        Err(raise(&Error::new(ErrorCode::Internal, message)))
    }
}

#[pymethods]
impl Ticket {
    /// Tells that the renewal has brought `token`. Raises `TokenError` when it is dead already.
    fn renewed(&self, token: Py<Token>, now: u64, elapsed: f64) -> PyResult<()> {
        guarded(|| {
            let life = token.get().life();
            let (token, moment) = (Arc::new(token), moment((now, elapsed)));
            let renewed = self.settle(|current| {
                current.refusal = None;
                current.plan.renewed(token, life, moment)
            });
            renewed.unwrap_or(Ok(())).map_err(|error| raise(&error))
        })
    }

    /// Tells that the renewal has failed with `error`; `retry_after` is in seconds.
    fn failed(&self, error: Py<PyAny>, retry_after: Option<u64>, now: u64, elapsed: f64) {
        let wait = retry_after.map(Duration::from_secs);
        self.settle(|current| {
            current.plan.failed(wait, moment((now, elapsed)));
            current.refusal = wait.map(|_| error);
        });
    }

    /// Tells that the renewal came to no end, unless it did.
    fn abandon(&self) {
        self.settle(|current| current.plan.abandoned());
    }
}

impl Ticket {
    /// Ends the renewal, once and in its own process.
    fn settle<T>(&self, end: impl FnOnce(&mut Current) -> T) -> Option<T> {
        let mut current = self.course.current();
        (current.round == self.round && current.process == process::id()).then(|| {
            current.round += 1;
            end(&mut current)
        })
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.abandon();
    }
}

impl Course {
    fn current(&self) -> MutexGuard<'_, Current> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Current {
    fn ask(&mut self, moment: Moment) -> Step<Arc<Py<Token>>> {
        if self.process != process::id() {
            self.process = process::id();
            self.round += 1;
            self.plan.forked(moment.random);
        }
        self.plan.ask(moment)
    }

    fn refusal(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.refusal.as_ref().map(|error| error.clone_ref(py))
    }
}

/// Whether a call gives a coroutine, which nobody would await: of a function, a method, an object that is called
/// like one, or one of these within `functools.partial`.
fn is_async(told: &Bound<'_, PyAny>) -> bool {
    const CO_COROUTINE: u32 = 0x80;
    let is_coroutine = |function: &Bound<'_, PyAny>| {
        let code = function.getattr("__code__");
        let flags = code.and_then(|code| code.getattr("co_flags")?.extract::<u32>());
        flags.is_ok_and(|flags| flags & CO_COROUTINE != 0)
    };
    // Python itself merges partials of partials.
    let within = told.getattr("func");
    let told = within.as_ref().unwrap_or(told);
    let call = told.get_type().getattr("__call__");
    is_coroutine(told) || call.is_ok_and(|call| is_coroutine(&call))
}

fn moment((now, elapsed): Now) -> Moment {
    Moment {
        now,
        elapsed: Duration::try_from_secs_f64(elapsed).unwrap_or_default(),
        random: host::chance(),
    }
}

impl Token {
    fn life(&self) -> Life {
        Life {
            exp: self.exp(),
            renew_at: self.renew_at(),
        }
    }
}
