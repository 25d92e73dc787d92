//! `explain`: arguments where they can carry the text, standard input for the others.

use serde_json::{Value as Json, json};

use crate::format::Case;
use crate::process::{judged, refusal, streamtoken};
use crate::tokens::now;

pub(crate) fn run(case: &Case) -> Json {
    case.knows_only(&["text", "base64", "repeat", "keys", "context", "whole"]);
    let mut process = streamtoken(&["explain"]);
    if let Some(context) = case.input.get("context") {
        process.arg(format!("--options={context}"));
    }
    process.args(now(case, case.input.get("context")));
    let text = case.content("text");
    let input = match case.input.get("keys") {
        Some(Json::Null) => {
            process
                .env_remove("CLOUDFLARE_STREAM_KEY")
                .env_remove("CLOUDFLARE_STREAM_KEY_ID")
                .arg("-");
            text.clone()
        }
        Some(keys) => {
            process.args(["--keys=-", "--", argument(case).expect("an argument")]);
            keys.as_str().expect("keys are text").into()
        }
        None => match argument(case) {
            Some(argument) => {
                process.args(["--", argument]);
                Vec::new()
            }
            None => {
                process.arg("-");
                text.clone()
            }
        },
    };
    let mut report = judged(&mut process, input, exit);
    let Some(checks) = report.get_mut("checks").and_then(Json::as_array_mut) else {
        return refusal(&report).expect("a report or an error");
    };
    if case.input.get("whole") != Some(&Json::Bool(true)) {
        checks.retain(|check| check["status"] == "fail" || check["status"] == "warn");
    }
    json!({ "report": report })
}

/// The text, where it may stand among the arguments: they hold no NUL and no key, and not everything.
fn argument(case: &Case) -> Option<&str> {
    let kind = case.expect["report"]["kind"].as_str().unwrap_or_default();
    let text = case.optional_text("text")?;
    let holds_key = ["kty", "LS0tLS1CRUdJTi"]
        .iter()
        .any(|mark| text.contains(mark));
    let is_key = kind.contains("key") || matches!(kind, "jwks" | "certificate") || holds_key;
    let fits = case.input.get("repeat").is_none() && !text.contains('\0') && text != "-";
    Some(text).filter(|_| fits && !is_key)
}

fn exit(report: &Json) -> i32 {
    let refuses = |verdict: &str| report[verdict] == "refuses";
    i32::from(refuses("verify") || refuses("platform"))
}
