//! Signing keys: made, sealed, opened, and kept ready to sign.

use jiff::Timestamp;
use streamtoken::{Error, ErrorCode, KeySet, PublicKey, Result, Signer, SigningKey};

use crate::store::{KeyPurpose, StoredKey, StoredMasterKey};
use crate::vault::{MasterKey, Vault};

/// The keys of one account, as minting needs them.
#[derive(Clone)]
pub struct AccountKeys {
    endpoint: StoredKey,
    signer: Result<Signer>,
    jwks: String,
}

impl AccountKeys {
    /// Opens the endpoint key, unless `before` did; of the others, the public halves are enough. Without its
    /// master key there is no signer, and still a key set: whoever verifies needs no private key.
    ///
    /// # Errors
    /// [`ErrorCode::StoreDamaged`].
    pub fn open(
        account: &str,
        keys: &[StoredKey],
        vault: &Vault,
        before: Option<&Self>,
    ) -> Result<Self> {
        let endpoint = keys
            .iter()
            .find(|key| key.purpose == KeyPurpose::Endpoint)
            .ok_or_else(damaged)?;
        let jwks = jwks(keys)?;
        let signer = match before {
            Some(before) if before.endpoint == *endpoint => before.signer.clone(),
            _ => match open(account, endpoint, vault).map(Signer::new) {
                Err(error) if error.code() != ErrorCode::MasterKeyWrong => return Err(error),
                opened => opened,
            },
        };
        Ok(Self {
            endpoint: endpoint.clone(),
            signer,
            jwks,
        })
    }

    /// Whether these are as good to sign with as `keys` are.
    pub fn signs_for(&self, keys: &[StoredKey]) -> bool {
        keys.contains(&self.endpoint)
    }

    /// Signs for the token endpoint.
    ///
    /// # Errors
    /// [`ErrorCode::MasterKeyWrong`].
    pub fn signer(&self) -> Result<&Signer> {
        self.signer.as_ref().map_err(Clone::clone)
    }

    /// The public halves of all keys, as a JWK set.
    pub fn jwks(&self) -> &str {
        &self.jwks
    }
}

/// The public halves of keys, as a JWK set.
///
/// # Errors
/// [`ErrorCode::StoreDamaged`].
pub fn jwks(keys: &[StoredKey]) -> Result<String> {
    let public = keys
        .iter()
        .map(|key| PublicKey::load(&key.public_jwk, Some(&key.id)))
        .collect::<Result<Vec<_>>>()
        .map_err(|_| damaged())?;
    Ok(KeySet::new(public)?.to_jwks())
}

/// A key as it is stored.
///
/// # Errors
/// [`ErrorCode::Internal`] when the operating system gives no random numbers.
pub fn to_store(
    account: &str,
    key: &SigningKey,
    purpose: KeyPurpose,
    created: Timestamp,
    master: &MasterKey,
) -> Result<StoredKey> {
    Ok(StoredKey {
        id: key.id().to_owned(),
        purpose,
        created: format!("{created:.6}"),
        public_jwk: key.public_key().to_jwk(),
        master_key_id: master.id().to_owned(),
        sealed: seal(account, key, master)?,
    })
}

/// Opens a stored key, and sees that it is the one that its record says.
///
/// # Errors
/// [`ErrorCode::MasterKeyWrong`], [`ErrorCode::StoreDamaged`].
pub fn open(account: &str, stored: &StoredKey, vault: &Vault) -> Result<SigningKey> {
    let jwk = vault.open(
        &stored.master_key_id,
        &name(account, &stored.id),
        &stored.sealed,
    )?;
    let key = SigningKey::load(&*jwk, Some(&stored.id)).map_err(|_| damaged())?;
    if key.public_key().to_jwk() == stored.public_jwk {
        Ok(key)
    } else {
        Err(damaged())
    }
}

/// The same key, sealed with the vault's current master key.
///
/// # Errors
/// [`ErrorCode::MasterKeyWrong`], [`ErrorCode::StoreDamaged`].
pub fn reseal(account: &str, stored: &StoredKey, vault: &Vault) -> Result<StoredKey> {
    let name = name(account, &stored.id);
    let jwk = vault
        .open(&stored.master_key_id, &name, &stored.sealed)
        .map_err(|error| {
            let place = format!("account {account}, key {}", stored.id);
            Error::new(error.code(), format!("{place}: {}", error.message()))
        })?;
    Ok(StoredKey {
        master_key_id: vault.current().id().to_owned(),
        sealed: vault.current().seal(&name, &jwk)?,
        ..stored.clone()
    })
}

