//! Keys, on standard input.

use serde_json::{Value as Json, json};

use crate::format::Case;
use crate::process::{EXAMPLE, object, refusal, streamtoken};

pub(crate) fn run(case: &Case) -> Json {
    match case.operation.as_str() {
        "key_set" => key_set(case),
        "key_export" => exported(case),
        operation => {
            case.knows_only(&["text", "base64", "repeat", "id"]);
            let (text, id) = (case.content("text"), case.optional_text("id"));
            match operation {
                "key_load" => loaded(&text, id),
                "key_describe" => key(&["show", "-"], &text, id),
                _ => public(&text, id),
            }
        }
    }
}

/// `streamtoken key …` with `text` on standard input.
fn key(command: &[&str], text: &[u8], id: Option<&str>) -> Json {
    let mut process = streamtoken(&["key"]);
    process
        .args(command)
        .args(id.map(|id| format!("--key-id={id}")));
    object(&mut process, text)
}

/// What is told of a private key that loads.
fn loaded(text: &[u8], id: Option<&str>) -> Json {
    let exported = key(&["export", "-", "--format", "jwk"], text, id);
    refusal(&exported).unwrap_or_else(|| {
        let id = exported["id"].as_str();
        let info = key(&["show", "-"], text, id);
        assert_eq!(
            (&info["private"], &info["id"]),
            (&json!(true), &exported["id"])
        );
        json!({
            "id": info["id"],
            "bits": info["bits"],
            "form": info["form"],
            "jwk": inner(&key(&["public", "-", "--format", "jwk"], text, id)),
        })
    })
}

fn public(text: &[u8], id: Option<&str>) -> Json {
    let pem = key(&["public", "-", "--format", "pem"], text, id);
    refusal(&pem).unwrap_or_else(|| {
        let info = key(&["show", "-"], text, id);
        json!({
            "id": pem["ids"][0],
            "bits": info["bits"],
            "thumbprint": info["thumbprint"],
            "pem": pem["key"],
            "jwk": inner(&key(&["public", "-", "--format", "jwk"], text, id)),
        })
    })
}

fn key_set(case: &Case) -> Json {
    case.knows_only(&["jwks", "member", "repeat"]);
    let set = key(&["public", "-"], case.key_set().as_bytes(), None);
    refusal(&set).unwrap_or_else(|| json!({ "ids": set["ids"], "jwks": inner(&set) }))
}

fn exported(case: &Case) -> Json {
    case.knows_only(&["form"]);
    let form = case.text("form").replace('_', "-");
    let exported = key(
        &["export", "-", "--format", &form],
        EXAMPLE.key.as_bytes(),
        Some(&EXAMPLE.key_id),
    );
    json!({ "text": exported["key"] })
}

/// The JSON text in the member `key`, as JSON.
fn inner(object: &Json) -> Json {
    serde_json::from_str(object["key"].as_str().expect("a text")).expect("JSON")
}
