//! The file of settings, in TOML.

use std::ops::Range;
use std::path::Path;

use streamtoken::{Error, ErrorCode, Result};
use toml::de::{DeTable, DeValue};

use super::Settings;
use crate::files;

/// Reads a file into `settings`.
pub(super) fn read(path: &Path, settings: &mut Settings) -> Result<()> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let message = format!("{shown} cannot be read: {}", files::reason(&error));
        Error::new(ErrorCode::ConfigInvalid, message)
    })?;
    let place = |span: Range<usize>| format!("{shown}, line {}:", line(&text, span.start));
    let table = DeTable::parse(&text).map_err(|error| {
        let place = place(error.span().unwrap_or_default());
        let message = format!("{place} {}", error.message());
        Error::new(ErrorCode::ConfigInvalid, message)
    })?;
    let mut entries: Vec<_> = table.get_ref().iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    for (name, value) in entries {
        let place = format!("{} {}", place(name.span()), name.get_ref());
        let value = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Boolean(truth) => truth.to_string(),
            other => {
                let reason = match other {
                    DeValue::Float(_) => "must be a whole number, or text in quotes",
                    _ => "has no value of one kind",
                };
                let message = format!("{place} {reason}");
                return Err(Error::new(ErrorCode::ConfigInvalid, message));
            }
        };
        settings.set(name.get_ref(), &value, &place)?;
    }
    Ok(())
}

/// The number of the line that this byte is in.
fn line(text: &str, byte: usize) -> usize {
    let before = &text.as_bytes()[..byte.min(text.len())];
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}
