//! Texts of other machines, made fit to be shown.

use crate::Value;

/// Longest text that is shown, in characters.
const MAX_TEXT: usize = 300;
/// Longest word that is shown whole: ids, codes and addresses of pages are shorter, keys and tokens longer.
const MAX_WORD: usize = 120;

/// `text` without control characters, without `secrets`, and short.
pub(super) fn shown<'s>(text: &str, secrets: impl Iterator<Item = &'s str>) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        text = text.replace(secret, "[redacted]");
    }
    let words = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .map(short_word);
    let mut shown = words.collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = shown.char_indices().nth(MAX_TEXT) {
        shown.truncate(end);
        shown.push('…');
    }
    shown
}

fn short_word(word: &str) -> String {
    match word.char_indices().nth(MAX_WORD) {
        None => word.to_owned(),
        Some(_) => word.chars().take(12).chain(['…']).collect(),
    }
}

/// The same for every text in `value`.
pub(super) fn shown_value(value: &Value, secrets: &[&str]) -> Value {
    let text = |text: &str| shown(text, secrets.iter().copied());
    match value {
        Value::String(string) => Value::String(text(string)),
        Value::Array(items) => Value::Array(
            items
                .iter()
                .map(|item| shown_value(item, secrets))
                .collect(),
        ),
        Value::Object(members) => {
            let members = members.iter();
            Value::Object(
                members
                    .map(|(name, value)| (text(name), shown_value(value, secrets)))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}
