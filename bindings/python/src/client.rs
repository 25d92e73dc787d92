//! Asking Cloudflare's API.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use streamtoken::client::{CallOptions, ClientOptions, TokenParams};
use streamtoken::{ErrorCode, Result, Value, host};
use zeroize::Zeroizing;

use crate::account_key::{CreatedKey, ListedKey};
use crate::call::{Answer, Ask, Call};
use crate::connection::Connection;
use crate::convert::{self, value, wrong_type};
use crate::error::raise;
use crate::guard::guarded;
use crate::signer::Signer;
use crate::token::Token;

/// Asks Cloudflare's API, or a service that answers the same routes.
///
/// `Client()` finds its credential, account and base URL in the environment, by the official clients'
/// names: `CLOUDFLARE_API_TOKEN`; `CLOUDFLARE_API_KEY` and `CLOUDFLARE_EMAIL`; `CLOUDFLARE_ACCOUNT_ID`;
/// `CLOUDFLARE_BASE_URL`. Options, all keywords, count instead:
///
/// - `api_token`, or `api_email` and `api_key`: the credential.
/// - `account_id`: the account of every call that names no other.
/// - `base_url`: another place of the API; `http://` is for this machine alone, unless `allow_http` is set.
/// - `timeout`: seconds that one attempt may take, a minute by default; `connect_timeout` to connect, 10 s,
///   lookup of the name and TLS included.
/// - `max_retries`: how often a request is sent again when it fails in a way that may pass; twice by default.
/// - `deadline`: seconds that a call may take with all its attempts and pauses.
///
/// Seconds may have a fraction or be a `timedelta`. Shared between threads as it is, connections included;
/// after a fork the child opens its own. Each attempt is a line of the logger `streamtoken.client`, level
/// DEBUG. Cannot be pickled, since it holds the credential.
///
/// Raises `APIError` and `InputError`.
#[pyclass(frozen, module = "streamtoken")]
pub(crate) struct Client(Handle);

/// A connection, and the options of the calls that are made with it.
#[derive(Clone)]
struct Handle {
    connection: Arc<Connection>,
    defaults: CallOptions,
}

impl Handle {
    fn new(connection: Connection) -> Self {
        Self {
            connection: Arc::new(connection),
            defaults: CallOptions::new(),
        }
    }

    /// A call that has only the options of every call.
    fn call(
        &self,
        py: Python<'_>,
        given: Option<&Bound<'_, PyDict>>,
        ask: impl FnOnce(CallOptions) -> Result<Ask>,
    ) -> PyResult<Call> {
        let given = Zeroizing::new(convert::options(CallOptions::NAMES, given)?);
        self.prepared(py, || ask(self.defaults.overlaid(&given)?))
    }

    fn token_params(&self, given: &Value) -> Result<TokenParams> {
        let params = TokenParams::new().call(self.defaults.clone());
        params.overlaid(given)
    }

    fn prepared(&self, py: Python<'_>, ask: impl FnOnce() -> Result<Ask>) -> PyResult<Call> {
        let client = self.connection.client(py)?;
        let ask = ask().map_err(|error| raise(&error))?;
        Ok(Call::new(Arc::clone(&self.connection), &client, ask))
    }
}

