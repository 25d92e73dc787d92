//! What the routes do, without HTTP.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use streamtoken::api::{self, TokenRequest};
use streamtoken::{ErrorCode, Result, SignOptions, Signer, SigningKey, TimeFormat, Token};
use tokio::sync::Semaphore;
use tokio::task;

use crate::access::{Credentials, NewCredential, Policy, Presented};
use crate::clock::Clock;
use crate::keyring::{self, AccountKeys};
use crate::store::{KeyPurpose, Reseal, Store, StoredCredential, StoredKey};
use crate::vault::Vault;

/// How tokens are minted.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Minting {
    /// How times are written; the platform's endpoint writes strings.
    pub time_format: TimeFormat,
    /// Whether bodies may hold `expires_in`, `time_format` and `reuse_window`, which the platform's
    /// endpoint ignores.
    pub extensions: bool,
}

impl Default for Minting {
    /// As the platform's endpoint does.
    fn default() -> Self {
        Self {
            time_format: TimeFormat::String,
            extensions: false,
        }
    }
}

/// The service: a store, the keys that open it, a clock.
pub struct Service {
    store: Arc<dyn Store>,
    vault: Arc<Vault>,
    clock: Clock,
    minting: Minting,
    known: RwLock<Known>,
    /// When the store was last asked whether another process changed it.
    asked: Mutex<Option<Instant>>,
    /// Making and loading keys takes whole cores; more at once would only take longer.
    heavy: Semaphore,
}

/// What was read from the store, good until it changes.
#[derive(Default)]
struct Known {
    changes: i64,
    /// Counts what made it out of date, so that nothing older is put into it.
    generation: u64,
    credentials: Arc<Credentials>,
    accounts: HashMap<String, Arc<AccountKeys>>,
}

/// How long a change by another process, such as a revoked credential, may go unnoticed.
const FRESH: Duration = Duration::from_secs(1);