/// What a store keeps of its master key.
///
/// # Errors
/// [`ErrorCode::Internal`] when the operating system gives no random numbers.
pub fn introduce(master: &MasterKey) -> Result<StoredMasterKey> {
    Ok(StoredMasterKey {
        id: master.id().to_owned(),
        sealed: master.seal(INTRODUCTION, INTRODUCTION.as_bytes())?,
    })
}

/// The master key of the store, if the vault has it.
///
/// # Errors
/// [`ErrorCode::MasterKeyWrong`]; [`ErrorCode::StoreDamaged`] when the store's record of it is.
pub fn recognize<'v>(stored: &StoredMasterKey, vault: &'v Vault) -> Result<&'v MasterKey> {
    vault.open(&stored.id, INTRODUCTION, &stored.sealed)?;
    vault.get(&stored.id)
}

/// Seals a key under a master key.
///
/// # Errors
/// [`ErrorCode::Internal`] when the operating system gives no random numbers.
fn seal(account: &str, key: &SigningKey, master: &MasterKey) -> Result<Vec<u8>> {
    master.seal(&name(account, key.id()), key.to_jwk().as_bytes())
}

/// What a sealed key is bound to: its place. The id alone would let it be moved to another account.
fn name(account: &str, id: &str) -> String {
    format!("signing key\0{account}\0{id}")
}

/// Name and text of what a master key seals to be known again by.
const INTRODUCTION: &str = "master key";

fn damaged() -> Error {
    Error::new(
        ErrorCode::StoreDamaged,
        "a signing key of the store cannot be read",
    )
}

#[cfg(test)]
mod tests {
    use super::{AccountKeys, introduce, open, recognize, reseal, to_store};
    use crate::store::KeyPurpose;
    use crate::vault::{MasterKey, Vault};
    use jiff::Timestamp;
    use streamtoken::{ErrorCode, KeySet, SigningKey};

    fn vault() -> Vault {
        let text = MasterKey::generate_text().unwrap();
        Vault::new(MasterKey::parse(&text).unwrap(), None)
    }

    #[test]
    fn a_sealed_key_opens_in_its_place_alone() {
        let vault = vault();
        let make = |purpose| {
            let key = SigningKey::generate().unwrap();
            let at = Timestamp::UNIX_EPOCH;
            let stored = to_store("a", &key, purpose, at, vault.current()).unwrap();
            (key, stored)
        };
        let (key, stored) = make(KeyPurpose::Endpoint);
        assert_eq!(stored.created, "1970-01-01T00:00:00.000000Z");
        assert_eq!(*open("a", &stored, &vault).unwrap().to_jwk(), *key.to_jwk());
        assert_eq!(
            open("b", &stored, &vault).unwrap_err().code(),
            ErrorCode::StoreDamaged
        );
        let keys = AccountKeys::open("a", std::slice::from_ref(&stored), &vault, None).unwrap();
        assert_eq!(keys.signer().unwrap().key().id(), stored.id);
        assert!(
            KeySet::from_jwks(keys.jwks())
                .unwrap()
                .get(&stored.id)
                .is_some()
        );
        let (_, other) = make(KeyPurpose::Account);
        let mut swapped = stored;
        swapped.public_jwk = other.public_jwk;
        assert_eq!(
            open("a", &swapped, &vault).unwrap_err().code(),
            ErrorCode::StoreDamaged
        );
    }

    #[test]
    fn a_key_that_is_sealed_anew_opens_with_the_new_master_key_alone() {
        let (old, new) = (
            MasterKey::generate_text().unwrap(),
            MasterKey::generate_text().unwrap(),
        );
        let parse = |text: &str| MasterKey::parse(text).unwrap();
        let key = SigningKey::generate().unwrap();
        let at = Timestamp::UNIX_EPOCH;
        let stored = to_store("a", &key, KeyPurpose::Account, at, &parse(&old)).unwrap();
        let both = Vault::new(parse(&new), Some(parse(&old)));
        let again = reseal("a", &stored, &both).unwrap();
        assert!(open("a", &again, &Vault::new(parse(&new), None)).is_ok());
        let refused = open("a", &again, &Vault::new(parse(&old), None)).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::MasterKeyWrong);
        let mut damaged = stored;
        damaged.sealed[40] ^= 1;
        let refused = reseal("a", &damaged, &both).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::StoreDamaged);
        assert!(refused.message().contains(&damaged.id));
    }

    #[test]
    fn a_store_knows_its_master_key_again() {
        let vault = vault();
        let mut stored = introduce(vault.current()).unwrap();
        assert_eq!(
            recognize(&stored, &vault).unwrap().id(),
            vault.current().id()
        );
        let refused = recognize(&stored, &self::vault()).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::MasterKeyWrong);
        stored.sealed[20] ^= 1;
        let refused = recognize(&stored, &vault).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::StoreDamaged);
    }
}