impl Client {
    /// What a source asks with, again and again.
    pub(crate) fn token_params(
        &self,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<(Arc<Connection>, TokenParams)> {
        let given = Zeroizing::new(convert::options(&TokenParams::names(), options)?);
        let params = self.0.token_params(&given).map_err(|error| raise(&error))?;
        Ok((Arc::clone(&self.0.connection), params))
    }
}

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (**options))]
    fn new(options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        guarded(|| {
            let given = Zeroizing::new(convert::options(ClientOptions::NAMES, options)?);
            let options = ClientOptions::from_value(&given).map_err(|error| raise(&error))?;
            // Variables are read with the GIL: see `SigningKey::from_env`.
            let options = options.or_variables(|name| std::env::var_os(name));
            Ok(Self(Handle::new(Connection::remote(options)?)))
        })
    }

    /// A client that mints with `signer`, without any network: the same calls, the same options.
    ///
    /// It has no keys to manage. Raises `InputError` for anything but a `Signer`.
    #[staticmethod]
    fn local(signer: &Bound<'_, PyAny>) -> PyResult<Self> {
        guarded(|| match signer.cast::<Signer>() {
            Ok(signer) => Ok(Self(Handle::new(Connection::local(signer.get().core())?))),
            Err(_) => Err(wrong_type(signer, "a Signer", "signer")),
        })
    }

    /// What there is about Stream.
    #[getter]
    fn stream(&self) -> Stream {
        Stream(self.0.clone())
    }

    /// The same client, with other options for its calls: `account_id`, `timeout`, `connect_timeout`,
    /// `max_retries`, `deadline`.
    ///
    /// It shares the connections; to close one is to close both. Raises `InputError`.
    #[pyo3(signature = (**options))]
    fn with_options(&self, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        guarded(|| {
            let given = Zeroizing::new(convert::options(CallOptions::NAMES, options)?);
            let defaults = self.0.defaults.overlaid(&given);
            let defaults = defaults.map_err(|error| raise(&error))?;
            let connection = Arc::clone(&self.0.connection);
            Ok(Self(Handle {
                connection,
                defaults,
            }))
        })
    }

    /// Ends the client: connections are closed, calls that wait for an answer end with an error, and so does
    /// every later one.
    ///
    /// A call that is still connecting ends within its `connect_timeout`; a name that is still looked up then
    /// keeps a thread of the system's resolver. The code of the error is `client_closed`. To close twice is
    /// fine; a `with` statement closes too.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        guarded(|| {
            self.0.connection.close(py);
            Ok(())
        })
    }

    fn __enter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __exit__(
        &self,
        py: Python<'_>,
        _kind: &Bound<'_, PyAny>,
        _error: &Bound<'_, PyAny>,
        _trace: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        self.close(py)
    }

    fn __repr__(&self) -> &'static str {
        "Client(…)"
    }

    fn __copy__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: PyRef<'py, Self>, _memo: &Bound<'py, PyAny>) -> PyRef<'py, Self> {
        slf
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        let message = "a client is not pickled, since a pickle would carry the credential; \
                       make one where it is needed";
        Err(pyo3::exceptions::PyTypeError::new_err(message))
    }
}

/// What there is about Stream.
#[pyclass(frozen, module = "streamtoken._native")]
pub(crate) struct Stream(Handle);

#[pymethods]
impl Stream {
    /// Tokens for videos.
    #[getter]
    fn token(&self) -> Tokens {
        Tokens(self.0.clone())
    }

    /// Signing keys of the account.
    #[getter]
    fn keys(&self) -> Keys {
        Keys(self.0.clone())
    }
}

/// Tokens for videos.
#[pyclass(frozen, module = "streamtoken._native")]
pub(crate) struct Tokens(Handle);

