//! The store in memory: for tests, and for emulators. It ends with the process.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use streamtoken::api::MAX_KEYS;
use streamtoken::{Error, ErrorCode, Result};

use super::{
    KeyPurpose, Reseal, Store, StoredCredential, StoredKey, StoredMasterKey, check_seal,
    check_unused,
};

/// Accounts, keys and credentials in memory.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    master_key: Option<StoredMasterKey>,
    /// The keys of each account.
    accounts: BTreeMap<String, Vec<StoredKey>>,
    credentials: Vec<StoredCredential>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Each method changes the tables once it has nothing left to refuse, so a panic leaves them whole.
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn accounts(&self) -> Result<Vec<String>> {
        Ok(self.tables().accounts.keys().cloned().collect())
    }

    async fn master_key(&self) -> Result<Option<StoredMasterKey>> {
        Ok(self.tables().master_key.clone())
    }

    async fn set_master_key(&self, master_key: &StoredMasterKey) -> Result<()> {
        let mut tables = self.tables();
        if tables.master_key.is_none() {
            tables.master_key = Some(master_key.clone());
        }
        Ok(())
    }

    async fn add_account(
        &self,
        account: &str,
        _created: &str,
        endpoint_key: &StoredKey,
    ) -> Result<bool> {
        let mut tables = self.tables();
        check_seal(tables.master_key_id(), endpoint_key)?;
        if tables.accounts.contains_key(account) {
            return Ok(false);
        }
        check_unused(tables.owner(endpoint_key)?, account)?;
        let keys = vec![endpoint_key.clone()];
        tables.accounts.insert(account.to_owned(), keys);
        Ok(true)
    }

    async fn keys(&self, account: &str) -> Result<Option<Vec<StoredKey>>> {
        let keys = self.tables().accounts.get(account).cloned();
        Ok(keys.map(|mut keys| {
            keys.sort_by(|a, b| (&a.created, &a.id).cmp(&(&b.created, &b.id)));
            keys
        }))
    }

    async fn add_key(&self, account: &str, key: &StoredKey) -> Result<()> {
        let mut tables = self.tables();
        check_seal(tables.master_key_id(), key)?;
        let keys = tables.accounts.get_mut(account);
        let keys = keys.ok_or(ErrorCode::AccountUnknown)?;
        if keys.iter().filter(|key| is_own(key)).count() >= MAX_KEYS {
            return Err(ErrorCode::KeysTooMany.into());
        }
        if keys.iter().any(|other| other.id == key.id) {
            return Err(taken());
        }
        keys.push(key.clone());
        Ok(())
    }

    async fn delete_key(&self, account: &str, id: &str) -> Result<bool> {
        let mut tables = self.tables();
        let Some(keys) = tables.accounts.get_mut(account) else {
            return Ok(false);
        };
        let before = keys.len();
        keys.retain(|key| !(is_own(key) && key.id == id));
        Ok(keys.len() < before)
    }

    async fn credentials(&self) -> Result<Vec<StoredCredential>> {
        let mut credentials = self.tables().credentials.clone();
        credentials.sort_by(|a, b| (&a.created, &a.id).cmp(&(&b.created, &b.id)));
        Ok(credentials)
    }

    async fn add_credential(&self, credential: &StoredCredential) -> Result<()> {
        let mut tables = self.tables();
        let mut others = tables.credentials.iter();
        if others.any(|other| other.id == credential.id) {
            return Err(taken());
        }
        tables.credentials.push(credential.clone());
        Ok(())
    }

    async fn revoke_credential(&self, id: &str, revoked: &str) -> Result<bool> {
        let mut tables = self.tables();
        let mut credentials = tables.credentials.iter_mut();
        let found = credentials.find(|one| one.id == id && one.revoked.is_none());
        let is_revoked = found.is_some();
        if let Some(credential) = found {
            credential.revoked = Some(revoked.to_owned());
        }
        Ok(is_revoked)
    }

    async fn reseal(&self, master_key: &StoredMasterKey, reseal: &dyn Reseal) -> Result<usize> {
        let mut tables = self.tables();
        let mut sealed = tables.accounts.clone();
        let mut count = 0;
        for (account, keys) in &mut sealed {
            for key in keys {
                *key = reseal.reseal(account, key)?;
                count += 1;
            }
        }
        tables.accounts = sealed;
        tables.master_key = Some(master_key.clone());
        Ok(count)
    }

    /// No other process has it.
    async fn changes(&self) -> Result<i64> {
        Ok(0)
    }

    async fn check_writable(&self) -> Result<()> {
        Ok(())
    }

    async fn close(&self) {}
}

impl Tables {
    fn master_key_id(&self) -> Option<&str> {
        self.master_key.as_ref().map(|key| key.id.as_str())
    }

    /// The account that has this key, by its id or by its modulus.
    fn owner(&self, key: &StoredKey) -> Result<Option<&str>> {
        let modulus = key.modulus()?;
        let mut accounts = self.accounts.iter();
        let owner = accounts.find(|(_, keys)| {
            let mut keys = keys.iter();
            keys.any(|other| other.id == key.id || other.public_jwk.contains(&modulus))
        });
        Ok(owner.map(|(account, _)| account.as_str()))
    }
}

fn is_own(key: &StoredKey) -> bool {
    key.purpose == KeyPurpose::Account
}

/// Ids are drawn at random: two that are equal are a fault of the caller.
fn taken() -> Error {
    let message = "the store cannot be written: it has a record with this id";
    Error::new(ErrorCode::StoreUnavailable, message)
}
