//! Public keys, one by one.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use streamtoken::{PublicKey, Result};

use crate::boundary::{
    Handle, Text, answer, borrowed, bytes, c_text, given, infallible, optional_text, release,
};
use crate::error::streamtoken_error;

/// A public RSA key with its id, ready to verify. It never changes.
pub struct streamtoken_public_key {
    key: PublicKey,
    id: CString,
}

impl streamtoken_public_key {
    pub(crate) fn new(key: PublicKey) -> Result<Self> {
        let id = c_text(key.id())?;
        Ok(Self { key, id })
    }

    pub(crate) fn key(&self) -> &PublicKey {
        &self.key
    }
}

/// Reads a public key: SPKI or PKCS#1 (`BEGIN PUBLIC KEY`, `BEGIN RSA PUBLIC KEY`) as PEM, DER or base64
/// of either, or a public JWK; and every private form of `streamtoken_signing_key_load`, which is checked
/// in full and reduced to its public half.
///
/// Ownership: `text` and `id` are only read; `key` is yours, free it with `streamtoken_public_key_free`.
/// NULL: `id` may be NULL (none is given), and `error`; `text` may with length 0; `key` must not.
/// Errors: the codes of keys (200 to 226); `STREAMTOKEN_KEY_ID_INVALID` for `id`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_public_key_load(
    text: *const c_char,
    text_length: usize,
    id: *const c_char,
    id_length: usize,
    key: Option<&mut MaybeUninit<Option<Box<streamtoken_public_key>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("key", key), error, || {
        // SAFETY: the caller answers for both lengths.
        let (text, id) = unsafe {
            (
                bytes("text", text.cast(), text_length)?,
                optional_text("id", id, id_length)?,
            )
        };
        streamtoken_public_key::new(PublicKey::load(text, id)?)
    })
}

/// The key id.
///
/// Ownership: the text belongs to `key` and goes with it.
/// NULL: `key` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_public_key_id(
    key: Option<&streamtoken_public_key>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&key?.id))
}

/// Size of the modulus in bits, from 2048 to 4096.
///
/// Ownership: nothing changes hands.
/// NULL: `key` may be NULL; the answer is 0 then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_public_key_bits(key: Option<&streamtoken_public_key>) -> u32 {
    infallible(0, || key.map_or(0, |key| key.key.bits()))
}

/// The key as a public JWK with `use`, `alg` and `kid`: compact JSON.
///
/// Ownership: `text` is yours; free it with `streamtoken_string_free`.
/// NULL: `key` and `text` must not be NULL; `text_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_public_key_to_jwk(
    key: Option<&streamtoken_public_key>,
    text: Option<&mut MaybeUninit<*mut c_char>>,
    text_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("text", text, text_length), error, || {
        c_text(given("key", key)?.key.to_jwk())
    })
}

/// The key as an SPKI PEM (`BEGIN PUBLIC KEY`): 64 columns, LF, a closing newline.
///
/// Ownership: `text` is yours; free it with `streamtoken_string_free`.
/// NULL: `key` and `text` must not be NULL; `text_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_public_key_to_pem(
    key: Option<&streamtoken_public_key>,
    text: Option<&mut MaybeUninit<*mut c_char>>,
    text_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("text", text, text_length), error, || {
        c_text(given("key", key)?.key.to_pem())
    })
}

/// The RFC 7638 thumbprint: base64url of the SHA-256 over `e`, `kty` and `n`, 43 characters. It names
/// the key whatever its id is.
///
/// Ownership: `text` is yours; free it with `streamtoken_string_free`.
/// NULL: `key` and `text` must not be NULL; `text_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_public_key_thumbprint(
    key: Option<&streamtoken_public_key>,
    text: Option<&mut MaybeUninit<*mut c_char>>,
    text_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("text", text, text_length), error, || {
        c_text(given("key", key)?.key.thumbprint())
    })
}

/// Whether two keys have the same id, modulus and exponent.
///
/// Ownership: nothing changes hands.
/// NULL: either may be NULL; the answer is false then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_public_key_equals(
    key: Option<&streamtoken_public_key>,
    other: Option<&streamtoken_public_key>,
) -> bool {
    infallible(false, || {
        key.zip(other)
            .is_some_and(|(key, other)| key.key == other.key)
    })
}

/// Frees a key. Key sets made of it live on.
///
/// Ownership: takes `key`; it and its id must not be used again.
/// NULL: `key` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_public_key_free(key: Option<Box<streamtoken_public_key>>) {
    release(key);
}
