//! What of a foreign text may be shown: ids and names, and nothing that could be a secret.

use crate::{Value, id::is_id};

/// A text that has the form of a video UID, key id or claim name.
pub(super) fn id(text: &str) -> Option<Value> {
    is_id(text, 32).then(|| Value::String(text.to_owned()))
}

/// A number or a short id; other values by their kind.
pub(super) fn scalar(value: &Value) -> Value {
    match value {
        Value::Integer(_) | Value::Float(_) | Value::Bool(_) | Value::Null => value.clone(),
        Value::String(text) => id(text).unwrap_or_else(|| Value::String(value.kind().to_owned())),
        other => Value::String(other.kind().to_owned()),
    }
}
