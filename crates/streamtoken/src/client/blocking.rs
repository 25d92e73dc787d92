//! The client that blocks: requests, transport and pauses in one.

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::call::{Arrived, Broke, Call, Moment, Outcome, Step};
use super::transport::Transport;
use super::{
    Attempt, CallOptions, ClientOptions, CreatedKey, ListedKey, Requests, Stop, TokenParams,
};
use crate::chance::chance;
use crate::{Error, ErrorCode, Result, Signer, Token, clock};

/// Asks Cloudflare's API, or a service that answers the same routes. Cheap to clone, and shared between
/// threads as it is; connections are kept open and shared too.
///
/// ```no_run
/// use streamtoken::{Client, SignOptions};
///
/// // CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID
/// let client = Client::from_env()?;
/// let token = client.stream().token().create("ea95132c15732412d22c1476fa83f27a", &SignOptions::new())?;
/// # Ok::<(), streamtoken::Error>(())
/// ```
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    way: Way,
    observe: Option<Observe>,
    closed: Stop,
}

enum Way {
    Remote(Box<Requests>, Transport),
    Local(Signer),
}

type Observe = Box<dyn Fn(&Attempt) + Send + Sync>;

impl Client {
    /// A client with these options. The environment is read for a proxy here: `HTTPS_PROXY` for https,
    /// `http_proxy` for http, `ALL_PROXY` for both, and `NO_PROXY`; all of them in lower case too, and
    /// `HTTP_PROXY` never. The certificates that are trusted are read once, when the client first connects over
    /// TLS: those of the system, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name where the system keeps
    /// them in files.
    ///
    /// # Errors
    /// Those of [`Requests::new`]; [`ErrorCode::ProxyInvalid`].
    pub fn new(options: ClientOptions) -> Result<Self> {
        Self::observed(options, None)
    }

    /// A client with the options that the environment gives ([`ClientOptions::or_env`]).
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn from_env() -> Result<Self> {
        Self::new(ClientOptions::new().or_env())
    }

    /// As [`Client::new`]; `observe` sees every attempt of every call, as soon as its outcome is known.
    /// [`tracing`] has them as well, as events of the level *debug*.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_observer(
        options: ClientOptions,
        observe: impl Fn(&Attempt) + Send + Sync + 'static,
    ) -> Result<Self> {
        Self::observed(options, Some(Box::new(observe)))
    }

    /// A client that mints with `signer`, without any network: the same calls, the same options. It has no
    /// keys to manage.
    pub fn local(signer: Signer) -> Self {
        Self::from_way(Way::Local(signer), None)
    }

    fn observed(options: ClientOptions, observe: Option<Observe>) -> Result<Self> {
        let requests = Requests::new(options)?;
        let transport = Transport::new(&requests.options().base_url)?;
        Ok(Self::from_way(
            Way::Remote(Box::new(requests), transport),
            observe,
        ))
    }

    fn from_way(way: Way, observe: Option<Observe>) -> Self {
        Self(Arc::new(Inner {
            way,
            observe,
            closed: Stop::new(),
        }))
    }

    /// Whether it mints by itself, without any network.
    pub fn is_local(&self) -> bool {
        matches!(self.0.way, Way::Local(_))
    }

    /// What there is about Stream.
    pub fn stream(&self) -> Stream<'_> {
        Stream(self)
    }

    /// The deadline of a call with these options: its own, or else the client's.
    pub fn deadline(&self, options: &CallOptions) -> Option<Duration> {
        let (requests, _) = self.remote().ok()?;
        options.limits.or(requests.options().limits).deadline
    }

    /// Ends the client: connections are closed, calls that wait for an answer end with an error, and so does
    /// every later one. A call that is still connecting ends within its `connect_timeout`. The error is
    /// [`ErrorCode::ClientClosed`]; its message tells where what was asked for may have been done all the same.
    pub fn close(&self) {
        self.0.closed.stop();
        if let Way::Remote(_, transport) = &self.0.way {
            transport.close();
        }
    }

    /// Makes a call, until it is done, has failed, or is stopped.
    fn run<T>(&self, mut call: Call<T>, transport: &Transport, options: &CallOptions) -> Result<T> {
        let begin = options.began.unwrap_or_else(Instant::now);
        let ends = Ends {
            closed: &self.0.closed,
            stop: options.stop.as_ref(),
        };
        self.check_open()?;
        loop {
            let outcome = attempt(&call, transport, begin.elapsed(), ends);
            let moment = Moment {
                elapsed: begin.elapsed(),
                now: clock::now(),
                random: chance(),
            };
            let step = call.after(outcome, moment);
            if let Some(attempt) = call.last_attempt() {
                self.report(attempt);
            }
            match step {
                Step::Done(result) => return Ok(result),
                Step::Wait(pause) => sleep(pause, || ends.reached().is_some()),
                Step::Failed(error) => return Err(error),
            }
        }
    }

    fn check_open(&self) -> Result<()> {
        if self.0.closed.is_stopped() {
            return Err(ErrorCode::ClientClosed.into());
        }
        Ok(())
    }

    fn report(&self, attempt: &Attempt) {
        tracing::debug!(
            method = attempt.method(),
            path = attempt.path(),
            attempt = attempt.attempt(),
            status = attempt.status(),
            cf_ray = attempt.ray(),
            error = attempt.error(),
            pause = attempt.pause(),
            "attempt",
        );
        if let Some(observe) = &self.0.observe {
            observe(attempt);
        }
    }

    fn remote(&self) -> Result<(&Requests, &Transport)> {
        match &self.0.way {
            Way::Remote(requests, transport) => Ok((requests, transport)),
            Way::Local(_) => Err(Error::from(ErrorCode::ClientIsLocal)),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Client");
        match &self.0.way {
            Way::Remote(requests, _) => out.field("options", requests.options()),
            Way::Local(signer) => out.field("signer", signer),
        };
        out.finish_non_exhaustive()
    }
}

