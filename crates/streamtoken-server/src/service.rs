//! What the routes do, without HTTP.

mod known;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use streamtoken::api::{self, TokenRequest};
use streamtoken::{Error, ErrorCode, Result, SignOptions, Signer, SigningKey, TimeFormat, Token};
use tokio::sync::Semaphore;
use tokio::task;
use tokio::time::timeout;

use crate::access::{NewCredential, Policy, Presented};
use crate::clock::Clock;
use crate::keyring::{self, AccountKeys};
use crate::store::{KeyPurpose, Reseal, Store, StoredCredential, StoredKey};
use crate::vault::{MasterKey, Vault};
use known::Known;

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
    /// How long a request waits for the store.
    patience: Duration,
    known: Arc<Known>,
    /// Making and loading keys takes whole cores; more at once would only take longer.
    heavy: Arc<Semaphore>,
}

impl Service {
    /// A service over `store`, whose keys `vault` opens. A new store takes the vault's current master key.
    ///
    /// Every account's key is opened once. An account whose record is damaged is told in the log, and its
    /// requests are refused; the others are served.
    ///
    /// # Errors
    /// [`ErrorCode::MasterKeyWrong`]; [`ErrorCode::StoreUnavailable`], [`ErrorCode::StoreDamaged`].
    pub async fn start(store: Arc<dyn Store>, vault: Vault, minting: Minting) -> Result<Self> {
        check_master_key(&*store, &vault).await?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let service = Self {
            patience: PATIENCE,
            known: Arc::new(Known::read(&*store).await?),
            store,
            vault: Arc::new(vault),
            clock: Clock::default(),
            minting,
            heavy: Arc::new(Semaphore::new(cores)),
        };
        for account in service.store.accounts().await? {
            service.open_at_start(&account).await?;
        }
        Ok(service)
    }

    async fn open_at_start(&self, account: &str) -> Result<()> {
        let keys = self.account_keys(account).await;
        match keys.and_then(|keys| keys.signer().map(drop)) {
            Err(error) if is_about_one_account(error.code()) => {
                tracing::error!(
                    account,
                    code = error.code().slug(),
                    "an account cannot be served: {}",
                    error.message()
                );
                Ok(())
            }
            other => other,
        }
    }

