//! The functions of the C header.

use std::collections::BTreeSet;

/// The names of all functions that a header declares, read as the library's own naming allows: every
/// word `streamtoken_…` outside of comments that an opening parenthesis follows.
pub(crate) fn declared(header: &str) -> BTreeSet<String> {
    let code = without_comments(header);
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let mut names = BTreeSet::new();
    let mut rest = code.as_str();
    while let Some(start) = rest.find(is_word) {
        rest = &rest[start..];
        let end = rest
            .find(|character| !is_word(character))
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if word.starts_with("streamtoken_") && after.trim_start().starts_with('(') {
            names.insert(word.to_owned());
        }
        rest = after;
    }
    names
}

fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("/*").into_iter().chain(rest.find("//")).min() {
        out.push_str(&rest[..start]);
        let end = if rest[start..].starts_with("/*") {
            "*/"
        } else {
            "\n"
        };
        let comment = &rest[start + 2..];
        rest = comment.split_once(end).map_or("", |(_, after)| after);
        out.push(' ');
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::declared;

    #[test]
    fn functions_are_found_and_nothing_else() {
        let header = "/* streamtoken_in_comment(int) */\n\
            #define STREAMTOKEN_OK 0\n// streamtoken_in_line(\n\
            typedef struct streamtoken_error streamtoken_error;\n\
            typedef int (*streamtoken_callback)(void *data);\n\
            int32_t streamtoken_sign(const char *text, streamtoken_error **error);\n\
            const char *streamtoken_version (void); int my_streamtoken_x(void);\n";
        let expected = ["streamtoken_sign", "streamtoken_version"];
        assert!(declared(header).iter().eq(expected.iter()));
    }

    #[test]
    fn a_comment_without_an_end_ends_the_text() {
        assert!(declared("/* streamtoken_a(void);").is_empty());
        assert!(declared("// streamtoken_a(void);").is_empty());
    }
}
