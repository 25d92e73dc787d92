//! Where the API is, who asks, and how long and how often.

use std::ffi::{c_char, c_void};
use std::mem::MaybeUninit;

use streamtoken::Result;
use streamtoken::client::{Attempt, Client, ClientOptions};

use crate::boundary::{Handle, answer, c_json, given, infallible, release};
use crate::builder::{Builder, from_json, set_bool, set_number, set_text};
use crate::error::streamtoken_error;
use crate::options::Members;

/// What is called after every attempt of every call: `attempt` is a JSON object on one line, of `length`
/// bytes and a NUL, which lives until the function returns.
///
/// Its members are `method`, `path`, `attempt` (1 for the first), `status`, `cf_ray`, `error` (the slug of
/// the error that it ended with) and `pause` (seconds to the next attempt), each null where there is nothing.
/// It holds no credential, no key and no token.
pub type streamtoken_debug =
    Option<unsafe extern "C" fn(user: *mut c_void, attempt: *const c_char, length: usize)>;

/// Options of a client, under construction. A credential is needed: an API token, or the previous scheme's
/// e-mail address and key; where both are given the token counts. Everything else has a default.
///
/// Setting an option again replaces it. Numbers cross as `double`, so that every mistake reaches the library
/// and is refused. What the options mean together is decided where a client is made of them.
#[derive(Default)]
pub struct streamtoken_client_options {
    members: Members,
    debug: Option<Debug>,
}

impl Drop for streamtoken_client_options {
    fn drop(&mut self) {
        self.members.wipe();
    }
}

impl Builder for streamtoken_client_options {
    fn members_mut(&mut self) -> &mut Members {
        &mut self.members
    }
}

/// No option given yet.
///
/// Ownership: `options` is yours; free it with `streamtoken_client_options_free`.
/// NULL: `options` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_client_options_new(
    options: Option<&mut MaybeUninit<Option<Box<streamtoken_client_options>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("options", options), error, || {
        Ok(streamtoken_client_options::default())
    })
}

/// Options from JSON text, by the names that the functions here have behind `set_`: `{"api_token": "...",
/// "account_id": "...", "timeout": 20}`. `null` is *not given*. They can be changed afterwards.
///
/// Ownership: `json` is only read; `options` is yours, free it with `streamtoken_client_options_free`.
/// NULL: `error` may be NULL; `json` may with length 0 (and is no JSON then); `options` must not.
/// Errors: what is not strict JSON (100 to 103), the codes of options (104 to 108).
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_client_options_from_json(
    json: *const c_char,
    json_length: usize,
    options: Option<&mut MaybeUninit<Option<Box<streamtoken_client_options>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("options", options), error, || {
        // SAFETY: the caller answers for the length.
        let members = unsafe { from_json(json, json_length, ClientOptions::from_value) }?;
        Ok(streamtoken_client_options {
            members,
            debug: None,
        })
    })
}

/// An API token with the permission to edit Stream.
///
/// Ownership: `options` stays yours; `api_token` is copied.
/// NULL: `options` must not be NULL; `api_token` may with length 0; `error` may.
/// Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_client_options_set_api_token(
    options: Option<&mut streamtoken_client_options>,
    api_token: *const c_char,
    api_token_length: usize,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    // SAFETY: the caller answers for the length.
    unsafe { set_text(options, "api_token", api_token, api_token_length, error) }
}

/// The previous scheme's key. Goes with `streamtoken_client_options_set_api_email`.
///
/// Ownership: `options` stays yours; `api_key` is copied.
/// NULL: `options` must not be NULL; `api_key` may with length 0; `error` may.
/// Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_client_options_set_api_key(
    options: Option<&mut streamtoken_client_options>,
    api_key: *const c_char,
    api_key_length: usize,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    // SAFETY: the caller answers for the length.
    unsafe { set_text(options, "api_key", api_key, api_key_length, error) }
}

/// The previous scheme's e-mail address. Goes with `streamtoken_client_options_set_api_key`.
///
/// Ownership: `options` stays yours; `api_email` is copied.
/// NULL: `options` must not be NULL; `api_email` may with length 0; `error` may.
/// Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_client_options_set_api_email(
    options: Option<&mut streamtoken_client_options>,
    api_email: *const c_char,
    api_email_length: usize,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    // SAFETY: the caller answers for the length.
    unsafe { set_text(options, "api_email", api_email, api_email_length, error) }
}

/// The account of every call that names no other.
///
/// Ownership: `options` stays yours; `account_id` is copied.
/// NULL: `options` must not be NULL; `account_id` may with length 0; `error` may.
/// Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_client_options_set_account_id(
    options: Option<&mut streamtoken_client_options>,
    account_id: *const c_char,
    account_id_length: usize,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    // SAFETY: the caller answers for the length.
    unsafe { set_text(options, "account_id", account_id, account_id_length, error) }
}

