//! Cloudflare's API, asked over the network.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use streamtoken::Result;
use streamtoken::client::{CallOptions, Client, ClientOptions, TokenParams};
use zeroize::Zeroizing;

use crate::aside::aside;
use crate::boundary::{Handle, Text, answer, c_text, given, infallible, release, text};
use crate::builder::parsed;
use crate::call_options::{self, streamtoken_call_options};
use crate::client_options::{self, streamtoken_client_options};
use crate::created_key::streamtoken_created_key;
use crate::error::streamtoken_error;
use crate::key_list::streamtoken_key_list;
use crate::sign_options::streamtoken_sign_options;
use crate::signer::streamtoken_signer;
use crate::token::streamtoken_token;

/// Asks Cloudflare's API for tokens and manages the account's signing keys, or asks a service that answers the
/// same routes. It keeps connections open; one client serves all threads.
///
/// A call waits until it is done or has failed for good. Make a client anew in the child of a `fork`: its
/// connections would be those of the parent. The environment is read for a proxy (`HTTPS_PROXY`, `ALL_PROXY`,
/// `NO_PROXY`) and, on Linux, for other certificates than the system's (`SSL_CERT_FILE`).
pub struct streamtoken_client(Client);

/// A client with these options.
///
/// Ownership: `options` is only read and may be freed before the client; `client` is yours, free it with
/// `streamtoken_client_free`.
/// NULL: `options` may be NULL (none is given), and `error`; `client` must not.
/// Errors: `STREAMTOKEN_API_CREDENTIAL_MISSING`, `STREAMTOKEN_API_CREDENTIAL_INVALID`,
/// `STREAMTOKEN_BASE_URL_INVALID`, `STREAMTOKEN_BASE_URL_INSECURE`, `STREAMTOKEN_ACCOUNT_ID_INVALID`,
/// `STREAMTOKEN_PROXY_INVALID`, the codes of options (104 to 108).
/// Threads: any, but not while another thread changes the environment or `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_client_new(
    options: Option<&streamtoken_client_options>,
    client: Option<&mut MaybeUninit<Option<Box<streamtoken_client>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("client", client), error, || {
        let client = client_options::client(options, |options| options)?;
        Ok(streamtoken_client(client))
    })
}

/// A client with these options, and from the environment what they leave out: `CLOUDFLARE_API_TOKEN`;
/// `CLOUDFLARE_API_KEY` and `CLOUDFLARE_EMAIL`; `CLOUDFLARE_ACCOUNT_ID`; `CLOUDFLARE_BASE_URL`. A variable of
/// white space alone counts as not set, and white space around a value is dropped.
///
/// Ownership: `options` is only read and may be freed before the client; `client` is yours, free it with
/// `streamtoken_client_free`.
/// NULL: `options` may be NULL (none is given), and `error`; `client` must not.
/// Errors: as `streamtoken_client_new`.
/// Threads: any, but not while another thread changes the environment or `options`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_client_from_env(
    options: Option<&streamtoken_client_options>,
    client: Option<&mut MaybeUninit<Option<Box<streamtoken_client>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("client", client), error, || {
        let client = client_options::client(options, ClientOptions::or_env)?;
        Ok(streamtoken_client(client))
    })
}

/// A client that mints with `signer`, without any network: the same call, the same options. It has no keys to
/// manage.
///
/// Ownership: `signer` is only read and may be freed before the client; `client` is yours, free it with
/// `streamtoken_client_free`.
/// NULL: `signer` and `client` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_client_local(
    signer: Option<&streamtoken_signer>,
    client: Option<&mut MaybeUninit<Option<Box<streamtoken_client>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("client", client), error, || {
        let signer = given("signer", signer)?.signer().clone();
        Ok(streamtoken_client(Client::local(signer)))
    })
}

