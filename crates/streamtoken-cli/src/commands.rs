//! One module a subcommand.

pub(crate) mod admin;
#[cfg_attr(not(feature = "client"), path = "commands/no_client.rs")]
pub(crate) mod api;
pub(crate) mod completions;
pub(crate) mod explain;
mod facts;
pub(crate) mod inspect;
pub(crate) mod key;
pub(crate) mod lint;
pub(crate) mod serve;
pub(crate) mod sign;
pub(crate) mod simulate;
pub(crate) mod urls;
pub(crate) mod verify;
