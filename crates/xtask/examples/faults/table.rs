//! The table of cases, as the server sees it: what to answer to whom, and who asked how often.

use std::collections::HashMap;
use std::fs;
use std::sync::Mutex;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::Value;
use streamtoken::SigningKey;

use crate::answer::Answer;

/// Answers by case, and counts by the first segment of a path: `{id}.{unique}`.
pub(crate) struct Table {
    answers: HashMap<String, Vec<Answer>>,
    counts: Mutex<HashMap<String, usize>>,
}

/// The members that the server needs; the others are the runners'.
#[derive(Deserialize)]
struct Case {
    id: String,
    #[serde(default)]
    answers: Vec<Answer>,
}

impl Table {
    pub(crate) fn read() -> Result<Self> {
        let file = xtask::root().join("crates/streamtoken/vectors/client/faults.json");
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let cases: Vec<Case> = serde_json::from_str(&text).context("faults.json")?;
        let example = Example::read()?;
        let mut answers = HashMap::new();
        for mut case in cases {
            for answer in &mut case.answers {
                answer.fill_in(&example);
            }
            let known = answers.insert(case.id.clone(), case.answers);
            ensure!(known.is_none(), "{} is the id of two cases", case.id);
        }
        Ok(Self {
            answers,
            counts: Mutex::default(),
        })
    }

    /// Counts a request, and gives its answer: the last one of the case when there are no more.
    pub(crate) fn ask(&self, segment: &str) -> Option<&Answer> {
        let mut counts = self.counts.lock().expect("no thread panics with it");
        let count = counts.entry(segment.to_owned()).or_default();
        *count += 1;
        let (id, _) = segment.split_once('.')?;
        let answers = self.answers.get(id)?;
        answers.get(*count - 1).or_else(|| answers.last())
    }

    pub(crate) fn count(&self, segment: &str) -> usize {
        let counts = self.counts.lock().expect("no thread panics with it");
        counts.get(segment).copied().unwrap_or_default()
    }
}

/// The published example key and token.
pub(crate) struct Example {
    pub(crate) token: String,
    pub(crate) key: SigningKey,
}

impl Example {
    fn read() -> Result<Self> {
        let file = xtask::root().join("crates/streamtoken/vectors/example-key.json");
        let example: Value = serde_json::from_str(&fs::read_to_string(file)?)?;
        let text = |name: &str| example[name].as_str().unwrap_or_default().to_owned();
        Ok(Self {
            token: text("token"),
            key: SigningKey::load(text("pem_base64"), Some(&text("key_id")))?,
        })
    }
}
