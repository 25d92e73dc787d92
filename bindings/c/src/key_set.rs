//! Public keys by id.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use streamtoken::{KeySet, PublicKey, Result};

use crate::boundary::{
    Handle, Maybe, Text, answer, borrowed, bytes, c_text, given, infallible, items, optional_text,
    release, text,
};
use crate::error::streamtoken_error;
use crate::public_key::streamtoken_public_key;
use crate::signing_key::streamtoken_signing_key;

/// Public keys by id, for verification. It never changes. There is always at least one key, and at most
/// 1,000: as many as Cloudflare lets an account have.
pub struct streamtoken_key_set {
    keys: KeySet,
    ids: Vec<CString>,
}

impl streamtoken_key_set {
    fn new(keys: KeySet) -> Result<Self> {
        let ids = keys.iter().map(|key| c_text(key.id()));
        let ids = ids.collect::<Result<_>>()?;
        Ok(Self { keys, ids })
    }

    pub(crate) fn keys(&self) -> &KeySet {
        &self.keys
    }
}

/// A set of `count` keys. The same key under the same id counts once.
///
/// Ownership: `keys` and the keys in it are only read; `key_set` is yours, free it with
/// `streamtoken_key_set_free`.
/// NULL: `keys` may be NULL with count 0, and `error`; no key in it, nor `key_set`.
/// Errors: `STREAMTOKEN_KEY_SET_EMPTY`; `STREAMTOKEN_KEY_SET_CONFLICT` for different keys under one id;
/// `STREAMTOKEN_KEY_SET_TOO_MANY` above 1,000.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_key_set_new(
    keys: *const Option<&streamtoken_public_key>,
    count: usize,
    key_set: Option<&mut MaybeUninit<Option<Box<streamtoken_key_set>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("key_set", key_set), error, || {
        // SAFETY: the caller answers for `count` keys.
        let keys = unsafe { items("keys", keys, count) }?;
        let keys = keys
            .iter()
            .map(|key| given("a key in keys", key.as_ref()).map(|key| key.key().clone()))
            .collect::<Result<Vec<PublicKey>>>()?;
        streamtoken_key_set::new(KeySet::new(keys)?)
    })
}

/// The set of one key: the public half of `key`.
///
/// Ownership: `key` is only read; `key_set` is yours, free it with `streamtoken_key_set_free`.
/// NULL: `key` and `key_set` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_key_set_from_signing_key(
    key: Option<&streamtoken_signing_key>,
    key_set: Option<&mut MaybeUninit<Option<Box<streamtoken_key_set>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("key_set", key_set), error, || {
        streamtoken_key_set::new(given("key", key)?.key().into())
    })
}

/// Reads what a user has to verify with: a JWK set, or one key in any form of
/// `streamtoken_public_key_load`, whose id comes from the key or is `id`.
///
/// Ownership: `text` and `id` are only read; `key_set` is yours, free it with `streamtoken_key_set_free`.
/// NULL: `id` may be NULL (none is given), and `error`; `text` may with length 0; `key_set` must not.
/// Errors: the codes of keys and key sets (200 to 233); `STREAMTOKEN_KEY_ID_INVALID` for `id`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_key_set_load(
    text: *const c_char,
    text_length: usize,
    id: *const c_char,
    id_length: usize,
    key_set: Option<&mut MaybeUninit<Option<Box<streamtoken_key_set>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("key_set", key_set), error, || {
        // SAFETY: the caller answers for both lengths.
        let (text, id) = unsafe {
            (
                bytes("text", text.cast(), text_length)?,
                optional_text("id", id, id_length)?,
            )
        };
        streamtoken_key_set::new(KeySet::load(text, id)?)
    })
}

/// Reads a JWK set (RFC 7517) of at most 1,048,576 bytes. Private JWKs are reduced to `n` and `e`; keys
/// that are for something else than RS256 signatures are left out; one malformed RSA key refuses the set.
///
/// Ownership: `jwks` is only read; `key_set` is yours, free it with `streamtoken_key_set_free`.
/// NULL: `error` may be NULL; `jwks` may with length 0; `key_set` must not.
/// Errors: `STREAMTOKEN_KEY_TOO_LARGE`; `STREAMTOKEN_KEY_SET_MALFORMED` naming the member; those of
/// `streamtoken_key_set_new`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_key_set_from_jwks(
    jwks: *const c_char,
    jwks_length: usize,
    key_set: Option<&mut MaybeUninit<Option<Box<streamtoken_key_set>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("key_set", key_set), error, || {
        // SAFETY: the caller answers for the length.
        let jwks = unsafe { bytes("jwks", jwks.cast(), jwks_length) }?;
        streamtoken_key_set::new(KeySet::from_jwks(jwks)?)
    })
}

/// How many keys there are, from 1 to 1,000.
///
/// Ownership: nothing changes hands.
/// NULL: `key_set` may be NULL; the answer is 0 then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_key_set_count(key_set: Option<&streamtoken_key_set>) -> usize {
    infallible(0, || key_set.map_or(0, |set| set.keys.len()))
}

/// The id of the key at `index`, counted from 0 in the order in which the keys came; NULL from
/// `streamtoken_key_set_count` on.
///
/// Ownership: the text belongs to `key_set` and goes with it.
/// NULL: `key_set` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_key_set_id(
    key_set: Option<&streamtoken_key_set>,
    index: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || key_set?.ids.get(index))
}

/// The key called `id`, compared byte for byte. When there is none the call succeeds all the same and
/// `key` is NULL.
///
/// Ownership: `id` is only read; `key` is yours, free it with `streamtoken_public_key_free`.
/// NULL: `error` may be NULL; `id` may with length 0; `key_set` and `key` must not.
/// Errors: `STREAMTOKEN_TEXT_NOT_UTF8`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_key_set_get(
    key_set: Option<&streamtoken_key_set>,
    id: *const c_char,
    id_length: usize,
    key: Option<&mut MaybeUninit<Option<Box<streamtoken_public_key>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Maybe(Handle("key", key)), error, || {
        // SAFETY: the caller answers for the length.
        let id = unsafe { text("id", id, id_length) }?;
        let found = given("key_set", key_set)?.keys.get(id).cloned();
        found.map(streamtoken_public_key::new).transpose()
    })
}

/// The set as a JWK set of public keys: compact JSON, in the order in which they came.
///
/// Ownership: `json` is yours; free it with `streamtoken_string_free`.
/// NULL: `key_set` and `json` must not be NULL; `json_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_key_set_to_jwks(
    key_set: Option<&streamtoken_key_set>,
    json: Option<&mut MaybeUninit<*mut c_char>>,
    json_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("json", json, json_length), error, || {
        c_text(given("key_set", key_set)?.keys.to_jwks())
    })
}

/// Frees a key set. Keys got from it live on.
///
/// Ownership: takes `key_set`; it and its ids must not be used again.
/// NULL: `key_set` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_key_set_free(key_set: Option<Box<streamtoken_key_set>>) {
    release(key_set);
}
