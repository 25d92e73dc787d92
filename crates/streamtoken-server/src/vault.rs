//! Private keys at rest: AES-256-GCM under a master key that is kept elsewhere.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{digest, rand};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use streamtoken::{Error, ErrorCode, Result};
use zeroize::Zeroizing;

/// Length of a master key, in bytes.
pub const MASTER_KEY: usize = 32;

/// The key that seals private keys. It is read from a file or the environment and never stored.
pub struct MasterKey {
    id: String,
    key: LessSafeKey,
}

impl MasterKey {
    /// A new one, as text: 32 random bytes in base64.
    ///
    /// # Errors
    /// [`ErrorCode::Internal`] when the operating system gives no random numbers.
    pub fn generate_text() -> Result<Zeroizing<String>> {
        let mut bytes = Zeroizing::new([0; MASTER_KEY]);
        rand::fill(&mut *bytes).map_err(|_| ErrorCode::Internal)?;
        Ok(Zeroizing::new(BASE64_STANDARD.encode(*bytes)))
    }

    /// Reads 32 bytes in base64, with white space around.
    ///
    /// # Errors
    /// [`ErrorCode::MasterKeyInvalid`].
    pub fn parse(text: &str) -> Result<Self> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(MASTER_KEY + 3));
        BASE64_STANDARD
            .decode_vec(text.trim(), &mut bytes)
            .map_err(|_| ErrorCode::MasterKeyInvalid)?;
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| ErrorCode::MasterKeyInvalid)?;
        // A name that gives nothing away: half of a hash of the key, for this purpose alone.
        let mut named = digest::Context::new(&digest::SHA256);
        named.update(b"streamtoken master key id\0");
        named.update(&bytes);
        let id = named.finish().as_ref()[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(Self {
            id,
            key: LessSafeKey::new(key),
        })
    }

    /// Tells master keys apart: 16 hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Encrypts `secret` so that it can be opened under the same `name` alone: a sealed key that was put in
    /// another's place does not open.
    ///
    /// # Errors
    /// [`ErrorCode::Internal`] when the operating system gives no random numbers.
    pub fn seal(&self, name: &str, secret: &[u8]) -> Result<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| ErrorCode::Internal)?;
        let mut sealed = nonce.to_vec();
        let mut text = Zeroizing::new(secret.to_vec());
        let tag = self
            .key
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(name.as_bytes()),
                &mut text,
            )
            .map_err(|_| ErrorCode::Internal)?;
        sealed.extend_from_slice(&text);
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Decrypts what [`MasterKey::seal`] gave for the same `name`.
    ///
    /// # Errors
    /// [`ErrorCode::MasterKeyWrong`]: another master key, another name, or damage.
    pub fn open(&self, name: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let wrong = || {
            Error::new(
                ErrorCode::MasterKeyWrong,
                "a key of the store does not open with the master key; give the one it was sealed with",
            )
        };
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN).ok_or_else(wrong)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| wrong())?;
        let mut text = Zeroizing::new(text.to_vec());
        let length = self
            .key
            .open_in_place(nonce, Aad::from(name.as_bytes()), &mut text)
            .map_err(|_| wrong())?
            .len();
        text.truncate(length);
        Ok(text)
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MasterKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// The master key of a store, and one that it takes over from: either opens.
#[derive(Debug)]
pub struct Vault {
    current: MasterKey,
    previous: Option<MasterKey>,
}

impl Vault {
    /// A vault that opens with either key. While a store has the previous one, that one seals as well.
    pub fn new(current: MasterKey, previous: Option<MasterKey>) -> Self {
        Self { current, previous }
    }

    /// The master key that takes over.
    pub fn current(&self) -> &MasterKey {
        &self.current
    }

    /// The master key with this id.
    ///
    /// # Errors
    /// [`ErrorCode::MasterKeyWrong`] when it was not given.
    pub fn get(&self, master_key_id: &str) -> Result<&MasterKey> {
        std::iter::once(&self.current)
            .chain(&self.previous)
            .find(|key| key.id() == master_key_id)
            .ok_or_else(|| {
                Error::new(
                    ErrorCode::MasterKeyWrong,
                    format!(
                        "the store is sealed with master key {master_key_id}, and {} was given",
                        self.current.id()
                    ),
                )
            })
    }

    /// Decrypts what was sealed under `name` by the master key with this id.
    ///
    /// # Errors
    /// [`ErrorCode::MasterKeyWrong`] when that key was not given; [`ErrorCode::StoreDamaged`] when it was,
    /// and does not open this.
    pub fn open(
        &self,
        master_key_id: &str,
        name: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        self.get(master_key_id)?.open(name, sealed).map_err(|_| {
            Error::new(
                ErrorCode::StoreDamaged,
                "a sealed record of the store is damaged, or in another's place",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{MasterKey, Vault};
    use streamtoken::ErrorCode;

    fn key() -> MasterKey {
        MasterKey::parse(&MasterKey::generate_text().unwrap()).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_under_its_name_and_key_alone() {
        let key = key();
        let sealed = key.seal("name", b"secret").unwrap();
        assert_eq!(key.open("name", &sealed).unwrap().as_slice(), b"secret");
        assert_ne!(sealed, key.seal("name", b"secret").unwrap());
        let refused =
            |key: &MasterKey, name, sealed: &[u8]| key.open(name, sealed).unwrap_err().code();
        assert_eq!(refused(&key, "other", &sealed), ErrorCode::MasterKeyWrong);
        assert_eq!(
            refused(&self::key(), "name", &sealed),
            ErrorCode::MasterKeyWrong
        );
        for length in 0..sealed.len() {
            assert_eq!(
                refused(&key, "name", &sealed[..length]),
                ErrorCode::MasterKeyWrong
            );
        }
        for index in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[index] ^= 1;
            assert_eq!(refused(&key, "name", &damaged), ErrorCode::MasterKeyWrong);
        }
    }

    #[test]
    fn a_master_key_is_32_bytes_in_base64() {
        for text in ["", "AAAA", "not base64", &"A".repeat(88)] {
            let code = MasterKey::parse(text).unwrap_err().code();
            assert_eq!(code, ErrorCode::MasterKeyInvalid, "{text}");
        }
        let text = MasterKey::generate_text().unwrap();
        let key = MasterKey::parse(&format!(" {}\n", *text)).unwrap();
        assert_eq!(key.id().len(), 16);
        assert!(!format!("{key:?}").contains(text.as_str()));
    }

    #[test]
    fn a_vault_opens_with_both_keys_and_tells_a_wrong_one_from_damage() {
        let (old, new) = (key(), key());
        let (old_id, sealed) = (old.id().to_owned(), old.seal("n", b"s").unwrap());
        let vault = Vault::new(new, Some(old));
        assert_eq!(vault.open(&old_id, "n", &sealed).unwrap().as_slice(), b"s");
        let sealed = vault.current().seal("n", b"s").unwrap();
        let refused = |id: &str, name| vault.open(id, name, &sealed).unwrap_err().code();
        let current = vault.current().id();
        assert!(vault.open(current, "n", &sealed).is_ok());
        assert_eq!(refused("0000", "n"), ErrorCode::MasterKeyWrong);
        assert_eq!(refused(current, "m"), ErrorCode::StoreDamaged);
        assert_eq!(refused(&old_id, "n"), ErrorCode::StoreDamaged);
    }
}
