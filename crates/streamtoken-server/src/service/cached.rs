//! The keys of accounts, read from the store when they are not known.

use std::sync::Arc;

use streamtoken::{ErrorCode, Result};
use tokio::time::timeout;

use super::Service;
use crate::keyring::AccountKeys;
use crate::store::StoredKey;

impl Service {
    pub(super) async fn refresh(&self) -> Result<()> {
        self.answered(self.known.refresh(&*self.store)).await
    }

    pub(super) async fn stored_keys(&self, account: &str) -> Result<Vec<StoredKey>> {
        let keys = self.answered(self.store.keys(account)).await?;
        keys.ok_or_else(|| ErrorCode::AccountUnknown.into())
    }

    pub(super) async fn account_keys(&self, account: &str) -> Result<Arc<AccountKeys>> {
        self.refresh().await?;
        match self.known.keys(account)? {
            Some(keys) => Ok(keys),
            None => self.open_account(account, false).await,
        }
    }

    /// Reads the keys of an account; of those who want them at once, one does.
    pub(super) async fn open_account(
        &self,
        account: &str,
        listing: bool,
    ) -> Result<Arc<AccountKeys>> {
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
}

#[cfg(test)]
mod tests {
    use crate::Service;
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
