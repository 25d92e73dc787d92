//! Findings for people: what is wrong, why, and what to do, wrapped to the terminal.

use std::io::{self, IsTerminal as _};

use anstyle::Style;
use terminal_size::{Width, terminal_size_of};

use crate::output::{NAME, Ui, in_a_line};

/// One finding. What is empty is left out.
pub(crate) struct Finding<'t> {
    /// How bad it is: `fail`.
    pub(crate) label: &'t str,
    pub(crate) style: Style,
    pub(crate) id: &'t str,
    pub(crate) cause: &'t str,
    /// What was seen, a line each.
    pub(crate) seen: Vec<String>,
    pub(crate) remedy: &'t str,
}

/// How findings are laid out.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    ui: Ui,
    width: usize,
    /// Columns of the labels, and the gap behind them.
    indent: usize,
}

impl Layout {
    /// For findings with labels of `labels` characters at most.
    pub(crate) fn new(ui: Ui, labels: usize) -> Self {
        Self {
            ui,
            width: width(),
            indent: labels + 2,
        }
    }

    /// Columns of a line.
    pub(crate) fn width(self) -> usize {
        self.width
    }

    /// The lines of a finding: label and id, then cause, what was seen, and remedy below the id.
    pub(crate) fn finding(self, finding: &Finding<'_>) -> String {
        let mut text = self.head(finding.label, finding.style);
        text.push_str(&self.ui.paint(NAME, finding.id));
        text.push('\n');
        text.push_str(&self.below(finding.cause));
        for line in &finding.seen {
            text.push_str(&self.below(line));
        }
        if !finding.remedy.is_empty() {
            text.push_str(&self.below(&format!("help: {}", finding.remedy)));
        }
        text
    }

    /// The label, up to where the text begins.
    fn head(self, label: &str, style: Style) -> String {
        let gap = " ".repeat(self.indent.saturating_sub(label.chars().count()));
        self.ui.paint(style, label) + &gap
    }

    /// Lines of `text` below the ids.
    pub(crate) fn below(self, text: &str) -> String {
        let indent = " ".repeat(self.indent);
        let lines = wrapped(&in_a_line(text), self.width.saturating_sub(self.indent));
        lines
            .iter()
            .map(|line| format!("{indent}{line}\n"))
            .collect()
    }

    /// Lines of `text` from the first column on.
    pub(crate) fn whole(self, text: &str) -> String {
        wrapped(&in_a_line(text), self.width).join("\n") + "\n"
    }
}

/// `text` in lines of at most `width` characters. A longer word stands on a line of its own, whole: it may be
/// something to copy.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut room = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if length < room => {
                line.push(' ');
                line.push_str(word);
                room -= length + 1;
            }
            _ => {
                lines.push(word.to_owned());
                room = width.saturating_sub(length);
            }
        }
    }
    lines
}

/// The terminal's width, up to where lines are still easy to read; without one, what COLUMNS says.
fn width() -> usize {
    let out = io::stdout();
    let terminal = out.is_terminal().then(|| terminal_size_of(&out)).flatten();
    let columns = match terminal {
        Some((Width(columns), _)) => Some(usize::from(columns)),
        None => std::env::var("COLUMNS")
            .ok()
            .and_then(|text| text.parse().ok()),
    };
    columns.unwrap_or(WIDEST).clamp(NARROWEST, WIDEST)
}

const WIDEST: usize = 100;
/// Narrower terminals wrap by themselves; some say 0.
const NARROWEST: usize = 20;

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn words_are_wrapped_and_never_broken() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("one two three", 6), ["one", "two", "three"]);
        assert_eq!(
            wrapped("a  longerthanthis b c", 3),
            ["a", "longerthanthis", "b c"]
        );
        assert_eq!(wrapped("é é é", 3), ["é é", "é"]);
        assert!(wrapped("", 3).is_empty());
        assert_eq!(wrapped("a b", 0), ["a", "b"]);
    }
}