    /// With another limit on how long a request waits for the store, which is 20 seconds by default.
    #[must_use]
    pub fn store_timeout(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The clock that tokens are minted by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The store. What is changed through it here, and not through the service, is noticed as late as what
    /// another process changes; in memory never.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Whether the store answers and its master key is one that this service has: another process may have
    /// rotated it.
    ///
    /// # Errors
    /// [`ErrorCode::MasterKeyWrong`]; those of the store.
    pub async fn ready(&self) -> Result<()> {
        self.answered(async {
            self.store.changes().await?;
            store_master_key(&*self.store, &self.vault).await.map(drop)
        })
        .await
    }

    /// Lets go of the store, after what was begun has ended. That takes 5 seconds at most: the store is whole
    /// without it, and the end does not wait for a disk that hangs.
    pub async fn close(&self) {
        drop(timeout(FAREWELL, self.store.close()).await);
    }

    /// The credential of a request.
    ///
    /// # Errors
    /// [`ErrorCode::CredentialInvalid`]; those of the store.
    pub async fn authenticate(&self, presented: Presented<'_>) -> Result<StoredCredential> {
        self.refresh().await?;
        self.known.credentials().check(presented).cloned()
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
            return keys.signer()?.sign(identifier, &options);
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
        // Before the work of making one.
        if self.list_keys(account).await?.len() >= api::MAX_KEYS {
            return Err(ErrorCode::KeysTooMany.into());
        }
        let key = self.heavily(SigningKey::generate).await?;
        let stored = self
            .sealed(account, &key, KeyPurpose::Account, |stored| {
                let (service, account) = (self.handle(), account.to_owned());
                async move {
                    let added = service.store.add_key(&account, &stored).await;
                    service.known.forget_listing(&account);
                    added.map(|()| stored)
                }
            })
            .await?;
        Ok((key, stored))
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
        self.refresh().await?;
        self.known.check_account(account)?;
        let (service, account, id) = (self.handle(), account.to_owned(), id.to_owned());
        let deleted = self.to_its_end(async move {
            let deleted = service.store.delete_key(&account, &id).await;
            service.known.forget_listing(&account);
            deleted
        });
        if deleted.await? {
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
        self.refresh().await?;
        if let Some(keys) = self.known.listing(account)? {
            return Ok(keys.jwks().to_owned());
        }
        let keys = self.open_account(account, true).await?;
        Ok(keys.jwks().to_owned())
    }

    /// Adds an account, unless it is there. Its token endpoint signs with `key`, such as one that the
    /// platform knows, or with one that is made here.
    ///
    /// # Errors
    /// [`ErrorCode::AccountIdInvalid`], [`ErrorCode::KeyOfAnotherAccount`]; those of the store.
    pub async fn add_account(&self, account: &str, key: Option<SigningKey>) -> Result<bool> {
        api::account_id(account)?;
        if self.answered(self.store.keys(account)).await?.is_some() {
            return Ok(false);
        }
        let key = match key {
            Some(key) => key,
            None => self.heavily(SigningKey::generate).await?,
        };
        self.sealed(account, &key, KeyPurpose::Endpoint, |stored| {
            let (service, account) = (self.handle(), account.to_owned());
            async move {
                let created = stored.created.clone();
                let added = service
                    .store
                    .add_account(&account, &created, &stored)
                    .await?;
                service.known.read_again(&*service.store).await?;
                Ok(added)
            }
        })
        .await
    }

    /// Adds a credential. It is good when this returns.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn add_credential(&self, credential: &NewCredential) -> Result<()> {
        let (service, stored) = (self.handle(), credential.stored.clone());
        self.to_its_end(async move {
            service.store.add_credential(&stored).await?;
            service.known.read_again(&*service.store).await
        })
        .await
    }

    /// Revokes a credential. Requests that came with it before run to their end.
    ///
    /// # Errors
    /// [`ErrorCode::CredentialUnknown`] also for one that was revoked before; those of the store.
    pub async fn revoke_credential(&self, id: &str) -> Result<()> {
        let (service, id) = (self.handle(), id.to_owned());
        let revoked = self.clock.timestamp().to_string();
        self.to_its_end(async move {
            if !service.store.revoke_credential(&id, &revoked).await? {
                return Err(ErrorCode::CredentialUnknown.into());
            }
            service.known.read_again(&*service.store).await
        })
        .await
    }

    /// Id of the master key that [`Service::reseal`] seals with.
    pub fn master_key_id(&self) -> &str {
        self.vault.current().id()
    }

    /// Seals every key of the store with the current master key; gives their number.
    ///
    /// # Errors
    /// [`ErrorCode::MasterKeyWrong`], [`ErrorCode::StoreDamaged`]; those of the store.
    pub async fn reseal(&self) -> Result<usize> {
        struct Current(Arc<Vault>);
        impl Reseal for Current {
            fn reseal(&self, account: &str, stored: &StoredKey) -> Result<StoredKey> {
                keyring::reseal(account, stored, &self.0)
            }
        }
        let master_key = keyring::introduce(self.vault.current())?;
        self.store
            .reseal(&master_key, &Current(Arc::clone(&self.vault)))
            .await
    }

    /// Seals a key with the master key that the store has, and stores it. A rotation may come in between:
    /// then once again.
    async fn sealed<T, F>(
        &self,
        account: &str,
        key: &SigningKey,
        purpose: KeyPurpose,
        store: impl Fn(StoredKey) -> F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let created = self.clock.timestamp();
        let mut tries = 0;
        loop {
            let master = self
                .answered(store_master_key(&*self.store, &self.vault))
                .await?;
            let stored = keyring::to_store(account, key, purpose, created, master)?;
            match self.to_its_end(store(stored)).await {
                Err(error) if error.code() == ErrorCode::MasterKeyWrong && tries == 0 => tries += 1,
                other => return other,
            }
        }
    }

    async fn refresh(&self) -> Result<()> {
        self.answered(self.known.refresh(&*self.store)).await
    }

    async fn stored_keys(&self, account: &str) -> Result<Vec<StoredKey>> {
        let keys = self.answered(self.store.keys(account)).await?;
        keys.ok_or_else(|| ErrorCode::AccountUnknown.into())
    }

    async fn account_keys(&self, account: &str) -> Result<Arc<AccountKeys>> {
        self.refresh().await?;
        match self.known.keys(account)? {
            Some(keys) => Ok(keys),
            None => self.open_account(account, false).await,
        }
    }

    /// Reads the keys of an account; of those who want them at once, one does.
    async fn open_account(&self, account: &str, listing: bool) -> Result<Arc<AccountKeys>> {
        let turn = timeout(self.patience, self.known.reading.lock()).await;
        let _turn = turn.map_err(|_| ErrorCode::Overloaded)?;
        let read_meanwhile = if listing {
            self.known.listing(account)?
        } else {
            self.known.keys(account)?
        };
        if let Some(keys) = read_meanwhile {
            return Ok(keys);
        }
        let before = self.known.before_reading(account)?;
        let stored = self.stored_keys(account).await?;
        let old = before.keys();
        if let Some(old) = old
            .as_ref()
            .filter(|old| !listing && old.signs_for(&stored))
        {
            // Nothing to open, so no need to wait for those who make keys.
            self.known.keep(account, &before);
            return Ok(Arc::clone(old));
        }
        let (vault, name) = (Arc::clone(&self.vault), account.to_owned());
        let keys = self
            .heavily(move || AccountKeys::open(&name, &stored, &vault, old.as_deref()))
            .await
            .map(Arc::new)?;
        self.known.put(account, &before, Arc::clone(&keys));
        Ok(keys)
    }

    /// What the store says, if it says so in time: a disk may hang.
    async fn answered<T>(&self, answer: impl Future<Output = Result<T>>) -> Result<T> {
        timeout(self.patience, answer).await.unwrap_or_else(|_| {
            let message = "the store cannot be read or written: it does not answer";
            Err(Error::new(ErrorCode::StoreUnavailable, message))
        })
    }

    /// Runs a change and what it makes out of date as one, though the client go away in between, or be told
    /// that the store does not answer.
    async fn to_its_end<T: Send + 'static>(
        &self,
        change: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let change = task::spawn(change);
        self.answered(async {
            change
                .await
                .unwrap_or_else(|_| Err(ErrorCode::Internal.into()))
        })
        .await
    }

