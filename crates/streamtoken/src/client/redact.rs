//! Texts of other machines, made fit to be shown.

use zeroize::Zeroizing;

use crate::Value;

/// Longest text that is shown, in characters.
const MAX_TEXT: usize = 300;
/// Longest word that is shown whole: ids, codes and addresses of pages are shorter, keys and tokens longer.
const MAX_WORD: usize = 120;

/// `text` without control characters, without `secrets`, and short.
pub(super) fn shown<'s>(text: &str, secrets: impl Iterator<Item = &'s str>) -> String {
    let mut text = Zeroizing::new(text.to_owned());
    for secret in secrets {
        text = Zeroizing::new(text.replace(secret, "[redacted]"));
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

#[cfg(test)]
mod tests {
    use super::{shown, shown_value};
    use crate::Value;

    fn plain(text: &str) -> String {
        shown(text, std::iter::empty())
    }

    #[test]
    fn secrets_are_left_out_wherever_they_are() {
        let secrets = ["abc", "xyz.1"];
        assert_eq!(
            shown("Bearer abc, xyz.1;xyzabc", secrets.into_iter()),
            "Bearer [redacted], [redacted];xyz[redacted]"
        );
        let value = Value::parse(r#"{"abc":["xyz.1",{"a":"-abc-"}],"n":1,"z":null}"#).unwrap();
        let shown = format!("{:?}", shown_value(&value, &secrets));
        assert!(!shown.contains("abc") && !shown.contains("xyz"), "{shown}");
        assert!(shown.contains("Integer(1)"));
    }

    #[test]
    fn long_words_are_cut_and_others_are_not() {
        let word = "x".repeat(120);
        assert_eq!(plain(&format!("a {word} b")), format!("a {word} b"));
        assert_eq!(plain(&format!("a {word}x b")), "a xxxxxxxxxxxx\u{2026} b");
        let word = "\u{e4}".repeat(121);
        assert_eq!(plain(&word), format!("{}\u{2026}", "\u{e4}".repeat(12)));
    }

    #[test]
    fn texts_are_short_and_of_one_line() {
        assert_eq!(
            plain("a\r\nb\t\u{1b}[31mc\0d\u{85}e\u{9b}f  "),
            "a b [31mc d e f"
        );
        assert_eq!(plain(""), "");
        let long = plain(&"\u{e4}b ".repeat(200));
        assert_eq!(long.chars().count(), 301);
        assert!(long.ends_with('\u{2026}'));
    }
}