#[pymethods]
impl Tokens {
    /// Asks for a token for `identifier`, a video UID or live-input UID.
    ///
    /// Options are those of `Signer.sign`, checked in the same way before anything is sent, but for
    /// `time_format` and `reuse_window`, which are refused: the API decides. Where `now` is given,
    /// `exp` and `nbf` are sent as they follow from it. Beside them:
    ///
    /// - `account_id`, `timeout`, `connect_timeout`, `max_retries`, `deadline`: instead of the client's.
    /// - `id` and `pem`: the key to sign with. A last resort: it sends a private key over the network.
    ///
    /// Gives a `Token`, as `Signer.sign` does. Raises `InputError` and `SigningKeyError` before anything is
    /// sent, then `APIError`.
    #[pyo3(signature = (identifier, **options))]
    fn create(
        &self,
        py: Python<'_>,
        identifier: &Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Token> {
        match self.prepare_create(py, identifier, options)?.answer(py)? {
            Answer::Token(token) => Ok(token.into()),
            _ => Err(raise(&ErrorCode::Internal.into())),
        }
    }

    /// `create`, checked and not sent yet.
    #[pyo3(name = "_create", signature = (identifier, **options))]
    fn prepare_create(
        &self,
        py: Python<'_>,
        identifier: &Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        guarded(|| {
            let identifier = Zeroizing::new(value(identifier)?);
            let given = Zeroizing::new(convert::options(&TokenParams::names(), options)?);
            self.0.prepared(py, || {
                let identifier = host::identifier(&identifier)?.to_owned();
                let params = self.0.token_params(&given)?;
                Ok(Ask::CreateToken(identifier, params))
            })
        })
    }
}

/// Signing keys of the account.
#[pyclass(frozen, module = "streamtoken._native")]
pub(crate) struct Keys(Handle);

#[pymethods]
impl Keys {
    /// Makes a signing key.
    ///
    /// Its private parts are shown this once: save them before anything else. It is never asked for again
    /// once the request may have arrived; when that fails, `list` shows whether a key was made. Options:
    /// `account_id`, `timeout`, `connect_timeout`, `max_retries`, `deadline`, instead of the client's.
    ///
    /// Raises `APIError` and `InputError`.
    #[pyo3(signature = (**options))]
    fn create(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<CreatedKey> {
        match self.prepare_create(py, options)?.answer(py)? {
            Answer::CreatedKey(key) => Ok(key.into()),
            _ => Err(raise(&ErrorCode::Internal.into())),
        }
    }

    /// All signing keys of the account, without their private parts.
    ///
    /// Options as for `create`. Raises `APIError` and `InputError`.
    #[pyo3(signature = (**options))]
    fn list(
        &self,
        py: Python<'_>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Vec<ListedKey>> {
        match self.prepare_list(py, options)?.answer(py)? {
            Answer::ListedKeys(keys) => Ok(keys.into_iter().map(ListedKey::from).collect()),
            _ => Err(raise(&ErrorCode::Internal.into())),
        }
    }

    /// `list`, by the name that the official client has for it.
    #[pyo3(signature = (**options))]
    fn get(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Vec<ListedKey>> {
        self.list(py, options)
    }

    /// Deletes a key: **every token signed with it stops working.**
    ///
    /// Gives the API's word for it. Options as for `create`. Raises `APIError` and `InputError`.
    #[pyo3(signature = (identifier, **options))]
    fn delete(
        &self,
        py: Python<'_>,
        identifier: &Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<String> {
        match self.prepare_delete(py, identifier, options)?.answer(py)? {
            Answer::Word(word) => Ok(word),
            _ => Err(raise(&ErrorCode::Internal.into())),
        }
    }

    /// `create`, checked and not sent yet.
    #[pyo3(name = "_create", signature = (**options))]
    fn prepare_create(
        &self,
        py: Python<'_>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        guarded(|| {
            self.0
                .call(py, options, |options| Ok(Ask::CreateKey(options)))
        })
    }

    /// `list`, checked and not sent yet.
    #[pyo3(name = "_list", signature = (**options))]
    fn prepare_list(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Call> {
        guarded(|| {
            self.0
                .call(py, options, |options| Ok(Ask::ListKeys(options)))
        })
    }

    /// `delete`, checked and not sent yet.
    #[pyo3(name = "_delete", signature = (identifier, **options))]
    fn prepare_delete(
        &self,
        py: Python<'_>,
        identifier: &Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        guarded(|| {
            let id = Zeroizing::new(value(identifier)?);
            self.0.call(py, options, |options| {
                let id = host::text(&id, "id")?.to_owned();
                Ok(Ask::DeleteKey(id, options))
            })
        })
    }
}
