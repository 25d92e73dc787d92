//! One answer, with what is wrong about it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::table::Example;

/// What is sent. A status of success with `result` in its envelope, unless something else is said.
///
/// In texts, `{token}`, `{key_id}`, `{pem}` and `{jwk}` stand for those of the published example, `{case}`
/// for the first segment of the request's path.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    #[serde(default = "ok")]
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// Goes into an envelope of success.
    #[serde(default)]
    result: Value,
    /// The whole body instead: text as it is, anything else as JSON.
    body: Option<Value>,
    /// The length that the headers say, if it is not the body's.
    length: Option<usize>,
    /// Blanks follow the body until it has so many bytes.
    pad_to: Option<usize>,
    #[serde(default)]
    pub(crate) fault: Option<Fault>,
}

/// Where an answer goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fault {
    /// A reset before the first byte.
    ResetBefore,
    /// A reset in the middle of the headers.
    ResetHead,
    /// A reset in the middle of the body.
    ResetBody,
    /// An orderly end of the connection at the same places.
    CloseBefore,
    CloseHead,
    CloseBody,
    /// Silence at the same places.
    HangBefore,
    HangHead,
    HangBody,
    /// One byte a second, from the first byte or from that of the body on.
    SlowHead,
    SlowBody,
    /// Header after header.
    EndlessHead,
    /// Byte after byte, in chunks.
    EndlessBody,
    /// What is no HTTP.
    Garbage,
}

fn ok() -> u16 {
    200
}

impl Answer {
    /// Puts the example in place of its names.
    pub(crate) fn fill_in(&mut self, example: &Example) {
        let (pem, jwk) = (example.key.to_pem_base64(), example.key.to_jwk_base64());
        let texts = [
            ("{token}", example.token.as_str()),
            ("{key_id}", example.key.id()),
            ("{pem}", &pem),
            ("{jwk}", &jwk),
        ];
        let body = self.body.as_mut();
        for value in body.into_iter().chain([&mut self.result]) {
            replace(value, &texts);
        }
    }

    /// The status line and the headers, and the body.
    pub(crate) fn parts(&self, case: &str) -> (Vec<u8>, Vec<u8>) {
        let mut body = match &self.body {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => json!({
                "success": true, "errors": [], "messages": [], "result": self.result,
            })
            .to_string(),
        };
        while self.pad_to.is_some_and(|length| body.len() < length) {
            body.push(' ');
        }
        let mut head = format!("HTTP/1.1 {} Said So\r\n", self.status);
        let mut line = |name: &str, value: &str| {
            write!(head, "{name}: {value}\r\n").expect("writing to a string");
        };
        line("connection", "close");
        if self.fault == Some(Fault::EndlessBody) {
            line("transfer-encoding", "chunked");
        } else {
            let length = self.length.unwrap_or(body.len());
            line("content-length", &length.to_string());
        }
        if !self.headers.contains_key("content-type") {
            line("content-type", "application/json");
        }
        for (name, value) in &self.headers {
            line(name, &value.replace("{case}", case));
        }
        head.push_str("\r\n");
        (head.into_bytes(), body.into_bytes())
    }
}

fn replace(value: &mut Value, texts: &[(&str, &str)]) {
    match value {
        Value::String(text) => {
            for (name, other) in texts {
                *text = text.replace(name, other);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, texts)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| replace(member, texts)),
        _ => {}
    }
}
