//! Tokens of windows of reuse: each from a process of its own, and all from one that may keep them.

use serde_json::{Value as Json, json};

use crate::format::Case;
use crate::process::{object, refusal, streamtoken};
use crate::support::exchange;

pub(crate) fn run(case: &Case) -> Json {
    case.knows_only(&["mints"]);
    let mints = case.input["mints"].as_array().expect("mints is a list");
    let batch = batch(mints);
    let mut tokens = Vec::new();
    for (mint, line) in mints.iter().zip(batch) {
        let minted = alone(mint);
        assert_eq!(line["token"], minted["token"], "{}", case.id);
        assert_eq!(line["error"], minted["error"], "{}", case.id);
        if let Some(refusal) = refusal(&minted) {
            return refusal;
        }
        tokens.push(json!({ "token": minted["token"], "renew_at": minted["renew_at"] }));
    }
    json!({ "tokens": tokens })
}

fn alone(mint: &Json) -> Json {
    let identifier = mint["identifier"].as_str().expect("a string");
    let mut process = streamtoken(&["sign"]);
    process.arg(format!("--options={}", mint["options"]));
    object(process.args(["--", identifier]), "")
}

/// The answers to all mints as lines of one batch.
fn batch(mints: &[Json]) -> Vec<Json> {
    let lines = mints.iter().map(|mint| {
        let mut line = mint["options"].clone();
        line["identifier"] = mint["identifier"].clone();
        format!("{line}\n")
    });
    let mut process = streamtoken(&["sign", "--batch", "--quiet"]);
    let output = exchange(&mut process, lines.collect::<String>());
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let answers = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    answers.collect()
}
