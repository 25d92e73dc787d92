//! One process, and the JSON object that it prints.

use std::process::Command;
use std::sync::LazyLock;

use serde_json::{Value as Json, json};

use crate::format::example;
use crate::support::{binary, exchange};

/// The published example: its key as the API gives it, its id, its token.
pub(crate) struct Example {
    pub(crate) key: String,
    pub(crate) key_id: String,
    pub(crate) token: String,
}

pub(crate) static EXAMPLE: LazyLock<Example> = LazyLock::new(|| {
    let json = example();
    let text = |name: &str| json[name].as_str().expect("a string").to_owned();
    Example {
        key: text("pem_base64"),
        key_id: text("key_id"),
        token: text("token"),
    }
});

/// The binary with `--json`, and with the published example key in its environment.
pub(crate) fn streamtoken(command: &[&str]) -> Command {
    let mut process = binary();
    process
        .env("CLOUDFLARE_STREAM_KEY", &EXAMPLE.key)
        .env("CLOUDFLARE_STREAM_KEY_ID", &EXAMPLE.key_id)
        .args(command)
        .arg("--json");
    process
}

/// What the process prints, an object. Its exit code must be the one that belongs to it, and nothing may
/// be printed on standard error.
pub(crate) fn object(process: &mut Command, input: impl Into<Vec<u8>>) -> Json {
    judged(process, input, |_| 0)
}

/// As `object`; `exit` is the code that belongs to an object without an error.
pub(crate) fn judged(
    process: &mut Command,
    input: impl Into<Vec<u8>>,
    exit: impl FnOnce(&Json) -> i32,
) -> Json {
    let output = exchange(process, input);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{process:?}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let json: Json = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{error}: {text} of {process:?}"));
    let expected = match json.pointer("/error/number").and_then(Json::as_i64) {
        None => exit(&json),
        // The lines of a batch fail, not the batch.
        Some(_) if json.get("line").is_some() => 1,
        Some(number) => [2, 3, 1][usize::try_from(number / 100 - 1).expect("1xx to 3xx")],
    };
    assert_eq!(output.status.code(), Some(expected), "{text}");
    json
}

/// The object without a member that only the command line prints.
pub(crate) fn without(mut object: Json, member: &str) -> Json {
    if let Some(members) = object.as_object_mut() {
        members.remove(member);
    }
    object
}

/// The error of a result, as the whole result.
pub(crate) fn refusal(object: &Json) -> Option<Json> {
    object.get("error").map(|error| json!({ "error": error }))
}
