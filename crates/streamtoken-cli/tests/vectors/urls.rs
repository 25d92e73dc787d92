//! Playback URLs, customer codes, rewriting and the embed.

use serde_json::{Value as Json, json};

use crate::format::Case;
use crate::process::{EXAMPLE, object, refusal, streamtoken};

pub(crate) fn run(case: &Case) -> Json {
    let token = case.optional_text("token").unwrap_or(&EXAMPLE.token);
    let mut process = streamtoken(&["urls"]);
    match case.operation.as_str() {
        "playback_urls" | "embed" => {
            case.knows_only(&["token", "customer_code", "options"]);
            let code = case
                .optional_text("customer_code")
                .unwrap_or("f33zs165nr7gyfy4");
            process.arg(format!("--customer-code={code}"));
            process.args(
                case.input
                    .get("options")
                    .map(|options| format!("--options={options}")),
            );
            process.args((case.operation == "embed").then_some("--embed"));
        }
        "rewrite" => {
            case.knows_only(&["url", "token"]);
            process.arg(format!("--rewrite={}", case.text("url")));
        }
        _ => {
            case.knows_only(&["text"]);
            process
                .arg(format!("--customer-code={}", case.text("text")))
                .args(["--only", "watch"]);
        }
    }
    let result = object(process.args(["--", token]), "");
    if case.operation == "customer_code" && refusal(&result).is_none() {
        return code_of(result["url"].as_str().expect("a URL"));
    }
    result
}

/// The code and the host, as the URLs have them.
fn code_of(url: &str) -> Json {
    let host = url.split('/').nth(2).expect("a host");
    let code = host
        .strip_prefix("customer-")
        .and_then(|rest| rest.strip_suffix(".cloudflarestream.com"));
    json!({ "customer_code": code, "host": host })
}
