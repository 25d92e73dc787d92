//! Tokens of windows of reuse, kept by the process that minted them.
//!
//! Nobody ever waits here: where the map is held, by a thread that puts a token in or for ever in a process
//! that was forked off meanwhile, the token is minted anew, with the same bytes.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::hint;
use std::sync::{Arc, RwLock, TryLockError, TryLockResult};

use crate::fork::held_off;
use crate::lint::starts_later;
use crate::time::check_magnitude;
use crate::{SignOptions, Token};

/// Most tokens of [`SignOptions::reuse_window`] that a [`Signer`](crate::Signer) keeps, those up to
/// [`MAX_KEPT_TOKEN`] (our choice).
pub const MAX_KEPT: usize = 1_024;

/// Longest token that is kept, in characters (our choice).
pub const MAX_KEPT_TOKEN: usize = 4_096;

/// The tokens of one signer: one key and one lint level.
#[derive(Default)]
pub(super) struct Kept {
    tokens: RwLock<HashMap<u64, Arc<Entry>>>,
    hasher: RandomState,
}

/// One token, and all that it was made from beside the key.
struct Entry {
    begin: u64,
    starts_later: bool,
    options: SignOptions,
    token: Token,
}

/// Where the token for one identifier, set of options and window is kept.
pub(super) struct Place<'a> {
    hash: u64,
    /// The beginning of the window.
    begin: u64,
    /// Of two mints in one window, one may be warned that the token is not valid yet.
    starts_later: bool,
    identifier: &'a str,
    options: &'a SignOptions,
}

impl Kept {
    /// The place of a token that may be kept: one of a window.
    pub(super) fn place<'a>(
        &self,
        identifier: &'a str,
        now: u64,
        options: &'a SignOptions,
    ) -> Option<Place<'a>> {
        let window = options.reuse_window.filter(|window| *window > 0)?;
        // A time that would be refused must not meet the token of its window.
        let begin = check_magnitude(now).ok()? / window * window;
        let starts_later = starts_later(options, now);
        let all = (begin, starts_later, identifier, options.beside_now());
        Some(Place {
            hash: self.hasher.hash_one(all),
            begin,
            starts_later,
            identifier,
            options,
        })
    }

    pub(super) fn get(&self, place: &Place<'_>) -> Option<Token> {
        let find = || {
            let tokens = patiently(|| self.tokens.try_read())?;
            let entry = tokens.get(&place.hash)?;
            entry.is_at(place).then(|| Arc::clone(entry))
        };
        held_off(find).map(|entry| entry.token.clone())
    }

    pub(super) fn put(&self, place: &Place<'_>, now: u64, token: &Token) {
        if token.as_str().len() > MAX_KEPT_TOKEN {
            return;
        }
        let entry = Arc::new(Entry {
            begin: place.begin,
            starts_later: place.starts_later,
            options: place.options.clone(),
            token: token.clone(),
        });
        held_off(|| {
            if let Some(mut tokens) = patiently(|| self.tokens.try_write()) {
                make_room(&mut tokens, now);
                tokens.insert(place.hash, entry);
            }
        });
    }
}

impl Entry {
    fn is_at(&self, place: &Place<'_>) -> bool {
        self.begin == place.begin
            && self.starts_later == place.starts_later
            && self.token.identifier == place.identifier
            && self.options.beside_now() == place.options.beside_now()
    }
}

/// Drops tokens whose window has ended, or else the one whose window ends first. Not before there are as many:
/// to look through all of them takes time, and others have to wait.
fn make_room(tokens: &mut HashMap<u64, Arc<Entry>>, now: u64) {
    if tokens.len() < MAX_KEPT {
        return;
    }
    tokens.retain(|_, entry| now < entry.token.renew_at);
    if tokens.len() >= MAX_KEPT {
        let ends = |(hash, entry): (&u64, &Arc<Entry>)| (entry.token.renew_at, *hash);
        if let Some((_, hash)) = tokens.iter().map(ends).min() {
            tokens.remove(&hash);
        }
    }
}

/// What `lock` guards, as soon as it can be had, unless that takes longer than threads hold it.
fn patiently<G>(lock: impl Fn() -> TryLockResult<G>) -> Option<G> {
    for _ in 0..ATTEMPTS {
        match lock() {
            Ok(guard) => return Some(guard),
            // A map into which a panic broke is whole: each change is one call.
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => hint::spin_loop(),
        }
    }
    None
}

/// Some microseconds, when all fail.
const ATTEMPTS: u32 = 200;

#[cfg(test)]
mod tests;
