//! The format of the golden vectors (`vectors/README.md`), shared by the runners in Rust.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use streamtoken::{Error, Value};

/// One file of cases.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) comment: String,
    /// Why a group of cases matters; every flag that a case names stands here.
    pub(crate) flags: std::collections::BTreeMap<String, String>,
    pub(crate) cases: Vec<Case>,
}

/// One golden case.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) comment: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) flags: Vec<String>,
    pub(crate) operation: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) now: Option<u64>,
    pub(crate) input: Json,
    /// The exact result, or `{"error": {code, number, field, message}}`.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub(crate) expect: Json,
}

impl Case {
    /// The member `name` of the input as a string.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.optional_text(name)
            .unwrap_or_else(|| panic!("{}: input.{name} is a string", self.id))
    }

    /// The member `name` of the input as a string, when it is there.
    pub(crate) fn optional_text(&self, name: &str) -> Option<&str> {
        self.input.get(name).map(|value| {
            value
                .as_str()
                .unwrap_or_else(|| panic!("{}: input.{name} is a string", self.id))
        })
    }

    /// The member `name` of the input as a loosely typed value; `{"$float": "NaN"}` stands for a number
    /// that JSON cannot say. An empty object when it is absent.
    pub(crate) fn value(&self, name: &str) -> Value {
        let json = self.input.get(name).cloned().unwrap_or_else(|| json!({}));
        unwrap_floats(Value::parse(json.to_string()).expect("vectors hold JSON"))
    }

    /// The content that the input describes: the bytes in `base64`, or the text in the member `name`,
    /// `repeat` times when that is given.
    pub(crate) fn content(&self, name: &str) -> Vec<u8> {
        match self.optional_text("base64") {
            Some(bytes) => STANDARD.decode(bytes).expect("input.base64 is base64"),
            None => self.text(name).repeat(self.repeat()).into_bytes(),
        }
    }

    /// A JWK set: the text in `jwks`, or as many copies of `member` as `repeat` says, `{n}` in each
    /// replaced by its number.
    pub(crate) fn key_set(&self) -> String {
        let Some(member) = self.optional_text("member") else {
            return self.text("jwks").to_owned();
        };
        let members: Vec<_> = (0..self.repeat())
            .map(|n| member.replace("{n}", &n.to_string()))
            .collect();
        format!("{{\"keys\":[{}]}}", members.join(","))
    }

    fn repeat(&self) -> usize {
        let times = self.input.get("repeat").map_or(Some(1), Json::as_u64);
        let times = times.and_then(|times| usize::try_from(times).ok());
        times.unwrap_or_else(|| panic!("{}: input.repeat is a number", self.id))
    }

    /// Fails on a member of the input that the operation does not know.
    pub(crate) fn knows_only(&self, names: &[&str]) {
        for name in self.input.as_object().expect("input is an object").keys() {
            assert!(
                names.contains(&name.as_str()),
                "{}: unknown input.{name}",
                self.id
            );
        }
    }

    /// Compares `result` with the golden one; returns what differs.
    pub(crate) fn judge(&self, result: Result<Json, Error>) -> Result<(), String> {
        let found = result.unwrap_or_else(|error| json!({ "error": error }));
        if found == self.expect {
            return Ok(());
        }
        Err(format!(
            "{} ({})\n  expected {}\n  found    {found}",
            self.id, self.comment, self.expect
        ))
    }
}

fn unwrap_floats(value: Value) -> Value {
    if let Some(text) = value.get("$float").and_then(Value::as_str) {
        return Value::Float(text.parse().expect("$float holds a number"));
    }
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(unwrap_floats).collect()),
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, value)| (name, unwrap_floats(value)))
                .collect(),
        ),
        other => other,
    }
}

/// The folder of the vectors.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .find(|folder| folder.ends_with("crates"))
        .expect("this crate lives in crates/")
        .join("streamtoken/vectors")
}

/// All files of cases by name, in the order of their names.
pub(crate) fn files() -> Vec<(PathBuf, File)> {
    let mut paths: Vec<_> = fs::read_dir(folder())
        .expect("the vectors are there")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .filter(|path| !path.ends_with("example-key.json"))
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a readable file");
            let file = serde_json::from_str(&text)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path, file)
        })
        .collect()
}

/// The published example: key, token and what they were made from.
pub(crate) fn example() -> Json {
    let text = fs::read_to_string(folder().join("example-key.json")).expect("the example");
    serde_json::from_str(&text).expect("JSON")
}
