//! Who may ask, and for what: credentials, what each is granted, and the policy it mints under.

mod credential;
mod grants;
mod policy;
mod presented;

pub use credential::{Credentials, NewCredential};
pub use grants::{Accounts, Action, Grants};
pub use policy::{Policy, Videos};
pub use presented::Presented;
