//! Private keys.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use streamtoken::{Result, SigningKey, describe_key};

use crate::boundary::{
    Handle, Text, answer, borrowed, bytes, c_json, c_text, given, infallible, optional_text,
    release,
};
use crate::error::streamtoken_error;
use crate::public_key::streamtoken_public_key;

/// A private RSA key with its id, ready to sign. It never changes; its numbers are wiped from memory
/// when it and every signer made of it are freed.
pub struct streamtoken_signing_key {
    key: SigningKey,
    id: CString,
}

impl streamtoken_signing_key {
    pub(crate) fn new(key: SigningKey) -> Result<Self> {
        let id = c_text(key.id())?;
        Ok(Self { key, id })
    }

    pub(crate) fn key(&self) -> &SigningKey {
        &self.key
    }
}

/// Reads a private key in whatever form it is at hand, and checks all of it: a PEM (PKCS#1 or PKCS#8), a
/// JWK, base64 of either, DER, base64 of DER, and the JSON of Cloudflare's `stream/keys` response.
///
/// The id (1 to 64 of `[A-Za-z0-9_-]`) comes from the JWK or response, or from `id`; when both are there
/// they must agree.
///
/// Ownership: `text` and `id` are only read; `key` is yours, free it with `streamtoken_signing_key_free`.
/// NULL: `id` may be NULL (none is given), and `error`; `text` may with length 0; `key` must not.
/// Errors: the codes of keys (200 to 226); `STREAMTOKEN_KEY_ID_INVALID` for `id`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_signing_key_load(
    text: *const c_char,
    text_length: usize,
    id: *const c_char,
    id_length: usize,
    key: Option<&mut MaybeUninit<Option<Box<streamtoken_signing_key>>>>,
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
        streamtoken_signing_key::new(SigningKey::load(text, id)?)
    })
}

/// Reads the key that the environment names: `CLOUDFLARE_STREAM_KEY` holds it in any form of
/// `streamtoken_signing_key_load`, or `CLOUDFLARE_STREAM_KEY_FILE` names a file that does;
/// `CLOUDFLARE_STREAM_KEY_ID` gives the id where the key has none.
///
/// Ownership: `key` is yours; free it with `streamtoken_signing_key_free`.
/// NULL: `key` must not be NULL; `error` may.
/// Errors: the codes of keys (200 to 226).
/// Threads: any, but not while another thread changes the environment.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_signing_key_from_env(
    key: Option<&mut MaybeUninit<Option<Box<streamtoken_signing_key>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("key", key), error, || {
        streamtoken_signing_key::new(SigningKey::from_env()?)
    })
}

/// Makes a key of 2048 bits with exponent 65537 and an id of 32 random lower-case hexadecimal digits,
/// the kind that Cloudflare makes. Takes up to some seconds.
///
/// Ownership: `key` is yours; free it with `streamtoken_signing_key_free`.
/// NULL: `key` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_INTERNAL` when the operating system gives no random numbers.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_signing_key_generate(
    key: Option<&mut MaybeUninit<Option<Box<streamtoken_signing_key>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("key", key), error, || {
        streamtoken_signing_key::new(SigningKey::generate()?)
    })
}

/// The key id, which goes into each token as `kid`.
///
/// Ownership: the text belongs to `key` and goes with it.
/// NULL: `key` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_signing_key_id(
    key: Option<&streamtoken_signing_key>,
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
pub extern "C" fn streamtoken_signing_key_bits(key: Option<&streamtoken_signing_key>) -> u32 {
    infallible(0, || key.map_or(0, |key| key.key.bits()))
}

/// The public half, under the same id.
///
/// Ownership: `key` is only read; `public_key` is yours, free it with `streamtoken_public_key_free`.
/// NULL: `key` and `public_key` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_signing_key_public_key(
    key: Option<&streamtoken_signing_key>,
    public_key: Option<&mut MaybeUninit<Option<Box<streamtoken_public_key>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("public_key", public_key), error, || {
        streamtoken_public_key::new(given("key", key)?.key.public_key().clone())
    })
}

