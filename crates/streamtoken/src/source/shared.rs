//! The plan with a clock and threads: a source that threads share.

mod renewal;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Instant;

use renewal::Renewal;

use super::freshness::{Freshness, Life, Moment, Step};
use crate::chance::chance;
#[cfg(feature = "client")]
use crate::client::{Client, TokenParams};
use crate::{Error, ErrorCode, Result, SignOptions, Signer, Token, clock};

/// Keeps a fresh token for one video. Cheap to clone, and shared between threads as it is; all clones have
/// one token.
///
/// When it renews, and what it gives meanwhile, [`Freshness`] says. A renewal over the network goes on
/// beside the callers, on a thread that ends with it; one that signs here is done by the caller who finds
/// it due. In a process that was forked off the source has its own token and renews by itself.
#[derive(Clone)]
pub struct TokenSource(Arc<Inner>);

struct Inner {
    way: Way,
    options: SignOptions,
    on_error: Option<OnError>,
    clock: Clock,
    course: Course,
}

#[derive(Clone)]
enum Way {
    Local(Signer, String),
    #[cfg(feature = "client")]
    Remote(Client, String, Box<TokenParams>),
    #[cfg(test)]
    Test(tests::Mint),
}

type OnError = Box<dyn Fn(&Error) + Send + Sync>;
type Plan = Freshness<Arc<Token>>;
type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// What goes on in one process, and in one that is forked off it: there the lock may be held for ever.
struct Course {
    process: u32,
    state: Mutex<State>,
    child: OnceLock<Box<Self>>,
}

struct State {
    plan: Plan,
    renewal: Option<Arc<Renewal>>,
}

