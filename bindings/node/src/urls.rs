//! Playback URLs and customer codes.

use napi::bindgen_prelude::Object;
use napi_derive::napi;
use serde_json::json;
use streamtoken::host::{Spelling, customer_code_from_env};
use streamtoken::{CustomerCode, PlaybackUrls, UrlOptions};

use crate::keys::variable;
use crate::outcome::Outcome;
use crate::value;

/// `{"code", "host"}`.
#[napi]
pub(crate) fn customer_code(text: String) -> Outcome<String> {
    Outcome::of(|| Ok(facts(&CustomerCode::parse(&text)?)))
}

/// As `customer_code`; absent when the variable is unset or empty.
#[napi]
pub(crate) fn customer_code_of_env(environment: Object<'_>) -> Outcome<Option<String>> {
    Outcome::of(|| {
        let code = customer_code_from_env(|name| variable(&environment, name))?;
        Ok(code.as_ref().map(facts))
    })
}

fn facts(code: &CustomerCode) -> String {
    json!({ "code": code.as_str(), "host": code.host() }).to_string()
}

/// `{"rows": [[name, wire name, url], …], "embed": html}`.
#[napi]
pub(crate) fn playback_urls(token: String, code: String, options: String) -> Outcome<String> {
    Outcome::of(|| {
        let code = CustomerCode::parse(&code)?;
        let options = UrlOptions::from_value(&value::read(&options, PlaybackUrls::NAMES)?)?;
        let urls = streamtoken::playback_urls(&token, &code, &options)?;
        let row = |(wire, url): (&str, &str)| json!([Spelling::Camel.spell(wire), wire, url]);
        let rows: Vec<_> = urls.iter().map(row).collect();
        Ok(json!({ "rows": rows, "embed": urls.embed() }).to_string())
    })
}

#[napi]
pub(crate) fn rewrite(url: String, token: String) -> Outcome<String> {
    Outcome::of(|| streamtoken::rewrite(&url, &token))
}
