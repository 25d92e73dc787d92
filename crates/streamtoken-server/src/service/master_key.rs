//! The master key of the store, and whether the service has it.

use streamtoken::{Error, ErrorCode, Result};

use crate::keyring;
use crate::store::Store;
use crate::vault::{MasterKey, Vault};

/// Refuses a vault that does not have the store's master key; a new store takes the vault's.
pub(super) async fn check_master_key(store: &dyn Store, vault: &Vault) -> Result<()> {
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

/// The master key that the store has now.
pub(super) async fn store_master_key<'v>(
    store: &dyn Store,
    vault: &'v Vault,
) -> Result<&'v MasterKey> {
    let stored = store.master_key().await?.ok_or(ErrorCode::StoreDamaged)?;
    keyring::recognize(&stored, vault)
}
