//! What the routes do, without HTTP.

mod cached;
mod known;
mod master_key;
mod waiting;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use streamtoken::api::{self, TokenRequest};
use streamtoken::{ErrorCode, Result, SignOptions, Signer, SigningKey, TimeFormat, Token};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::access::{NewCredential, Policy, Presented};
use crate::clock::Clock;
use crate::keyring;
use crate::store::{KeyPurpose, Reseal, Store, StoredCredential, StoredKey};
use crate::vault::Vault;
use known::Known;
pub(crate) use master_key::recognize_master_key;
use master_key::{check_master_key, store_master_key};
use waiting::{FAREWELL, PATIENCE};

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

    /// What a task needs that outlives its request.
    fn handle(&self) -> Handle {
        Handle {
            store: Arc::clone(&self.store),
            known: Arc::clone(&self.known),
        }
    }
}

struct Handle {
    store: Arc<dyn Store>,
    known: Arc<Known>,
}

/// Whether the others can be served though this one cannot.
fn is_about_one_account(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::StoreDamaged | ErrorCode::MasterKeyWrong | ErrorCode::AccountUnknown
    )
}
