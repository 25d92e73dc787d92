//! Tokens whose signature is made elsewhere: in a KMS or an HSM.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use streamtoken::{Prepared, Result, prepare, prepare_linted};

use crate::boundary::{Handle, answer, borrowed, bytes, c_text, given, release, text};
use crate::error::streamtoken_error;
use crate::findings::streamtoken_findings;
use crate::public_key::streamtoken_public_key;
use crate::sign_options::{self, streamtoken_sign_options};
use crate::signer::read_lint_level;
use crate::token::streamtoken_token;

/// A token that lacks its signature. It never changes.
pub struct streamtoken_prepared {
    prepared: Prepared,
    signing_input: CString,
}

impl streamtoken_prepared {
    fn new(prepared: Prepared) -> Result<Self> {
        let signing_input = c_text(prepared.signing_input())?;
        Ok(Self {
            prepared,
            signing_input,
        })
    }
}

/// Prepares a token for `identifier` that the private half of `key` is to sign. The options mean what
/// they mean to `streamtoken_signer_sign`.
///
/// Ownership: `key`, `identifier` and `options` are only read; `prepared` is yours, free it with
/// `streamtoken_prepared_free`.
/// NULL: `options` may be NULL (none is given), and `error`; `key`, `identifier` and `prepared` must not.
/// Errors: those of `streamtoken_signer_sign`, all before anything is signed.
/// Threads: any, also at the same time, as long as nobody changes `options`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_prepare(
    key: Option<&streamtoken_public_key>,
    identifier: *const c_char,
    identifier_length: usize,
    options: Option<&streamtoken_sign_options>,
    prepared: Option<&mut MaybeUninit<Option<Box<streamtoken_prepared>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("prepared", prepared), error, || {
        let key = given("key", key)?.key();
        // SAFETY: the caller answers for the length.
        let identifier = unsafe { text("identifier", identifier, identifier_length) }?;
        let options = sign_options::read(options)?;
        streamtoken_prepared::new(prepare(key, identifier, &options)?)
    })
}

/// As `streamtoken_prepare`, with a lint level as for `streamtoken_signer_new_with_lint`.
///
/// Ownership: `key`, `identifier`, `options` and `lint_level` are only read; `prepared` is yours, free it with
/// `streamtoken_prepared_free`.
/// NULL: `options` may be NULL (none is given), and `lint_level` (it is not given), and `error`; `key`, `identifier`
/// and `prepared` must not.
/// Errors: those of `streamtoken_signer_sign`, all before anything is signed; `STREAMTOKEN_OPTION_VALUE` for another
/// level.
/// Threads: any, also at the same time, as long as nobody changes `options`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_prepare_with_lint(
    key: Option<&streamtoken_public_key>,
    identifier: *const c_char,
    identifier_length: usize,
    options: Option<&streamtoken_sign_options>,
    lint_level: *const c_char,
    lint_level_length: usize,
    prepared: Option<&mut MaybeUninit<Option<Box<streamtoken_prepared>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("prepared", prepared), error, || {
        let key = given("key", key)?.key();
        // SAFETY: the caller answers for both lengths.
        let (identifier, level) = unsafe {
            (
                text("identifier", identifier, identifier_length)?,
                read_lint_level(lint_level, lint_level_length)?,
            )
        };
        let options = sign_options::read(options)?;
        streamtoken_prepared::new(prepare_linted(key, identifier, &options, level)?)
    })
}

/// What is to be signed with RSASSA-PKCS1-v1_5 and SHA-256: ASCII, to be hashed as it is, without the NUL
/// behind it.
///
/// Ownership: the text belongs to `prepared` and goes with it.
/// NULL: `prepared` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_prepared_signing_input(
    prepared: Option<&streamtoken_prepared>,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&prepared?.signing_input))
}

/// What the rules and options probably do not mean, as `streamtoken_token_warnings` of the token will tell it.
///
/// Ownership: `prepared` is only read; `findings` is yours, free it with `streamtoken_findings_free`.
/// NULL: `prepared` and `findings` must not be NULL; `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_prepared_warnings(
    prepared: Option<&streamtoken_prepared>,
    findings: Option<&mut MaybeUninit<Option<Box<streamtoken_findings>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("findings", findings), error, || {
        streamtoken_findings::new(given("prepared", prepared)?.prepared.warnings().to_vec())
    })
}

/// Checks the signature with the public key and completes the token. May be called again.
///
/// Ownership: `prepared` and `signature` are only read; `token` is yours, free it with
/// `streamtoken_token_free`.
/// NULL: `error` may be NULL; `signature` may with length 0; `prepared` and `token` must not.
/// Errors: `STREAMTOKEN_SIGNATURE_NOT_FROM_KEY`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_prepared_finish(
    prepared: Option<&streamtoken_prepared>,
    signature: *const u8,
    signature_length: usize,
    token: Option<&mut MaybeUninit<Option<Box<streamtoken_token>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("token", token), error, || {
        // SAFETY: the caller answers for the length.
        let signature = unsafe { bytes("signature", signature, signature_length) }?;
        let token = given("prepared", prepared)?.prepared.finish(signature)?;
        streamtoken_token::new(token)
    })
}

/// Frees a prepared token. Tokens made of it live on.
///
/// Ownership: takes `prepared`; it and its text must not be used again.
/// NULL: `prepared` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_prepared_free(prepared: Option<Box<streamtoken_prepared>>) {
    release(prepared);
}
