//! What rules do to viewers: a table to look at before a token is minted.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use serde::Serializer as _;
use serde_json::Serializer;
use streamtoken::{AccessRules, Error, ErrorCode, Result, Viewer, host, simulate};

use crate::boundary::{Text, answer, c_text, given};
use crate::builder::parsed;
use crate::error::streamtoken_error;
use crate::rules::streamtoken_access_rules;

/// What the rules do to each of the viewers, in their order: a JSON list of `{"viewer": {"ip", "country"},
/// "action": "allow" | "block" | "unknown", "rule", "needs", "matches"}`.
///
/// `rule` is the index of the rule that decided, counted from 0, and null when none matched, which allows. A viewer
/// of whom too little is known is `unknown`, and `needs` names the fact: `ip` or `country`. `matches` tells of each
/// rule by itself whether it matches; null where that cannot be known. The viewers are a JSON list of objects such as
/// `{"ip": "192.0.2.1", "country": "GB"}`, where null and what is absent is not known.
///
/// Ownership: `rules` and `viewers` are only read; `json` is yours, free it with `streamtoken_string_free`.
/// NULL: `json_length` and `error` may be NULL; `viewers` may with length 0 (and is no JSON then); `rules` and
/// `json` must not.
/// Errors: what is not strict JSON (100 to 103); the codes of options (104, 105), `STREAMTOKEN_VIEWER_IP_INVALID`
/// and `STREAMTOKEN_VIEWER_COUNTRY_INVALID`, with a pointer such as `/viewers/2/ip`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_simulate(
    rules: Option<&streamtoken_access_rules>,
    viewers: *const c_char,
    viewers_length: usize,
    json: Option<&mut MaybeUninit<*mut c_char>>,
    json_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("json", json, json_length), error, || {
        let rules = given("rules", rules)?.rules();
        // SAFETY: the caller answers for the length.
        let viewers = unsafe { parsed("viewers", viewers, viewers_length) }?;
        c_text(table(rules, &host::viewers(&viewers)?)?)
    })
}

/// How many results are held at a time: one that is not yet text takes as much memory again.
const RESULTS_AT_A_TIME: usize = 4096;

fn table(rules: &AccessRules, viewers: &[Viewer]) -> Result<String> {
    let mut text = Vec::new();
    let some = viewers.chunks(RESULTS_AT_A_TIME);
    let results = some.flat_map(|some| simulate(rules, some));
    let written = Serializer::new(&mut text).collect_seq(results);
    let text = written.ok().and_then(|()| String::from_utf8(text).ok());
    text.ok_or_else(|| Error::from(ErrorCode::Internal))
}