    /// What a task needs that outlives its request.
    fn handle(&self) -> Handle {
        Handle {
            store: Arc::clone(&self.store),
            known: Arc::clone(&self.known),
        }
    }

    /// Runs work that takes a core for long, beside the requests. It counts until it ends, whether its
    /// request is still there or not.
    async fn heavily<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permit = Arc::clone(&self.heavy)
            .acquire_owned()
            .await
            .map_err(|_| ErrorCode::Internal)?;
        task::spawn_blocking(move || {
            let _permit = permit;
            work()
        })
        .await
        .unwrap_or_else(|_| Err(ErrorCode::Internal.into()))
    }
}

/// How long a request waits for the store: longer than SQLite waits for those who write.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long the end waits for the store.
const FAREWELL: Duration = Duration::from_secs(5);

struct Handle {
    store: Arc<dyn Store>,
    known: Arc<Known>,
}

/// Refuses a vault that does not have the store's master key; a new store takes the vault's.
async fn check_master_key(store: &dyn Store, vault: &Vault) -> Result<()> {
    if recognize_master_key(store, vault).await? {
        return Ok(());
    }
    let master_key = keyring::introduce(vault.current())?;
    store.set_master_key(&master_key).await?;
    // Another process may have been first, with another master key.
    store_master_key(store, vault).await.map(drop)
}

/// Refuses a vault that does not have the store's master key; `false` for a store that knows none yet.
pub(crate) async fn recognize_master_key(store: &dyn Store, vault: &Vault) -> Result<bool> {
    if let Some(stored) = store.master_key().await? {
        return keyring::recognize(&stored, vault).map(|_| true);
    }
    // Keys of a store from before it knew its master key.
    for account in store.accounts().await? {
        for key in store.keys(&account).await?.unwrap_or_default() {
            if key.master_key_id != vault.current().id() {
                vault.get(&key.master_key_id)?;
                return Err(Error::new(
                    ErrorCode::MasterKeyWrong,
                    "start once with the master key of the store alone, then rotate it",
                ));
            }
        }
    }
    Ok(false)
}

async fn store_master_key<'v>(store: &dyn Store, vault: &'v Vault) -> Result<&'v MasterKey> {
    let stored = store.master_key().await?.ok_or(ErrorCode::StoreDamaged)?;
    keyring::recognize(&stored, vault)
}

/// Whether the others can be served though this one cannot.
fn is_about_one_account(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::StoreDamaged | ErrorCode::MasterKeyWrong | ErrorCode::AccountUnknown
    )
}

#[cfg(test)]
mod tests {
    use super::Service;
    use crate::open::{OpenOptions, open};
    use std::time::Duration;
    use streamtoken::KeySet;

    async fn with_account() -> Service {
        let service = open(OpenOptions::new(None)).await.unwrap();
        service.add_account("a", None).await.unwrap();
        service
    }

    #[tokio::test]
    async fn minting_does_not_wait_for_those_who_make_keys() {
        let service = with_account().await;
        service.account_keys("a").await.unwrap();
        let cores = u32::try_from(service.heavy.available_permits()).unwrap();
        let busy = service.heavy.acquire_many(cores).await.unwrap();
        // As if another process had changed something.
        service.known.read_again(&*service.store).await.unwrap();
        tokio::time::timeout(Duration::from_secs(10), service.account_keys("a"))
            .await
            .expect("nothing is waited for")
            .unwrap();
        drop(busy);
    }

    #[tokio::test]
    async fn keys_that_are_kept_for_minting_are_read_again_for_a_listing() {
        let service = with_account().await;
        service.jwks("a").await.unwrap();
        let (_, stored) = service.create_key("a").await.unwrap();
        service.known.read_again(&*service.store).await.unwrap();
        service.account_keys("a").await.unwrap();
        let listed = KeySet::from_jwks(service.jwks("a").await.unwrap()).unwrap();
        assert!(listed.get(&stored.id).is_some());
    }
}
