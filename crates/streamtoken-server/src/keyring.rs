//! Signing keys: made, sealed, opened, and kept ready to sign.

use jiff::Timestamp;
use streamtoken::{Error, ErrorCode, KeySet, PublicKey, Result, Signer, SigningKey};

use crate::store::{KeyPurpose, StoredKey};
use crate::vault::{MasterKey, Vault};

/// The keys of one account, as minting needs them.
#[derive(Clone)]
pub struct AccountKeys {
    signer: Signer,
    jwks: String,
}

impl AccountKeys {
    /// Opens the endpoint key; of the others, the public halves are enough.
    ///
    /// # Errors
    /// [`ErrorCode::MasterKeyWrong`], [`ErrorCode::StoreDamaged`].
    pub fn open(account: &str, keys: &[StoredKey], vault: &Vault) -> Result<Self> {
        let endpoint = keys
            .iter()
            .find(|key| key.purpose == KeyPurpose::Endpoint)
            .ok_or(ErrorCode::StoreDamaged)?;
        let public = keys
            .iter()
            .map(|key| PublicKey::load(&key.public_jwk, Some(&key.id)))
            .collect::<Result<Vec<_>>>()
            .map_err(|_| damaged())?;
        Ok(Self {
            signer: Signer::new(open(account, endpoint, vault)?),
            jwks: KeySet::new(public)?.to_jwks(),
        })
    }

    /// Signs for the token endpoint.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// The public halves of all keys, as a JWK set.
    pub fn jwks(&self) -> &str {
        &self.jwks
    }
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
    vault: &Vault,
) -> Result<StoredKey> {
    Ok(StoredKey {
        id: key.id().to_owned(),
        purpose,
        created: format!("{created:.6}"),
        public_jwk: key.public_key().to_jwk(),
        master_key_id: vault.current().id().to_owned(),
        sealed: seal(account, key, vault.current())?,
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

/// Seals a key under a master key.
///
/// # Errors
/// [`ErrorCode::Internal`] when the operating system gives no random numbers.
pub fn seal(account: &str, key: &SigningKey, master: &MasterKey) -> Result<Vec<u8>> {
    master.seal(&name(account, key.id()), key.to_jwk().as_bytes())
}

/// What a sealed key is bound to: its place. The id alone would let it be moved to another account.
fn name(account: &str, id: &str) -> String {
    format!("signing key\0{account}\0{id}")
}

fn damaged() -> Error {
    Error::new(
        ErrorCode::StoreDamaged,
        "a signing key of the store cannot be read",
    )
}

#[cfg(test)]
mod tests {
    use super::{AccountKeys, open, to_store};
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
            let stored = to_store("a", &key, purpose, Timestamp::UNIX_EPOCH, &vault).unwrap();
            (key, stored)
        };
        let (key, stored) = make(KeyPurpose::Endpoint);
        assert_eq!(stored.created, "1970-01-01T00:00:00.000000Z");
        assert_eq!(*open("a", &stored, &vault).unwrap().to_jwk(), *key.to_jwk());
        assert_eq!(
            open("b", &stored, &vault).unwrap_err().code(),
            ErrorCode::MasterKeyWrong
        );
        let keys = AccountKeys::open("a", std::slice::from_ref(&stored), &vault).unwrap();
        assert_eq!(keys.signer().key().id(), stored.id);
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
}