/// The key as a PKCS#1 PEM (`BEGIN RSA PRIVATE KEY`): 64 columns, LF, a closing newline.
///
/// Ownership: `text` is yours and holds the private key; `streamtoken_string_free` wipes and frees it.
/// NULL: `key` and `text` must not be NULL; `text_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_signing_key_to_pkcs1_pem(
    key: Option<&streamtoken_signing_key>,
    text: Option<&mut MaybeUninit<*mut c_char>>,
    text_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("text", text, text_length), error, || {
        c_text(&*given("key", key)?.key.to_pkcs1_pem())
    })
}

/// The key as a PKCS#8 PEM (`BEGIN PRIVATE KEY`): 64 columns, LF, a closing newline.
///
/// Ownership: `text` is yours and holds the private key; `streamtoken_string_free` wipes and frees it.
/// NULL: `key` and `text` must not be NULL; `text_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_signing_key_to_pkcs8_pem(
    key: Option<&streamtoken_signing_key>,
    text: Option<&mut MaybeUninit<*mut c_char>>,
    text_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("text", text, text_length), error, || {
        c_text(&*given("key", key)?.key.to_pkcs8_pem())
    })
}

/// The key as a JWK: compact JSON with the members and the order of Cloudflare's.
///
/// Ownership: `text` is yours and holds the private key; `streamtoken_string_free` wipes and frees it.
/// NULL: `key` and `text` must not be NULL; `text_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_signing_key_to_jwk(
    key: Option<&streamtoken_signing_key>,
    text: Option<&mut MaybeUninit<*mut c_char>>,
    text_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("text", text, text_length), error, || {
        c_text(&*given("key", key)?.key.to_jwk())
    })
}

/// The `pem` of Cloudflare's `stream/keys` response: padded base64 of the PKCS#1 PEM.
///
/// Ownership: `text` is yours and holds the private key; `streamtoken_string_free` wipes and frees it.
/// NULL: `key` and `text` must not be NULL; `text_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_signing_key_to_pem_base64(
    key: Option<&streamtoken_signing_key>,
    text: Option<&mut MaybeUninit<*mut c_char>>,
    text_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("text", text, text_length), error, || {
        c_text(&*given("key", key)?.key.to_pem_base64())
    })
}

/// The `jwk` of Cloudflare's `stream/keys` response: padded base64 of the JWK.
///
/// Ownership: `text` is yours and holds the private key; `streamtoken_string_free` wipes and frees it.
/// NULL: `key` and `text` must not be NULL; `text_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_signing_key_to_jwk_base64(
    key: Option<&streamtoken_signing_key>,
    text: Option<&mut MaybeUninit<*mut c_char>>,
    text_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("text", text, text_length), error, || {
        c_text(&*given("key", key)?.key.to_jwk_base64())
    })
}

/// Frees a key. Signers and public keys made of it live on.
///
/// Ownership: takes `key`; it and its id must not be used again.
/// NULL: `key` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_signing_key_free(key: Option<Box<streamtoken_signing_key>>) {
    release(key);
}

/// Runs every check of `streamtoken_signing_key_load` or `streamtoken_public_key_load`, whichever the
/// text holds, and tells what was found without giving the key away: the JSON object
/// `{"form", "private", "id", "bits", "exponent", "thumbprint"}`. A missing id is fine here; it is null
/// then.
///
/// Ownership: `text` and `id` are only read; `json` is yours, free it with `streamtoken_string_free`.
/// NULL: `id`, `json_length` and `error` may be NULL; `text` may with length 0; `json` must not.
/// Errors: the codes of keys (200 to 226) but those of a missing id and of a public key;
/// `STREAMTOKEN_KEY_ID_INVALID` for `id`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_describe_key(
    text: *const c_char,
    text_length: usize,
    id: *const c_char,
    id_length: usize,
    json: Option<&mut MaybeUninit<*mut c_char>>,
    json_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("json", json, json_length), error, || {
        // SAFETY: the caller answers for both lengths.
        let (text, id) = unsafe {
            (
                bytes("text", text.cast(), text_length)?,
                optional_text("id", id, id_length)?,
            )
        };
        c_json(&describe_key(text, id)?)
    })
}
