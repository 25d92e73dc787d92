//! The keys of an account.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use streamtoken::Result;
use streamtoken::client::ListedKey;

use crate::boundary::{Text, answer, borrowed, c_json, c_text, given, infallible, release};
use crate::error::streamtoken_error;

/// The signing keys of an account, without their private parts. It never changes.
pub struct streamtoken_key_list {
    keys: Vec<ListedKey>,
    texts: Vec<Texts>,
}

/// One key, as C reads it.
struct Texts {
    id: CString,
    key_id: CString,
    created: Option<CString>,
}

impl streamtoken_key_list {
    pub(crate) fn new(keys: Vec<ListedKey>) -> Result<Self> {
        let texts = |key: &ListedKey| {
            Ok(Texts {
                id: c_text(key.id())?,
                key_id: c_text(key.key_id())?,
                created: key.created().map(c_text).transpose()?,
            })
        };
        Ok(Self {
            texts: keys.iter().map(texts).collect::<Result<_>>()?,
            keys,
        })
    }
}

/// How many keys there are.
///
/// Ownership: nothing changes hands.
/// NULL: `keys` may be NULL; the answer is 0 then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_key_list_count(keys: Option<&streamtoken_key_list>) -> usize {
    infallible(0, || keys.map_or(0, |keys| keys.keys.len()))
}

/// The id of the key at `index`, counted from 0 in the order of the answer; NULL from
/// `streamtoken_key_list_count` on.
///
/// Ownership: the text belongs to `keys` and goes with it.
/// NULL: `keys` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_key_list_id(
    keys: Option<&streamtoken_key_list>,
    index: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&keys?.texts.get(index)?.id))
}

/// The id of the key at `index` under the other name that the answer has for it, `key_id`; NULL from
/// `streamtoken_key_list_count` on.
///
/// Ownership: the text belongs to `keys` and goes with it.
/// NULL: `keys` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_key_list_key_id(
    keys: Option<&streamtoken_key_list>,
    index: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&keys?.texts.get(index)?.key_id))
}

/// When the key at `index` was made, in RFC 3339; NULL when the answer does not say, and from
/// `streamtoken_key_list_count` on.
///
/// Ownership: the text belongs to `keys` and goes with it.
/// NULL: `keys` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_key_list_created(
    keys: Option<&streamtoken_key_list>,
    index: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || keys?.texts.get(index)?.created.as_ref())
}

/// The keys as a JSON list of objects `{"id", "key_id", "created"}`, each with whatever else the API says of it.
///
/// Ownership: `json` is yours; free it with `streamtoken_string_free`.
/// NULL: `keys` and `json` must not be NULL; `json_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_key_list_to_json(
    keys: Option<&streamtoken_key_list>,
    json: Option<&mut MaybeUninit<*mut c_char>>,
    json_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("json", json, json_length), error, || {
        c_json(&given("keys", keys)?.keys)
    })
}

/// Frees a list of keys.
///
/// Ownership: takes `keys`; it and its texts must not be used again.
/// NULL: `keys` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_key_list_free(keys: Option<Box<streamtoken_key_list>>) {
    release(keys);
}
