//! What was read from the store, good until it changes.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use streamtoken::{ErrorCode, Result};
use tokio::sync::Mutex;

use crate::access::Credentials;
use crate::keyring::AccountKeys;
use crate::store::Store;

/// How long a change by another process, such as a revoked credential, may go unnoticed.
const FRESH: Duration = Duration::from_millis(500);
/// How long requests go on with what is known while one of them waits for the store.
const STALE: Duration = Duration::from_secs(10);

/// Credentials and keys of a store, as of a moment.
pub(super) struct Known {
    state: RwLock<State>,
    /// When the store was last asked whether it changed. Whoever has the lock asks. Nobody waits for it: the
    /// others go on with what is known.
    asked: Mutex<Instant>,
    /// Whoever has it reads the keys of an account.
    pub(super) reading: Mutex<()>,
}

struct State {
    changes: i64,
    as_of: Instant,
    /// Counts the times that all was read, so that nothing older is put into it.
    generation: u64,
    credentials: Arc<Credentials>,
    accounts: HashMap<String, Account>,
}

/// An account, and its keys once they were asked for.
#[derive(Default)]
struct Account {
    keys: Option<Arc<AccountKeys>>,
    /// The generation that `keys` are of.
    generation: u64,
    /// Counts the keys that were added and deleted here. The endpoint's is never among them.
    changed: u64,
    /// How many of these `keys` know of.
    seen: u64,
}

/// What keys that are about to be read will be as of.
pub(super) struct Before {
    keys: Option<Arc<AccountKeys>>,
    generation: u64,
    changed: u64,
}

impl Before {
    /// The keys that were known before.
    pub(super) fn keys(&self) -> Option<Arc<AccountKeys>> {
        self.keys.clone()
    }
}

impl Known {
    /// Reads what every request needs.
    pub(super) async fn read(store: &dyn Store) -> Result<Self> {
        let state = State::read(store, store.changes().await?).await?;
        Ok(Self {
            asked: Mutex::new(state.as_of),
            state: RwLock::new(state),
            reading: Mutex::new(()),
        })
    }

    /// Reads the store again, if that was not done just now and it changed since. A request that ends in
    /// the middle leaves it to the next one.
    pub(super) async fn refresh(&self, store: &dyn Store) -> Result<()> {
        let Ok(mut asked) = self.asked.try_lock() else {
            return self.refuse_stale();
        };
        if asked.elapsed() < FRESH {
            return Ok(());
        }
        let now = Instant::now();
        let changes = store.changes().await?;
        if changes == self.state().changes {
            self.state_mut().as_of = now;
        } else {
            self.replace(State::read(store, changes).await?);
        }
        *asked = now;
        Ok(())
    }

    /// Reads the store again, after a change that is to be known at once.
    pub(super) async fn read_again(&self, store: &dyn Store) -> Result<()> {
        let mut asked = self.asked.lock().await;
        let state = State::read(store, store.changes().await?).await?;
        *asked = state.as_of;
        self.replace(state);
        Ok(())
    }

    fn refuse_stale(&self) -> Result<()> {
        if self.state().as_of.elapsed() < STALE {
            Ok(())
        } else {
            Err(ErrorCode::StoreUnavailable.into())
        }
    }

    /// Takes over what was read. Keys stay, to be compared with what the store has.
    fn replace(&self, mut state: State) {
        let mut known = self.state_mut();
        state.generation = known.generation + 1;
        for (id, account) in &mut state.accounts {
            if let Some(old) = known.accounts.remove(id) {
                *account = old;
            }
        }
        *known = state;
    }

    /// The credentials that are good.
    pub(super) fn credentials(&self) -> Arc<Credentials> {
        Arc::clone(&self.state().credentials)
    }

    /// Refuses an account that does not exist.
    pub(super) fn check_account(&self, account: &str) -> Result<()> {
        self.state().account(account).map(drop)
    }

    /// The keys to mint with; `None` when they are to be read.
    pub(super) fn keys(&self, account: &str) -> Result<Option<Arc<AccountKeys>>> {
        let state = self.state();
        let account = state.account(account)?;
        let is_new = account.generation == state.generation;
        Ok(account.keys.clone().filter(|_| is_new))
    }

    /// The keys to list; `None` when they are to be read.
    pub(super) fn listing(&self, account: &str) -> Result<Option<Arc<AccountKeys>>> {
        let state = self.state();
        let account = state.account(account)?;
        let is_new = account.generation == state.generation && account.seen == account.changed;
        Ok(account.keys.clone().filter(|_| is_new))
    }

    /// To be called before keys are read from the store.
    pub(super) fn before_reading(&self, account: &str) -> Result<Before> {
        let state = self.state();
        let account = state.account(account)?;
        Ok(Before {
            keys: account.keys.clone(),
            generation: state.generation,
            changed: account.changed,
        })
    }

    /// Keeps keys that were read, unless the store changed meanwhile.
    pub(super) fn put(&self, account: &str, before: &Before, keys: Arc<AccountKeys>) {
        let mut state = self.state_mut();
        if state.generation != before.generation {
            return;
        }
        if let Some(account) = state.accounts.get_mut(account) {
            account.keys = Some(keys);
            account.generation = before.generation;
            account.seen = before.changed;
        }
    }

    /// The keys that were known before are good to mint with; which others there are was not looked at.
    pub(super) fn keep(&self, account: &str, before: &Before) {
        let mut state = self.state_mut();
        if state.generation != before.generation {
            return;
        }
        if let Some(account) = state.accounts.get_mut(account) {
            account.generation = before.generation;
            account.changed += 1;
        }
    }

    /// A key was added or deleted here. Minting goes on with the keys that are known.
    pub(super) fn forget_listing(&self, account: &str) {
        if let Some(account) = self.state_mut().accounts.get_mut(account) {
            account.changed += 1;
        }
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// `changes` was read before all this, so that what changes in between is read again.
    async fn read(store: &dyn Store, changes: i64) -> Result<Self> {
        let as_of = Instant::now();
        let accounts = store.accounts().await?;
        Ok(Self {
            changes,
            as_of,
            generation: 1,
            credentials: Arc::new(Credentials::new(store.credentials().await?)),
            accounts: accounts
                .into_iter()
                .map(|id| (id, Account::default()))
                .collect(),
        })
    }

    fn account(&self, account: &str) -> Result<&Account> {
        self.accounts
            .get(account)
            .ok_or_else(|| ErrorCode::AccountUnknown.into())
    }
}