/// Asks for a token for `identifier`, a video UID or live-input UID, with the options of
/// `streamtoken_signer_sign` and those of the call.
///
/// The options are checked before anything is sent. `expires_in` is sent as `exp`, and where `now` is
/// given `exp` and `nbf` are sent as they follow from it; `time_format` and `reuse_window` are for signing
/// locally and are refused. What is probably not meant is told by `streamtoken_token_warnings`. Tokens of the API do
/// not work for WebRTC playback; above a thousand tokens a day, mint them with a signer.
///
/// Ownership: `client`, `identifier`, `options` and `call` are only read; `token` is yours, free it with
/// `streamtoken_token_free`.
/// NULL: `options` and `call` may be NULL (none is given), and `error`; `client`, `identifier` and `token` must
/// not.
/// Errors: those of `streamtoken_signer_sign`; `STREAMTOKEN_OPTION_NOT_REMOTE`, `STREAMTOKEN_API_ACCOUNT_MISSING`,
/// `STREAMTOKEN_ACCOUNT_ID_INVALID`; the codes of keys (200 to 226) for one that is sent along; those of the API
/// and the network (400 to 449), `STREAMTOKEN_CLIENT_CLOSED`.
/// Threads: any, also at the same time, as long as nobody changes `options` and `call`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_client_create_token(
    client: Option<&streamtoken_client>,
    identifier: *const c_char,
    identifier_length: usize,
    options: Option<&streamtoken_sign_options>,
    call: Option<&streamtoken_call_options>,
    token: Option<&mut MaybeUninit<Option<Box<streamtoken_token>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("token", token), error, || {
        let client = &given("client", client)?.0;
        // SAFETY: the caller answers for the length.
        let identifier = unsafe { text("identifier", identifier, identifier_length) }?;
        create_token(
            client,
            identifier,
            call_options::token_params(options, call)?,
        )
    })
}

/// As `streamtoken_client_create_token`, with all options in one JSON object, in wire names: those of
/// `streamtoken_sign_options_from_json`, those of `streamtoken_call_options_from_json`, and `id` and `pem` for
/// `streamtoken_call_options_set_key`.
///
/// Ownership: `client`, `identifier` and `json` are only read; `token` is yours, free it with
/// `streamtoken_token_free`.
/// NULL: `error` may be NULL; `json` may with length 0 (and is no JSON then); `client`, `identifier` and `token`
/// must not.
/// Errors: what is not strict JSON (100 to 103), and as `streamtoken_client_create_token`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_client_create_token_from_json(
    client: Option<&streamtoken_client>,
    identifier: *const c_char,
    identifier_length: usize,
    json: *const c_char,
    json_length: usize,
    token: Option<&mut MaybeUninit<Option<Box<streamtoken_token>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("token", token), error, || {
        let client = &given("client", client)?.0;
        // SAFETY: the caller answers for both lengths.
        let (identifier, all) = unsafe {
            (
                text("identifier", identifier, identifier_length)?,
                Zeroizing::new(parsed("json", json, json_length)?),
            )
        };
        create_token(client, identifier, TokenParams::from_value(&all)?)
    })
}

fn create_token(
    client: &Client,
    identifier: &str,
    params: TokenParams,
) -> Result<streamtoken_token> {
    let identifier = identifier.to_owned();
    let token = ask(client, move |client| {
        let tokens = client.stream().token();
        tokens.create(&identifier, params.clone())
    })?;
    streamtoken_token::new(token)
}

/// Makes a signing key in the account. Its private parts are shown this once: save them before anything else.
///
/// It is never asked for again once the request may have arrived; when that fails,
/// `streamtoken_client_list_keys` shows whether a key was made.
///
/// Ownership: `client` and `call` are only read; `key` is yours and holds the private key,
/// `streamtoken_created_key_free` wipes and frees it.
/// NULL: `call` may be NULL (no option is given), and `error`; `client` and `key` must not.
/// Errors: `STREAMTOKEN_API_ACCOUNT_MISSING`, `STREAMTOKEN_ACCOUNT_ID_INVALID`, the codes of options (104 to
/// 108); those of the API and the network (400 to 449), `STREAMTOKEN_CLIENT_CLOSED`,
/// `STREAMTOKEN_CLIENT_IS_LOCAL`.
/// Threads: any, also at the same time, as long as nobody changes `call`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_client_create_key(
    client: Option<&streamtoken_client>,
    call: Option<&streamtoken_call_options>,
    key: Option<&mut MaybeUninit<Option<Box<streamtoken_created_key>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("key", key), error, || {
        let key = ask_about_keys(client, call, |client, call| {
            client.stream().keys().create(call)
        })?;
        streamtoken_created_key::new(key)
    })
}