/// [`Client::stream`].
#[derive(Debug, Clone, Copy)]
pub struct Stream<'c>(&'c Client);

impl<'c> Stream<'c> {
    /// Tokens for videos.
    pub fn token(self) -> Tokens<'c> {
        Tokens(self.0)
    }

    /// Signing keys of the account.
    pub fn keys(self) -> Keys<'c> {
        Keys(self.0)
    }
}

/// [`Stream::token`].
#[derive(Debug, Clone, Copy)]
pub struct Tokens<'c>(&'c Client);

impl Tokens<'_> {
    /// Refuses what [`Tokens::create`] would refuse before anything is sent or signed.
    ///
    /// # Errors
    /// Those of [`Requests::create_token`], or of [`Signer::check`] for a client that mints;
    /// [`ErrorCode::ClientClosed`].
    pub fn check(&self, identifier: &str, params: &TokenParams) -> Result<()> {
        self.0.check_open()?;
        match &self.0.0.way {
            Way::Local(signer) => params.check(signer, identifier),
            Way::Remote(requests, _) => requests.create_token(identifier, params).map(|_| ()),
        }
    }

    /// Asks for a token for `identifier`, a video UID or live-input UID. The options are those of signing
    /// ([`SignOptions`](crate::SignOptions)), or [`TokenParams`] for what goes beyond them.
    ///
    /// # Errors
    /// Those of [`Requests::create_token`] before anything is sent; then the codes of the API and the
    /// network (400 to 449), with [`Error::api`]; [`ErrorCode::ClientClosed`].
    pub fn create(&self, identifier: &str, params: impl Into<TokenParams>) -> Result<Token> {
        let params = params.into();
        self.0.check_open()?;
        match &self.0.0.way {
            Way::Local(signer) => params.sign(signer, identifier),
            Way::Remote(requests, transport) => {
                let call = requests.create_token(identifier, &params)?;
                self.0.run(call, transport, &params.call)
            }
        }
    }
}

/// [`Stream::keys`].
#[derive(Debug, Clone, Copy)]
pub struct Keys<'c>(&'c Client);

impl Keys<'_> {
    /// Makes a signing key. Its private parts are shown this once: save them before anything else. It is
    /// never asked for again once the request may have arrived; when that fails, [`Keys::list`] shows whether
    /// a key was made.
    ///
    /// # Errors
    /// Those of [`Requests::create_key`]; the codes of the API and the network (400 to 449);
    /// [`ErrorCode::ClientIsLocal`], [`ErrorCode::ClientClosed`].
    pub fn create(&self, options: &CallOptions) -> Result<CreatedKey> {
        let (requests, transport) = self.0.remote()?;
        let call = requests.create_key(options)?;
        self.0.run(call, transport, options)
    }

    /// All signing keys of the account, without their private parts.
    ///
    /// # Errors
    /// As [`Keys::create`].
    pub fn list(&self, options: &CallOptions) -> Result<Vec<ListedKey>> {
        let (requests, transport) = self.0.remote()?;
        let call = requests.list_keys(options)?;
        self.0.run(call, transport, options)
    }

    /// Deletes a key: **every token signed with it stops working.** Gives the API's word for it.
    ///
    /// # Errors
    /// [`ErrorCode::KeyIdInvalid`], and as [`Keys::create`].
    pub fn delete(&self, id: &str, options: &CallOptions) -> Result<String> {
        let (requests, transport) = self.0.remote()?;
        let call = requests.delete_key(id, options)?;
        self.0.run(call, transport, options)
    }
}

/// What ends a call from another thread.
#[derive(Clone, Copy)]
struct Ends<'c> {
    closed: &'c Stop,
    stop: Option<&'c Stop>,
}

impl Ends<'_> {
    fn reached(self) -> Option<Broke> {
        if self.closed.is_stopped() {
            return Some(Broke::Closed);
        }
        self.stop?.is_stopped().then_some(Broke::Aborted)
    }
}

/// One attempt, unless the call is over before it begins.
fn attempt<T>(call: &Call<T>, transport: &Transport, elapsed: Duration, ends: Ends<'_>) -> Outcome {
    let limit = call.time_limit(elapsed);
    if let Some(why) = ends.reached() {
        return Outcome::Broken(why, Arrived::No, String::new());
    }
    if limit.is_zero() {
        let detail = "the deadline is over".to_owned();
        return Outcome::Broken(Broke::Deadline, Arrived::No, detail);
    }
    let send = || transport.send(call.request(), limit, call.connect_limit());
    match (Stop::during(ends.stop, send), ends.reached()) {
        (Outcome::Broken(_, arrived, _), Some(why)) => Outcome::Broken(why, arrived, String::new()),
        (outcome, _) => outcome,
    }
}

/// Sleeps, and looks up often enough that nobody who stops a call has to wait.
fn sleep(pause: Duration, is_over: impl Fn() -> bool) {
    const NAP: Duration = Duration::from_millis(20);
    let begin = Instant::now();
    while !is_over() {
        let left = pause.saturating_sub(begin.elapsed());
        if left.is_zero() {
            return;
        }
        thread::sleep(left.min(NAP));
    }
}
