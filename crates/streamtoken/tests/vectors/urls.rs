//! Playback URLs, customer codes, rewriting and the embed. Without `token` a case uses the published
//! example token; without `customer_code` the code of Cloudflare's own demonstration videos.

use serde_json::{Value as Json, json};
use streamtoken::{CustomerCode, Error, PlaybackUrls, UrlOptions, playback_urls, rewrite};

use crate::format::{Case, example};

pub(crate) fn run(case: &Case) -> Result<Json, Error> {
    match case.operation.as_str() {
        "playback_urls" => {
            let urls = urls(case)?;
            Ok(serde_json::to_value(&urls).expect("JSON"))
        }
        "embed" => Ok(json!({ "html": urls(case)?.embed() })),
        "customer_code" => {
            case.knows_only(&["text"]);
            let code = CustomerCode::parse(case.text("text"))?;
            Ok(json!({ "customer_code": code.as_str(), "host": code.host() }))
        }
        "rewrite" => {
            case.knows_only(&["url", "token"]);
            Ok(json!({ "url": rewrite(case.text("url"), token(case))? }))
        }
        unknown => panic!("{}: no operation {unknown}", case.id),
    }
}

fn urls(case: &Case) -> Result<PlaybackUrls, Error> {
    case.knows_only(&["token", "customer_code", "options"]);
    let code = case
        .optional_text("customer_code")
        .unwrap_or("f33zs165nr7gyfy4")
        .parse()?;
    let options = UrlOptions::from_value(&case.value("options"))?;
    playback_urls(token(case), &code, &options)
}

fn token(case: &Case) -> String {
    case.optional_text("token").map_or_else(
        || example()["token"].as_str().expect("a string").to_owned(),
        str::to_owned,
    )
}
