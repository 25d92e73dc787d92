//! A fresh token for a video, for as long as a process runs.
//!
//! [`TokenSource`] keeps one token and renews it in time: by signing here, or by asking Cloudflare's API
//! (`TokenSource::remote`, feature `client`). [`Freshness`] is its plan alone, without a clock, threads or
//! I/O, for programs that bring their own: an asynchronous one, or another language.
//!
//! ```
//! use std::time::Duration;
//! use streamtoken::{SignOptions, Signer, SigningKey, TokenSource};
//!
//! let signer = Signer::new(SigningKey::generate()?);
//! // A fifth of it, 48 minutes, outlasts a video of 45: see below.
//! let options = SignOptions::new().expires_in(Duration::from_secs(4 * 3600));
//! let source = TokenSource::local(signer, "ea95132c15732412d22c1476fa83f27a", options)?
//!     .on_error(|error| eprintln!("the token was not renewed: {error}"));
//! let token = source.token()?;
//! assert_eq!(source.token()?, token);
//! # Ok::<(), streamtoken::Error>(())
//! ```
//!
//! # Handing the token to a player
//!
//! The page, or a route that the player asks before it starts, gives the token of the moment:
//!
//! ```
//! # use std::time::{SystemTime, UNIX_EPOCH};
//! # use streamtoken::{Result, TokenSource};
//! /// What the route answers: the token, and the header `Cache-Control`.
//! fn token_route(source: &TokenSource, now: u64) -> Result<(String, String)> {
//!     let token = source.token()?;
//!     let cache = format!("public, max-age={}", token.max_age(now));
//!     Ok((token.to_string(), cache))
//! }
//! ```
//!
//! - A page or an answer with a token **of one viewer** (rules for an address, a login in front of it) says
//!   `Cache-Control: private, no-store`, or a shared cache hands one viewer's token to everybody.
//! - One token **for all viewers** may be cached by everybody until it is to be renewed:
//!   `public, max-age=` and [`Token::max_age`](crate::Token::max_age). With
//!   [`reuse_window`](crate::SignOptions::reuse_window) all processes give the same bytes, so that thumbnails
//!   and manifests stay cacheable too.
//! - A renewal does not reach a view that has begun: its player goes on with the URL that it was given, and the
//!   edge checks the times and the rules of that token during the view as well. A player that plays longer, or
//!   comes back after a pause, asks the route again for the next one and loads the new URL.
//!
//! # How long tokens are to live
//!
//! Whoever asks shortly before `renew_at`, or gets a page that was cached until then, has a token with a fifth
//! of its lifetime left. That fifth must outlast the view, pauses included:
//!
//! ```text
//! expires_in = 5 × view          view = 45 min:  expires_in = 3 h 45 min
//! ```
//!
//! With an hour for the same video a viewer may get 12 minutes of it. As a token lives for a day at most, this
//! does for views of up to 4.8 hours. For longer ones, or to give less away:
//!
//! - With a [`reuse_window`](crate::SignOptions::reuse_window), which a signer has and the API has not, all of
//!   `expires_in` but a minute is left: `expires_in = view + 1 min`, which is 46 min for the same video, and a
//!   window of, say, 10 min. Both together are a day at most.
//! - Mint for each view, with [`Signer::sign`](crate::Signer::sign) and an `expires_in` of the view: that costs a
//!   signature.
//!
//! Less is left after failures, since the old token is given while it lives; and from a source that asks the API,
//! after a time in which nobody asked: it gives the old token while it asks for the next.
//! [`Token::exp`](crate::Token::exp) tells.

mod freshness;
mod shared;

pub use freshness::{Freshness, Life, Moment, Step};
pub use shared::TokenSource;