/// Another place of the API, such as a token service of your own. Default:
/// `https://api.cloudflare.com/client/v4`.
///
/// Ownership: `options` stays yours; `base_url` is copied.
/// NULL: `options` must not be NULL; `base_url` may with length 0; `error` may.
/// Errors: `STREAMTOKEN_TEXT_NOT_UTF8`; a text that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_client_options_set_base_url(
    options: Option<&mut streamtoken_client_options>,
    base_url: *const c_char,
    base_url_length: usize,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    // SAFETY: the caller answers for the length.
    unsafe { set_text(options, "base_url", base_url, base_url_length, error) }
}

/// Takes `http://` to other machines as well, where everybody on the way reads credentials and tokens.
/// Without it `http://` goes to this machine alone.
///
/// Ownership: `options` stays yours.
/// NULL: `options` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_client_options_set_allow_http(
    options: Option<&mut streamtoken_client_options>,
    allow_http: bool,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set_bool(options, "allow_http", allow_http, error)
}

/// How long one attempt may take in all, in seconds with fractions: a millisecond to an hour. Default: a
/// minute.
///
/// Ownership: `options` stays yours.
/// NULL: `options` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_client_options_set_timeout(
    options: Option<&mut streamtoken_client_options>,
    seconds: f64,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set_number(options, "timeout", seconds, error)
}

/// How long an attempt may take to connect, the lookup of the name and TLS included, in seconds with fractions.
/// Default: ten seconds. A lookup that takes longer goes on in the system's resolver, on a thread that may outlive
/// the call.
///
/// Ownership: `options` stays yours.
/// NULL: `options` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_client_options_set_connect_timeout(
    options: Option<&mut streamtoken_client_options>,
    seconds: f64,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set_number(options, "connect_timeout", seconds, error)
}

/// How often a request is sent again when it fails in a way that may pass (no connection, a time-out, 408,
/// 409, 429, 5xx): 0 to 10. Default: 2. Creating a key is never sent again once it may have arrived.
///
/// Ownership: `options` stays yours.
/// NULL: `options` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_client_options_set_max_retries(
    options: Option<&mut streamtoken_client_options>,
    retries: f64,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set_number(options, "max_retries", retries, error)
}

/// How long a call may take with all its attempts and pauses, in seconds with fractions. Default: no limit
/// but those of the attempts.
///
/// Ownership: `options` stays yours.
/// NULL: `options` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`; a number that is refused is reported where the options are used.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_client_options_set_deadline(
    options: Option<&mut streamtoken_client_options>,
    seconds: f64,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    set_number(options, "deadline", seconds, error)
}

/// Has `debug` called with `user` after every attempt, before the call goes on; NULL ends that. It is called
/// in another thread than the one that made the call, by several at a time when several calls are made; it must
/// return (no `longjmp`, no C++ exception), and must not free the client.
///
/// Ownership: `options` stays yours; `user` too, and must live as long as every client made of `options`.
/// NULL: `options` must not be NULL; `debug`, `user` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: one at a time for the same `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_client_options_set_debug(
    options: Option<&mut streamtoken_client_options>,
    debug: streamtoken_debug,
    user: *mut c_void,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer((), error, || {
        let options = given("options", options)?;
        options.debug = debug.map(|call| Debug { call, user });
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
pub extern "C" fn streamtoken_client_options_free(
    options: Option<Box<streamtoken_client_options>>,
) {
    release(options);
}

/// The caller's function, and what it is called with.
#[derive(Clone, Copy)]
struct Debug {
    call: unsafe extern "C" fn(*mut c_void, *const c_char, usize),
    user: *mut c_void,
}

// SAFETY: the header says that the function is called in other threads; the pointer is only handed over.
unsafe impl Send for Debug {}
// SAFETY: as above.
unsafe impl Sync for Debug {}

impl Debug {
    fn tell(&self, attempt: &Attempt) {
        infallible((), || {
            let Ok(text) = c_json(attempt) else { return };
            // SAFETY: the caller answers for the function; the text lives until it returns.
            unsafe { (self.call)(self.user, text.as_ptr(), text.as_bytes().len()) }
        });
    }
}

/// A client with these options; `change` may add to them. NULL gives none.
pub(crate) fn client(
    options: Option<&streamtoken_client_options>,
    change: impl FnOnce(ClientOptions) -> ClientOptions,
) -> Result<Client> {
    let Some(options) = options else {
        return Client::new(change(ClientOptions::new()));
    };
    let given = change(ClientOptions::from_value(&options.members.with(None))?);
    match options.debug {
        Some(debug) => Client::with_observer(given, move |attempt| debug.tell(attempt)),
        None => Client::new(given),
    }
}