impl Service {
    /// A service over `store`, whose keys `vault` opens. Opens one key of every account, so that a wrong
    /// master key stops the start and not a request.
    ///
    /// # Errors
    /// [`ErrorCode::StoreUnavailable`], [`ErrorCode::StoreDamaged`], [`ErrorCode::MasterKeyWrong`].
    pub async fn start(store: Arc<dyn Store>, vault: Vault, minting: Minting) -> Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let service = Self {
            store,
            vault: Arc::new(vault),
            clock: Clock::default(),
            minting,
            known: RwLock::default(),
            asked: Mutex::new(None),
            heavy: Semaphore::new(cores),
        };
        for account in service.store.accounts().await? {
            service.account_keys(&account).await?;
        }
        Ok(service)
    }

    /// The clock that tokens are minted by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The credential of a request.
    ///
    /// # Errors
    /// [`ErrorCode::CredentialInvalid`]; those of the store.
    pub async fn authenticate(&self, presented: Presented<'_>) -> Result<StoredCredential> {
        self.refresh().await?;
        let credentials = Arc::clone(&self.known().credentials);
        credentials.check(presented).cloned()
    }

    /// Mints a token.
    ///
    /// # Errors
    /// [`ErrorCode::AccountUnknown`]; [`ErrorCode::PolicyForbids`]; those of
    /// [`TokenRequest::load_key`] and of [`Signer::sign`]; those of the store.
    pub async fn create_token(
        &self,
        account: &str,
        identifier: &str,
        policy: &Policy,
        request: &Arc<TokenRequest>,
    ) -> Result<Token> {
        let keys = self.account_keys(account).await?;
        let now = self.clock.now();
        let options = request.options().clone().now(now);
        let options = policy.apply(api::identifier(identifier)?, options, now)?;
        if !request.has_key() {
            return keys.signer().sign(identifier, &options);
        }
        let (request, identifier) = (Arc::clone(request), identifier.to_owned());
        self.heavily(move || {
            let key = request.load_key()?.ok_or(ErrorCode::Internal)?;
            Signer::new(key).sign(&identifier, &options)
        })
        .await
    }

    /// The defaults of every token.
    pub fn defaults(&self) -> SignOptions {
        SignOptions::new().time_format(self.minting.time_format)
    }

    /// Whether bodies may hold options of ours.
    pub fn takes_extensions(&self) -> bool {
        self.minting.extensions
    }

    /// Makes a key for an account. It is on disk when this returns.
    ///
    /// # Errors
    /// [`ErrorCode::AccountUnknown`], [`ErrorCode::KeysTooMany`]; those of the store.
    pub async fn create_key(&self, account: &str) -> Result<(SigningKey, StoredKey)> {
        self.account_keys(account).await?;
        let (key, stored) = self.make_key(account, KeyPurpose::Account, None).await?;
        let added = self.store.add_key(account, &stored).await;
        self.forget(account);
        added.map(|()| (key, stored))
    }

    /// The keys that an account made, the oldest first.
    ///
    /// # Errors
    /// [`ErrorCode::AccountUnknown`]; those of the store.
    pub async fn list_keys(&self, account: &str) -> Result<Vec<StoredKey>> {
        let mut keys = self.stored_keys(account).await?;
        keys.retain(|key| key.purpose == KeyPurpose::Account);
        Ok(keys)
    }

    /// Deletes a key of an account: what it signed is not accepted any more.
    ///
    /// # Errors
    /// [`ErrorCode::AccountUnknown`], [`ErrorCode::KeyNotFound`]; those of the store.
    pub async fn delete_key(&self, account: &str, id: &str) -> Result<()> {
        self.account_keys(account).await?;
        let deleted = self.store.delete_key(account, id).await;
        self.forget(account);
        if deleted? {
            Ok(())
        } else {
            Err(ErrorCode::KeyNotFound.into())
        }
    }

    /// The public halves of an account's keys, as a JWK set.
    ///
    /// # Errors
    /// [`ErrorCode::AccountUnknown`]; those of the store.
    pub async fn jwks(&self, account: &str) -> Result<String> {
        Ok(self.account_keys(account).await?.jwks().to_owned())
    }

    /// Adds an account, unless it is there. Its token endpoint signs with `key`, such as one that the
    /// platform knows, or with one that is made here.
    ///
    /// # Errors
    /// [`ErrorCode::AccountIdInvalid`]; those of the store.
    pub async fn add_account(&self, account: &str, key: Option<SigningKey>) -> Result<bool> {
        api::account_id(account)?;
        if self.store.keys(account).await?.is_some() {
            return Ok(false);
        }
        let (_, key) = self.make_key(account, KeyPurpose::Endpoint, key).await?;
        self.store.add_account(account, &key.created, &key).await
    }

    /// Adds a credential.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn add_credential(&self, credential: &NewCredential) -> Result<()> {
        let added = self.store.add_credential(&credential.stored).await;
        self.forget_credentials();
        added
    }

    /// Seals every key of the store with the current master key; gives their number.
    ///
    /// # Errors
    /// [`ErrorCode::MasterKeyWrong`], [`ErrorCode::StoreDamaged`]; those of the store.
    pub async fn reseal(&self) -> Result<usize> {
        struct Current(Arc<Vault>);
        impl Reseal for Current {
            fn reseal(&self, account: &str, stored: &StoredKey) -> Result<StoredKey> {
                let key = keyring::open(account, stored, &self.0)?;
                Ok(StoredKey {
                    master_key_id: self.0.current().id().to_owned(),
                    sealed: keyring::seal(account, &key, self.0.current())?,
                    ..stored.clone()
                })
            }
        }
        self.store.reseal(&Current(Arc::clone(&self.vault))).await
    }

    async fn make_key(
        &self,
        account: &str,
        purpose: KeyPurpose,
        key: Option<SigningKey>,
    ) -> Result<(SigningKey, StoredKey)> {
        let (vault, account) = (Arc::clone(&self.vault), account.to_owned());
        let created = self.clock.timestamp();
        self.heavily(move || {
            let key = key.map_or_else(SigningKey::generate, Ok)?;
            let stored = keyring::to_store(&account, &key, purpose, created, &vault)?;
            Ok((key, stored))
        })
        .await
    }

    async fn stored_keys(&self, account: &str) -> Result<Vec<StoredKey>> {
        self.store
            .keys(account)
            .await?
            .ok_or_else(|| ErrorCode::AccountUnknown.into())
    }

    async fn account_keys(&self, account: &str) -> Result<Arc<AccountKeys>> {
        self.refresh().await?;
        if let Some(keys) = self.known().accounts.get(account) {
            return Ok(Arc::clone(keys));
        }
        let generation = self.known().generation;
        let stored = self.stored_keys(account).await?;
        let (vault, name) = (Arc::clone(&self.vault), account.to_owned());
        let keys = self
            .heavily(move || AccountKeys::open(&name, &stored, &vault))
            .await?;
        let keys = Arc::new(keys);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.generation == generation {
            known.accounts.insert(account.to_owned(), Arc::clone(&keys));
        }
        Ok(keys)
    }

    /// Forgets what was read when another process changed the store since.
    async fn refresh(&self) -> Result<()> {
        {
            let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            if asked.is_some_and(|asked| asked.elapsed() < FRESH) {
                return Ok(());
            }
            *asked = Some(Instant::now());
        }
        let read = self.read_again().await;
        if read.is_err() {
            *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        read
    }

    async fn read_again(&self) -> Result<()> {
        let changes = self.store.changes().await?;
        if changes == self.known().changes {
            return Ok(());
        }
        let credentials = Credentials::new(self.store.credentials().await?);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.changes = changes;
        known.generation += 1;
        known.credentials = Arc::new(credentials);
        known.accounts.clear();
        Ok(())
    }

    fn forget(&self, account: &str) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.generation += 1;
        known.accounts.remove(account);
    }

    fn forget_credentials(&self) {
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .changes = 0;
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn known(&self) -> std::sync::RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs work that takes a core for long, beside the requests.
    async fn heavily<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let _permit = self
            .heavy
            .acquire()
            .await
            .map_err(|_| ErrorCode::Internal)?;
        task::spawn_blocking(work)
            .await
            .unwrap_or_else(|_| Err(ErrorCode::Internal.into()))
    }
}
