//! What one call says beside its subject.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use streamtoken::client::{CallOptions, TokenParams};
use streamtoken::{Result, Value};
use zeroize::Zeroizing;

use crate::boundary::{Handle, answer, given, optional_text, release};
use crate::builder::{Builder, from_json, set_number, set_text};
use crate::error::streamtoken_error;
use crate::options::Members;
use crate::sign_options::streamtoken_sign_options;

/// Options of one call, under construction. They count instead of the client's.
///
/// Setting an option again replaces it. Numbers cross as `double`, so that every mistake reaches the library
/// and is refused. What the options mean together is decided where they are used.
#[derive(Default)]
pub struct streamtoken_call_options {
    members: Members,
}

impl Drop for streamtoken_call_options {
    fn drop(&mut self) {
        self.members.wipe();
    }
}

impl Builder for streamtoken_call_options {
    fn members_mut(&mut self) -> &mut Members {
        &mut self.members
    }
}

/// No option given yet.
///
/// Ownership: `options` is yours; free it with `streamtoken_call_options_free`.
/// NULL: `options` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_call_options_new(
    options: Option<&mut MaybeUninit<Option<Box<streamtoken_call_options>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("options", options), error, || {
        Ok(streamtoken_call_options::default())
    })
}

/// Options from JSON text, by the names that the functions here have behind `set_`: `{"account_id": "...",
/// "deadline": 5}`. `null` is *not given*. They can be changed afterwards.
///
/// Ownership: `json` is only read; `options` is yours, free it with `streamtoken_call_options_free`.
/// NULL: `error` may be NULL; `json` may with length 0 (and is no JSON then); `options` must not.
/// Errors: what is not strict JSON (100 to 103), the codes of options (104 to 108).
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_call_options_from_json(
    json: *const c_char,
    json_length: usize,
    options: Option<&mut MaybeUninit<Option<Box<streamtoken_call_options>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("options", options), error, || {
        // SAFETY: the caller answers for the length.
        let members = unsafe { from_json(json, json_length, CallOptions::from_value) }?;
        Ok(streamtoken_call_options { members })
    })
}

/// The account that is asked.
///
/// Ownership: `options` stays yours; `account_id` is copied.
/// NULL: `options` must not be NULL; `account_id` may with length 0; `error` may.
/// Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_call_options_set_account_id(
    options: Option<&mut streamtoken_call_options>,
    account_id: *const c_char,
    account_id_length: usize,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    // SAFETY: the caller answers for the length.
    unsafe { set_text(options, "account_id", account_id, account_id_length, error) }
}

/// As `streamtoken_client_options_set_timeout`, for this call.
///
/// Ownership: `options` stays yours.
/// NULL: `options` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_call_options_set_timeout(
    options: Option<&mut streamtoken_call_options>,
    seconds: f64,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set_number(options, "timeout", seconds, error)
}

/// As `streamtoken_client_options_set_connect_timeout`, for this call.
///
/// Ownership: `options` stays yours.
/// NULL: `options` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_call_options_set_connect_timeout(
    options: Option<&mut streamtoken_call_options>,
    seconds: f64,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set_number(options, "connect_timeout", seconds, error)
}

/// As `streamtoken_client_options_set_max_retries`, for this call.
///
/// Ownership: `options` stays yours.
/// NULL: `options` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_call_options_set_max_retries(
    options: Option<&mut streamtoken_call_options>,
    retries: f64,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set_number(options, "max_retries", retries, error)
}

/// As `streamtoken_client_options_set_deadline`, for this call.
///
/// Ownership: `options` stays yours.
/// NULL: `options` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_call_options_set_deadline(
    options: Option<&mut streamtoken_call_options>,
    seconds: f64,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set_number(options, "deadline", seconds, error)
}

/// Sends a key along, for the API to sign a token with instead of one that the account has there. **A last
/// resort: it sends a private key over the network.** With the key at hand, `streamtoken_signer_sign` mints the
/// same token without a request. Only for `streamtoken_client_create_token`; every other call refuses it.
///
/// `pem` is any form of key that `streamtoken_signing_key_load` reads; it is sent in the form that Cloudflare
/// wants. Both belong together, and NULL takes one back.
///
/// Ownership: `options` stays yours; `id` and `pem` are copied, and wiped when `options` is freed.
/// NULL: `options` must not be NULL; `id`, `pem` and `error` may.
/// Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a key that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_call_options_set_key(
    options: Option<&mut streamtoken_call_options>,
    id: *const c_char,
    id_length: usize,
    pem: *const c_char,
    pem_length: usize,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer((), error, || {
        let options = given("options", options)?;
        // SAFETY: the caller answers for both lengths.
        let (id, pem) = unsafe {
            (
                optional_text("id", id, id_length)?,
                optional_text("pem", pem, pem_length)?,
            )
        };
        let value =
            |text: Option<&str>| text.map_or(Value::Null, |text| Value::String(text.to_owned()));
        options.members.set("id", value(id));
        options.members.set("pem", value(pem));
        Ok(())
    })
}

/// Wipes and frees options. What was made with them lives on.
///
/// Ownership: takes `options`; they must not be used again.
/// NULL: `options` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_call_options_free(options: Option<Box<streamtoken_call_options>>) {
    release(options);
}

/// What the core makes of options; NULL gives none.
pub(crate) fn read(options: Option<&streamtoken_call_options>) -> Result<CallOptions> {
    options.map_or_else(
        || Ok(CallOptions::default()),
        |options| CallOptions::from_value(&options.members.with(None)),
    )
}

/// The options of a token that is asked for, out of those of signing and those of the call.
pub(crate) fn token_params(
    signing: Option<&streamtoken_sign_options>,
    call: Option<&streamtoken_call_options>,
) -> Result<TokenParams> {
    let call = call.map(|call| &call.members);
    let all: Zeroizing<Value> = match signing {
        Some(signing) => signing.members().with(call),
        None => Members::default().with(call),
    };
    TokenParams::from_value(&all)
}
