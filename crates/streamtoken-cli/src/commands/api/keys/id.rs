//! Ids of keys in commands to paste. They come from the API and may be anything.

use crate::commands::key::write::quoted;
use crate::output::in_a_line;

/// The command that deletes the key, to be pasted into a shell.
pub(super) fn deletion(id: &str) -> String {
    // What begins like a flag is none behind the two dashes.
    let dashes = if id.starts_with('-') { "-- " } else { "" };
    let id = in_a_line(&quoted(id));
    format!("streamtoken api keys delete {dashes}{id}")
}

/// The same, without a question.
pub(super) fn revocation(id: &str) -> String {
    deletion(id).replacen(" delete", " delete --yes", 1)
}

#[cfg(test)]
mod tests {
    use super::{deletion, revocation};

    #[test]
    fn an_id_cannot_end_the_command_that_it_is_pasted_in() {
        let command = "streamtoken api keys delete ";
        for (id, word) in [
            ("e9db", "e9db"),
            ("", "''"),
            ("a; rm b", "'a; rm b'"),
            ("$(rm b)", "'$(rm b)'"),
            ("a'b", r"'a'\''b'"),
            ("a\nrm b\u{1b}", r"'a\nrm b\u{1b}'"),
            ("-y", "-- -y"),
        ] {
            assert_eq!(deletion(id), format!("{command}{word}"));
            assert_eq!(revocation(id), format!("{command}--yes {word}"));
        }
    }
}