thread_local! {
    /// The sources whose callback this thread is in, or renews for: it is not told of failures that it brings about.
    static TELLING: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

impl TokenSource {
    /// A source that signs with `signer`. The first token is minted when it is asked for.
    ///
    /// # Errors
    /// Those of [`Signer::sign`] for an identifier and options that will never do; [`ErrorCode::OptionValue`]
    /// for `exp` and `now`.
    pub fn local(
        signer: Signer,
        identifier: impl Into<String>,
        options: SignOptions,
    ) -> Result<Self> {
        let identifier = identifier.into();
        let plan = Plan::new(&options)?;
        signer.check(&identifier, &options)?;
        Ok(Self::new(Way::Local(signer, identifier), options, plan))
    }

    /// A source that asks with `client`. The first token is asked for when it is wanted.
    ///
    /// # Errors
    /// Those of [`Requests::create_token`](crate::client::Requests::create_token) for an identifier and
    /// options that will never do; [`ErrorCode::OptionValue`] for `exp` and `now`.
    #[cfg(feature = "client")]
    pub fn remote(
        client: Client,
        identifier: impl Into<String>,
        params: impl Into<TokenParams>,
    ) -> Result<Self> {
        let (identifier, params) = (identifier.into(), params.into());
        let options = params.sign_options().clone();
        let plan = Plan::new(&options)?;
        client.stream().token().check(&identifier, &params)?;
        let way = Way::Remote(client, identifier, Box::new(params));
        Ok(Self::new(way, options, plan))
    }

    fn new(way: Way, options: SignOptions, plan: Plan) -> Self {
        let begin = Instant::now();
        let clock = Arc::new(move || Moment {
            now: clock::now(),
            elapsed: begin.elapsed(),
            random: chance(),
        });
        Self(Arc::new(Inner {
            way,
            options,
            on_error: None,
            clock,
            course: Course::new(plan),
        }))
    }

    /// The same source, which tells `told` of each renewal that fails, once. It is called by the thread that
    /// renewed; when it panics, nothing else happens. It may use the source: of a failure that it brings about
    /// itself it hears nothing. A thread that it starts is not it, so wait there before you ask. To be called
    /// before the source is used or cloned: what this gives has no token yet.
    #[must_use]
    pub fn on_error(self, told: impl Fn(&Error) + Send + Sync + 'static) -> Self {
        let Inner {
            way,
            options,
            clock,
            ..
        } = &*self.0;
        Self(Arc::new(Inner {
            way: way.clone(),
            options: options.clone(),
            on_error: Some(Box::new(told)),
            clock: Arc::clone(clock),
            course: Course::new(Plan::renewable(options)),
        }))
    }

    /// The token of the moment. While it lives this returns at once; without one it waits for the renewal,
    /// and all who wait get the same.
    ///
    /// # Errors
    /// What the renewal failed with, where there is no living token: the codes of
    /// [`Signer::sign`], or those of the API and the network (400 to 449). Where the API said `retry-after` the
    /// same error comes until then, at most 300 s, and nothing is sent.
    pub fn token(&self) -> Result<Arc<Token>> {
        let course = self.0.course.of_this_process(&self.0.options);
        let (step, renewal) = course.ask((self.0.clock)());
        match step {
            Step::Use(token) => Ok(token),
            Step::UseAndRenew(token) => Ok(self.renew_beside(&renewal).unwrap_or(token)),
            Step::Renew => self.renew(&renewal),
            Step::Wait | Step::Refuse => renewal.wait(),
        }
    }

    /// Renews the token while the old one lives; gives the new one if it is there at once.
    fn renew_beside(&self, renewal: &Arc<Renewal>) -> Option<Arc<Token>> {
        if self.0.way.is_quick() {
            return self.renew(renewal).ok();
        }
        let (source, on_thread) = (self.clone(), Arc::clone(renewal));
        let telling = TELLING.with_borrow(Vec::clone);
        let work = move || {
            TELLING.set(telling);
            drop(source.renew(&on_thread));
        };
        match thread::Builder::new().spawn(work) {
            Ok(_) => None,
            // The system gives no thread.
            Err(_) => self.renew(renewal).ok(),
        }
    }

    /// Makes the renewal that is under way, and tells everybody what came of it.
    fn renew(&self, renewal: &Renewal) -> Result<Arc<Token>> {
        let mint = || renewal.by_this_thread(|| self.0.way.mint(&self.0.options));
        let minted = catch_unwind(AssertUnwindSafe(mint));
        let minted = minted.unwrap_or_else(|_| Err(ErrorCode::Internal.into()));
        let course = self.0.course.of_this_process(&self.0.options);
        let outcome = course.settle(minted, (self.0.clock)());
        renewal.end(outcome.clone());
        if let Err(error) = &outcome {
            self.tell(error);
        }
        outcome
    }

    fn tell(&self, error: &Error) {
        let Some(told) = &self.0.on_error else {
            return;
        };
        let source = Arc::as_ptr(&self.0).addr();
        if TELLING.with_borrow(|telling| telling.contains(&source)) {
            return;
        }
        TELLING.with_borrow_mut(|telling| telling.push(source));
        // The hook of panics has said what there is to say.
        let _panicked = catch_unwind(AssertUnwindSafe(|| told(error)));
        TELLING.with_borrow_mut(|telling| telling.retain(|other| *other != source));
    }
}

impl Way {
    /// Whether a renewal takes no longer than a signature.
    fn is_quick(&self) -> bool {
        match self {
            Self::Local(..) => true,
            #[cfg(feature = "client")]
            Self::Remote(client, ..) => client.is_local(),
            #[cfg(test)]
            Self::Test(mint) => mint.is_quick,
        }
    }

    fn mint(&self, options: &SignOptions) -> Result<Token> {
        match self {
            Self::Local(signer, identifier) => signer.sign(identifier, options),
            #[cfg(feature = "client")]
            Self::Remote(client, identifier, params) => client
                .stream()
                .token()
                .create(identifier, (**params).clone()),
            #[cfg(test)]
            Self::Test(mint) => (mint.make)(),
        }
    }
}

impl Course {
    fn new(plan: Plan) -> Self {
        Self {
            process: process::id(),
            state: Mutex::new(State {
                plan,
                renewal: None,
            }),
            child: OnceLock::new(),
        }
    }

    fn of_this_process(&self, options: &SignOptions) -> &Self {
        if self.process == process::id() {
            return self;
        }
        self.child
            .get_or_init(|| Box::new(Self::new(Plan::renewable(options))))
            .of_this_process(options)
    }

    /// What to do, and the renewal that is under way, or that ended last.
    fn ask(&self, moment: Moment) -> (Step<Arc<Token>>, Arc<Renewal>) {
        let mut state = self.state();
        let step = state.plan.ask(moment);
        if matches!(step, Step::Renew | Step::UseAndRenew(_)) {
            state.renewal = None;
        }
        let renewal = Arc::clone(state.renewal.get_or_insert_default());
        (step, renewal)
    }

    fn settle(&self, minted: Result<Token>, moment: Moment) -> Result<Arc<Token>> {
        let mut state = self.state();
        match minted.map(Arc::new) {
            Ok(token) => {
                let life = Life::from(&*token);
                state.plan.renewed(Arc::clone(&token), life, moment)?;
                Ok(token)
            }
            Err(error) => {
                let retry_after = error.api().and_then(crate::ApiFailure::retry_after);
                state.plan.failed(retry_after, moment);
                Err(error)
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("TokenSource");
        match &self.0.way {
            Way::Local(signer, identifier) => out
                .field("signer", signer)
                .field("identifier", identifier)
                .field("options", &self.0.options),
            #[cfg(feature = "client")]
            Way::Remote(client, identifier, params) => out
                .field("client", client)
                .field("identifier", identifier)
                .field("params", params),
            #[cfg(test)]
            Way::Test(_) => &mut out,
        };
        out.finish_non_exhaustive()
    }
}
