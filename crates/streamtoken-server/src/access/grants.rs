//! What a credential reaches.

use serde::{Deserialize, Serialize};
use streamtoken::{Error, ErrorCode, Result};

use super::Policy;

/// What a caller wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Action {
    /// Mint tokens.
    #[serde(rename = "token.create")]
    CreateToken,
    /// Make signing keys, and see their private parts once.
    #[serde(rename = "keys.create")]
    CreateKey,
    /// List signing keys.
    #[serde(rename = "keys.list")]
    ListKeys,
    /// Delete signing keys.
    #[serde(rename = "keys.delete")]
    DeleteKey,
}

impl Action {
    /// All actions.
    pub const ALL: &'static [Self] = &[
        Self::CreateToken,
        Self::CreateKey,
        Self::ListKeys,
        Self::DeleteKey,
    ];

    /// The name on command lines and in the store: `token.create`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CreateToken => "token.create",
            Self::CreateKey => "keys.create",
            Self::ListKeys => "keys.list",
            Self::DeleteKey => "keys.delete",
        }
    }
}

/// The accounts that a credential reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Accounts {
    /// Every account, later ones too.
    All,
    /// These.
    Only(Vec<String>),
}

/// What a credential may do, where, and under which policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Grants {
    /// The accounts it reaches.
    pub accounts: Accounts,
    /// What it may do there.
    pub actions: Vec<Action>,
    /// What the tokens it mints must be like.
    #[serde(default)]
    pub policy: Policy,
}

impl Grants {
    /// These actions on these accounts, without a policy.
    pub fn new(accounts: Accounts, actions: impl IntoIterator<Item = Action>) -> Self {
        Self {
            accounts,
            actions: actions.into_iter().collect(),
            policy: Policy::default(),
        }
    }

    /// Refuses an action on an account that is not granted.
    ///
    /// # Errors
    /// [`ErrorCode::CredentialForbidden`].
    pub fn check(&self, account: &str, action: Action) -> Result<()> {
        let reached = match &self.accounts {
            Accounts::All => true,
            Accounts::Only(accounts) => accounts.iter().any(|one| one == account),
        };
        if !reached {
            return Err(Error::new(
                ErrorCode::CredentialForbidden,
                "the credential does not reach this account",
            ));
        }
        if !self.actions.contains(&action) {
            return Err(Error::new(
                ErrorCode::CredentialForbidden,
                format!("the credential may not do {}", action.name()),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Accounts, Action, Grants};

    #[test]
    fn a_credential_reaches_its_accounts_and_actions_alone() {
        let grants = Grants::new(Accounts::Only(vec!["a".into()]), [Action::CreateToken]);
        assert!(grants.check("a", Action::CreateToken).is_ok());
        assert!(grants.check("b", Action::CreateToken).is_err());
        assert!(grants.check("a", Action::CreateKey).is_err());
        let all = Grants::new(Accounts::All, Action::ALL.iter().copied());
        assert!(all.check("b", Action::DeleteKey).is_ok());
    }

    #[test]
    fn the_names_of_actions_are_those_that_are_stored() {
        for action in Action::ALL {
            let stored = serde_json::to_value(action).unwrap();
            assert_eq!(stored, action.name());
        }
    }
}
