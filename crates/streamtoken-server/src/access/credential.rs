//! Credentials: made once, shown once, kept as hashes.

use aws_lc_rs::{constant_time, digest, rand};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use streamtoken::{Error, ErrorCode, Result};
use zeroize::Zeroizing;

use super::{Grants, Presented};
use crate::store::StoredCredential;

/// Longest name or address, in characters.
const LONGEST_TEXT: usize = 100;
/// What every secret begins with.
const PREFIX: &str = "stk_";

/// A credential that was just made: what is stored, and the secret, which is shown this once.
#[non_exhaustive]
pub struct NewCredential {
    /// What is stored.
    pub stored: StoredCredential,
    /// The whole credential, for its holder.
    pub secret: Zeroizing<String>,
}

impl NewCredential {
    /// A bearer token, or, with `email`, a key of the previous scheme. The name is for people; it and the
    /// address have 1 to 100 characters, none of them a control character.
    ///
    /// # Errors
    /// [`ErrorCode::OptionValue`] at `/name`, and at `/email` for what is no address in visible ASCII with an
    /// `@`; [`ErrorCode::Internal`] when the operating system gives no random numbers.
    pub fn generate(
        name: &str,
        email: Option<&str>,
        grants: Grants,
        created: String,
    ) -> Result<Self> {
        check_text("name", name, |_| true)?;
        if let Some(email) = email {
            let is_ascii = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
            check_text("email", email, |text| text.contains('@') && is_ascii(text))?;
        }
        // Hexadecimal: an id that began with a hyphen would look like a flag.
        let id: String = random::<6>()?
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let random = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(*random::<32>()?));
        let secret = Zeroizing::new(format!("{PREFIX}{id}_{}", *random));
        Ok(Self {
            stored: Self::stored(id, name, email, grants, created, &secret),
            secret,
        })
    }

    /// Whether `text`, which is to be the id of a credential, looks like the secret itself.
    pub fn is_secret(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    fn stored(
        id: String,
        name: &str,
        email: Option<&str>,
        grants: Grants,
        created: String,
        secret: &str,
    ) -> StoredCredential {
        StoredCredential {
            id,
            name: name.to_owned(),
            hash: hash(secret),
            email: email.map(str::to_owned),
            grants,
            created,
            revoked: None,
        }
    }
}

/// Names and addresses are for people and lists: short, and without line ends.
fn check_text(field: &str, text: &str, is_good: impl Fn(&str) -> bool) -> Result<()> {
    let is_plain = !text.trim().is_empty() && !text.chars().any(char::is_control);
    if is_plain && text.chars().count() <= LONGEST_TEXT && is_good(text) {
        return Ok(());
    }
    let what = match field {
        "email" => "an address in ASCII with an @",
        _ => "text without control characters",
    };
    let message = format!("{field} is {what}, of 1 to {LONGEST_TEXT} characters");
    Err(Error::new(ErrorCode::OptionValue, message).at(format!("/{field}")))
}

/// Random bytes. Secrets have so many that a plain hash keeps them.
fn random<const BYTES: usize>() -> Result<Zeroizing<[u8; BYTES]>> {
    let mut bytes = Zeroizing::new([0; BYTES]);
    rand::fill(&mut *bytes).map_err(|_| ErrorCode::Internal)?;
    Ok(bytes)
}

fn hash(secret: &str) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, secret.as_bytes());
    let mut hash = [0; 32];
    hash.copy_from_slice(digest.as_ref());
    hash
}

/// The credentials that are good at the moment.
#[derive(Debug, Default)]
pub struct Credentials(Vec<StoredCredential>);

impl Credentials {
    /// Those of `stored` that were not revoked.
    pub fn new(stored: Vec<StoredCredential>) -> Self {
        Self(
            stored
                .into_iter()
                .filter(|one| one.revoked.is_none())
                .collect(),
        )
    }

    /// The credential that a request carries. Every stored hash is compared, each in constant time.
    ///
    /// # Errors
    /// [`ErrorCode::CredentialInvalid`].
    pub fn check(&self, presented: Presented<'_>) -> Result<&StoredCredential> {
        let (secret, email) = match presented {
            Presented::Bearer(token) => (token, None),
            Presented::EmailAndKey { email, key } => (key, Some(email)),
        };
        let hash = hash(secret);
        let mut found = None;
        for credential in &self.0 {
            let same = constant_time::verify_slices_are_equal(&credential.hash, &hash).is_ok();
            if same && credential.email.as_deref() == email {
                found = Some(credential);
            }
        }
        found.ok_or_else(|| ErrorCode::CredentialInvalid.into())
    }
}

#[cfg(test)]
mod tests {
    use super::{Credentials, NewCredential};
    use crate::access::{Accounts, Action, Grants, Presented};
    use streamtoken::ErrorCode;

    fn make(email: Option<&str>) -> NewCredential {
        let grants = Grants::new(Accounts::All, [Action::CreateToken]);
        NewCredential::generate("name", email, grants, "2026-11-24T00:00:00Z".into()).unwrap()
    }

    #[test]
    fn names_and_addresses_are_short_and_plain() {
        let refused = |name: &str, email: Option<&str>| {
            let grants = Grants::new(Accounts::All, []);
            let made = NewCredential::generate(name, email, grants, String::new());
            let error = made.err()?;
            assert_eq!(error.code(), ErrorCode::OptionValue);
            error.field().map(str::to_owned)
        };
        let long = "\u{e9}".repeat(100);
        assert_eq!(refused(&long, Some("a@example.com")), None);
        for name in ["", " ", "a\nb", "a\0", &format!("{long}x")] {
            assert_eq!(refused(name, None).as_deref(), Some("/name"), "{name:?}");
        }
        let long = format!("{}@", "x".repeat(100));
        for email in ["", "nobody", "a b@example.com", "\u{e9}@example.com", &long] {
            let field = refused("n", Some(email));
            assert_eq!(field.as_deref(), Some("/email"), "{email:?}");
        }
    }

    #[test]
    fn a_secret_is_told_from_an_id() {
        let made = make(None);
        assert!(NewCredential::is_secret(&made.secret));
        assert!(!NewCredential::is_secret(&made.stored.id));
    }

    #[test]
    fn a_credential_is_known_by_its_whole_secret_and_scheme() {
        let (token, key) = (make(None), make(Some("a@example.com")));
        let credentials = Credentials::new(vec![token.stored.clone(), key.stored.clone()]);
        let id = |presented| {
            credentials
                .check(presented)
                .map(|found| found.id.clone())
                .ok()
        };
        let bearer = |secret| id(Presented::Bearer(secret));
        let with_email = |email, key| id(Presented::EmailAndKey { email, key });
        assert_eq!(bearer(&token.secret), Some(token.stored.id.clone()));
        assert_eq!(
            with_email("a@example.com", &key.secret),
            Some(key.stored.id.clone())
        );
        assert_eq!(bearer(&key.secret), None);
        assert_eq!(with_email("b@example.com", &key.secret), None);
        assert_eq!(with_email("a@example.com", &token.secret), None);
        assert_eq!(bearer(&token.secret[..token.secret.len() - 1]), None);
        assert_eq!(bearer(""), None);
    }

    #[test]
    fn a_revoked_credential_is_unknown() {
        let mut made = make(None);
        made.stored.revoked = Some("2026-11-24T00:00:01Z".into());
        let credentials = Credentials::new(vec![made.stored]);
        assert!(credentials.check(Presented::Bearer(&made.secret)).is_err());
    }
}
