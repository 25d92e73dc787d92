//! Cloudflare's API: tokens and signing keys, with the options, the `Token` and the errors of signing
//! locally.
//!
//! [`Requests`] checks what is asked and makes a [`Call`] of it: the request to send and what to do with
//! its outcome, retries among it. Neither does any I/O, so any HTTP client will do, asynchronous ones too
//! (`examples/reqwest`). With feature `client` there is [`Client`], which brings a blocking transport.
//!
//! ```
//! use std::time::Duration;
//! use streamtoken::client::{Arrived, Broke, ClientOptions, Moment, Outcome, Requests, Step, TokenParams};
//!
//! # fn main() -> streamtoken::Result<()> {
//! let requests = Requests::new(ClientOptions::new().api_token("an-API-token").account_id("an-account"))?;
//! let mut call = requests.create_token("ea95132c15732412d22c1476fa83f27a", &TokenParams::new())?;
//! assert_eq!(call.request().uri().path(), "/client/v4/accounts/an-account/stream/ea95132c15732412d22c1476fa83f27a/token");
//!
//! // Send the request with any client; here, nobody answers.
//! let outcome = Outcome::Broken(Broke::Connection, Arrived::No, "connection refused".to_owned());
//! let moment = Moment { elapsed: Duration::from_millis(3), now: 1_790_000_000, random: 0.0 };
//! assert!(matches!(call.after(outcome, moment), Step::Wait(pause) if pause == Duration::from_millis(500)));
//! # Ok(())
//! # }
//! ```

mod answer;
mod attempt;
mod base_url;
#[cfg(feature = "client")]
mod blocking;
mod call;
mod credentials;
#[cfg(feature = "client")]
pub(crate) mod live;
#[cfg(feature = "client")]
mod names;
mod options;
mod params;
#[cfg(feature = "client")]
mod phase;
#[cfg(feature = "client")]
mod proxy;
mod redact;
mod requests;
mod retry;
#[cfg(feature = "client")]
mod stop;
#[cfg(feature = "client")]
mod tls;
#[cfg(feature = "client")]
mod transport;
#[cfg(feature = "client")]
mod veil;

pub use crate::api::{CreatedKey, ListedKey};
pub use attempt::Attempt;
#[cfg(feature = "client")]
pub use blocking::{Client, Keys, Stream, Tokens};
pub use call::{Arrived, Broke, Call, MAX_BODY, Moment, Outcome, Step};
#[cfg(feature = "client")]
pub use live::explain_live;
pub use options::{
    ClientOptions, DEFAULT_BASE_URL, DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT,
    MAX_RETRIES, MAX_TIMEOUT,
};
pub use params::{CallOptions, TokenParams};
pub use requests::Requests;
#[cfg(feature = "client")]
pub use stop::Stop;
