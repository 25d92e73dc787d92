//! A key that the API has just made.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use streamtoken::Result;
use streamtoken::client::CreatedKey;
use zeroize::Zeroize as _;

use crate::boundary::{Handle, Text, answer, borrowed, c_text, given, release};
use crate::error::streamtoken_error;
use crate::signing_key::streamtoken_signing_key;

/// A signing key that the API has just made: the one time its private parts are shown. It never changes, and is
/// wiped when it is freed.
pub struct streamtoken_created_key {
    key: CreatedKey,
    id: CString,
    pem: CString,
    jwk: CString,
    created: Option<CString>,
}

impl streamtoken_created_key {
    pub(crate) fn new(key: CreatedKey) -> Result<Self> {
        Ok(Self {
            id: c_text(key.id())?,
            pem: c_text(key.pem())?,
            jwk: c_text(key.jwk())?,
            created: key.created().map(c_text).transpose()?,
            key,
        })
    }
}

impl Drop for streamtoken_created_key {
    fn drop(&mut self) {
        for secret in [&mut self.pem, &mut self.jwk] {
            std::mem::take(secret).into_bytes_with_nul().zeroize();
        }
    }
}

/// The key's id.
///
/// Ownership: the text belongs to `key` and goes with it.
/// NULL: `key` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_created_key_id(
    key: Option<&streamtoken_created_key>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&key?.id))
}

/// The private key as Cloudflare writes it: base64 of a PKCS#1 PEM.
///
/// Ownership: the text belongs to `key` and goes with it; copies that you make of it are yours to wipe.
/// NULL: `key` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_created_key_pem(
    key: Option<&streamtoken_created_key>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&key?.pem))
}

/// The private key as Cloudflare writes it: base64 of a JWK.
///
/// Ownership: the text belongs to `key` and goes with it; copies that you make of it are yours to wipe.
/// NULL: `key` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_created_key_jwk(
    key: Option<&streamtoken_created_key>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&key?.jwk))
}

/// When it was made, in RFC 3339; NULL when the answer does not say.
///
/// Ownership: the text belongs to `key` and goes with it.
/// NULL: `key` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_created_key_created(
    key: Option<&streamtoken_created_key>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || key?.created.as_ref())
}

/// The key as the API gave it, as JSON: `{"id", "pem", "jwk", "created"}` and whatever else it says, as long as
/// `streamtoken_signing_key_load` and the command line read it (65,536 bytes): it is what to save.
///
/// Ownership: `json` is yours, and wiped by `streamtoken_string_free`; copies that you make of it are yours to wipe.
/// NULL: `key` and `json` must not be NULL; `json_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_created_key_to_json(
    key: Option<&streamtoken_created_key>,
    json: Option<&mut MaybeUninit<*mut c_char>>,
    json_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("json", json, json_length), error, || {
        c_text(&*given("key", key)?.key.to_json()?)
    })
}

/// The key to sign with.
///
/// Ownership: `key` is only read; `signing_key` is yours, free it with `streamtoken_signing_key_free`.
/// NULL: `key` and `signing_key` must not be NULL; `error` may.
/// Errors: the codes of keys (200 to 226), for a key that is not understood; it can still be saved.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_created_key_signing_key(
    key: Option<&streamtoken_created_key>,
    signing_key: Option<&mut MaybeUninit<Option<Box<streamtoken_signing_key>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("signing_key", signing_key), error, || {
        let key = given("key", key)?.key.signing_key()?;
        streamtoken_signing_key::new(key)
    })
}

/// Wipes and frees a key that was made. Signing keys made of it live on.
///
/// Ownership: takes `key`; it and its texts must not be used again.
/// NULL: `key` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_created_key_free(key: Option<Box<streamtoken_created_key>>) {
    release(key);
}