/// Lists the signing keys of the account, without their private parts.
///
/// Ownership: `client` and `call` are only read; `keys` is yours, free it with `streamtoken_key_list_free`.
/// NULL: `call` may be NULL (no option is given), and `error`; `client` and `keys` must not.
/// Errors: as `streamtoken_client_create_key`.
/// Threads: any, also at the same time, as long as nobody changes `call`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_client_list_keys(
    client: Option<&streamtoken_client>,
    call: Option<&streamtoken_call_options>,
    keys: Option<&mut MaybeUninit<Option<Box<streamtoken_key_list>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("keys", keys), error, || {
        let keys = ask_about_keys(client, call, |client, call| {
            client.stream().keys().list(call)
        })?;
        streamtoken_key_list::new(keys)
    })
}

/// Deletes the signing key called `id`: **every token signed with it stops working.** `word` is what the API
/// says of it: `Revoked`.
///
/// Ownership: `client`, `id` and `call` are only read; `word` is yours, free it with `streamtoken_string_free`.
/// NULL: `call` may be NULL (no option is given), and `word_length` and `error`; `client`, `id` and `word` must
/// not.
/// Errors: `STREAMTOKEN_KEY_ID_INVALID`, and as `streamtoken_client_create_key`.
/// Threads: any, also at the same time, as long as nobody changes `call`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_client_delete_key(
    client: Option<&streamtoken_client>,
    id: *const c_char,
    id_length: usize,
    call: Option<&streamtoken_call_options>,
    word: Option<&mut MaybeUninit<*mut c_char>>,
    word_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("word", word, word_length), error, || {
        // SAFETY: the caller answers for the length.
        let id = unsafe { text("id", id, id_length) }?.to_owned();
        let word = ask_about_keys(client, call, move |client, call| {
            client.stream().keys().delete(&id, call)
        })?;
        // Whatever the API says has no NUL in C.
        c_text(word.replace('\0', "\u{fffd}"))
    })
}

/// Ends the client: calls of other threads that wait for an answer end with `STREAMTOKEN_CLIENT_CLOSED`, those that
/// connect within their `connect_timeout`, and so does every later one. The client is still to be freed, when no
/// thread uses it any more.
///
/// Ownership: `client` stays yours.
/// NULL: `client` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, also at the same time, and while others wait for an answer.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_client_close(client: Option<&streamtoken_client>) {
    infallible((), || {
        if let Some(client) = client {
            client.0.close();
        }
    });
}

/// Closes the connections and frees a client. What came of its calls lives on.
///
/// Ownership: takes `client`; it must not be used again.
/// NULL: `client` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_client_free(client: Option<Box<streamtoken_client>>) {
    release(client);
}

fn ask_about_keys<T: Send + 'static>(
    client: Option<&streamtoken_client>,
    call: Option<&streamtoken_call_options>,
    work: impl Fn(&Client, &CallOptions) -> Result<T> + Send + Sync + 'static,
) -> Result<T> {
    let client = &given("client", client)?.0;
    let call = call_options::read(call)?;
    ask(client, move |client| work(client, &call))
}

/// A call: the transport starts a thread to look up the host's name.
fn ask<T: Send + 'static>(
    client: &Client,
    work: impl Fn(&Client) -> Result<T> + Send + Sync + 'static,
) -> Result<T> {
    let client = client.clone();
    aside(move || work(&client))
}
