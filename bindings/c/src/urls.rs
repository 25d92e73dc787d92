//! Playback URLs: a token in the place of the video UID.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use streamtoken::{PlaybackUrls, Result, playback_urls, rewrite};

use crate::boundary::{
    Handle, Text, answer, borrowed, c_json, c_text, given, infallible, release, text,
};
use crate::customer_code::streamtoken_customer_code;
use crate::error::streamtoken_error;
use crate::url_options::{self, streamtoken_url_options};

/// The playback URLs of one token, by name: `hls`, `dash`, `iframe`, `watch`, `thumbnail`,
/// `animated_thumbnail`, `download`, `audio`, `clip_hls`, `clip`, `webrtc`. They never change. Each URL
/// grants what its token grants.
pub struct streamtoken_urls {
    urls: PlaybackUrls,
    rows: Vec<(CString, CString)>,
}

impl streamtoken_urls {
    fn new(urls: PlaybackUrls) -> Result<Self> {
        let rows = urls
            .iter()
            .map(|(name, url)| Ok((c_text(name)?, c_text(url)?)));
        let rows = rows.collect::<Result<_>>()?;
        Ok(Self { urls, rows })
    }
}

/// Every URL under which the video of `token` plays, on the host of `customer_code`.
///
/// The rows `download` and `audio` are there only when the token is `downloadable`. The signature is not
/// checked here: a URL of a forged or expired token can be built, and will be refused at the edge.
///
/// Ownership: `token`, `customer_code` and `options` are only read; `urls` is yours, free it with
/// `streamtoken_urls_free`.
/// NULL: `options` may be NULL (none is given), and `error`; `token` may with length 0; `customer_code` and
/// `urls` must not.
/// Errors: the codes of a token's form (300 to 306); `STREAMTOKEN_CLAIM_TYPE`;
/// `STREAMTOKEN_URL_NOT_DOWNLOADABLE`; those of `streamtoken_url_options_from_json`.
/// Threads: any, also at the same time, as long as nobody changes `options`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_playback_urls(
    token: *const c_char,
    token_length: usize,
    customer_code: Option<&streamtoken_customer_code>,
    options: Option<&streamtoken_url_options>,
    urls: Option<&mut MaybeUninit<Option<Box<streamtoken_urls>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("urls", urls), error, || {
        // SAFETY: the caller answers for the length.
        let token = unsafe { text("token", token, token_length) }?;
        let code = given("customer_code", customer_code)?.code();
        let options = url_options::read(options)?;
        streamtoken_urls::new(playback_urls(token, code, &options)?)
    })
}

/// How many rows there are: 9, or 11 when the token is `downloadable`.
///
/// Ownership: nothing changes hands.
/// NULL: `urls` may be NULL; the answer is 0 then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_urls_count(urls: Option<&streamtoken_urls>) -> usize {
    infallible(0, || urls.map_or(0, |urls| urls.rows.len()))
}

/// The name of the row at `index`, counted from 0; NULL from `streamtoken_urls_count` on.
///
/// Ownership: the text belongs to `urls` and goes with it.
/// NULL: `urls` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_urls_name(
    urls: Option<&streamtoken_urls>,
    index: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&urls?.rows.get(index)?.0))
}

/// The URL of the row at `index`, counted from 0; NULL from `streamtoken_urls_count` on.
///
/// Ownership: the text belongs to `urls` and goes with it.
/// NULL: `urls` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_urls_at(
    urls: Option<&streamtoken_urls>,
    index: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || Some(&urls?.rows.get(index)?.1))
}

/// The URL of the row `name`; NULL for `download` and `audio` when the token is not `downloadable`, and for
/// a name that no row has.
///
/// Ownership: `name` is only read; the text belongs to `urls` and goes with it.
/// NULL: `urls` and `name` may be NULL; the answer is NULL then. `length` may be NULL.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_urls_get(
    urls: Option<&streamtoken_urls>,
    name: *const c_char,
    name_length: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    borrowed(length, || {
        // SAFETY: the caller answers for the length.
        let name = unsafe { text("name", name, name_length) }.ok()?;
        let mut rows = urls?.rows.iter();
        rows.find_map(|(row, url)| (row.as_bytes() == name.as_bytes()).then_some(url))
    })
}

/// The URLs as a JSON object of name and URL, in the order of the rows.
///
/// Ownership: `json` is yours; free it with `streamtoken_string_free`.
/// NULL: `urls` and `json` must not be NULL; `json_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_urls_to_json(
    urls: Option<&streamtoken_urls>,
    json: Option<&mut MaybeUninit<*mut c_char>>,
    json_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("json", json, json_length), error, || {
        c_json(&given("urls", urls)?.urls)
    })
}

/// The `<iframe>` element of the player, as Cloudflare's dashboard writes it, on one line and escaped for
/// HTML.
///
/// Ownership: `html` is yours; free it with `streamtoken_string_free`.
/// NULL: `urls` and `html` must not be NULL; `html_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_urls_embed(
    urls: Option<&streamtoken_urls>,
    html: Option<&mut MaybeUninit<*mut c_char>>,
    html_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("html", html, html_length), error, || {
        c_text(given("urls", urls)?.urls.embed())
    })
}

/// Frees playback URLs.
///
/// Ownership: takes `urls`; they and their texts must not be used again.
/// NULL: `urls` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_urls_free(urls: Option<Box<streamtoken_urls>>) {
    release(urls);
}

/// Puts `token` into `url`, in the place of the video UID or the older token.
///
/// Takes URLs on `customer-CODE.cloudflarestream.com`, on the legacy hosts and on custom domains. The rest
/// of the URL stays as it is, but for a parameter `token`, which is removed, and a `poster` and `src` of
/// the same video, which are signed as well.
///
/// Ownership: `url` and `token` are only read; `rewritten` is yours, free it with `streamtoken_string_free`.
/// NULL: `rewritten_length` and `error` may be NULL; `url` and `token` may with length 0; `rewritten` must
/// not.
/// Errors: `STREAMTOKEN_URL_INVALID`; the codes of a token's form (300 to 306).
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_rewrite(
    url: *const c_char,
    url_length: usize,
    token: *const c_char,
    token_length: usize,
    rewritten: Option<&mut MaybeUninit<*mut c_char>>,
    rewritten_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(
        Text::new("rewritten", rewritten, rewritten_length),
        error,
        || {
            // SAFETY: the caller answers for both lengths.
            let (url, token) = unsafe {
                (
                    text("url", url, url_length)?,
                    text("token", token, token_length)?,
                )
            };
            c_text(rewrite(url, token)?)
        },
    )
}
