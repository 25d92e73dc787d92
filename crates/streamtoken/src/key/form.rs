//! What a text turned out to be.

use super::parts::Parts;

/// A key as it was read, with its checks still ahead.
pub(super) struct Material {
    pub(super) parts: Parts,
    /// The id that came with the key, already known to be one.
    pub(super) id: Option<String>,
    pub(super) form: Form,
}

/// The form of a key, in the words of `key show`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    /// Whether the whole was base64 once more.
    pub(super) base64: bool,
    pub(super) name: &'static str,
}

impl Form {
    pub(super) fn words(self) -> String {
        let prefix = if self.base64 { "base64 of " } else { "" };
        format!("{prefix}{}", self.name)
    }
}
