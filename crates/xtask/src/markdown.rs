//! Programs in the documentation.

use std::fs;

use anyhow::{Context as _, Result};

use crate::project;

/// The contents of all blocks fenced as `language`.
pub(crate) fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("\n```{language}\n");
    let starts = text.split(fence.as_str()).skip(1);
    starts
        .filter_map(|rest| rest.split_once("\n```").map(|(block, _)| block.to_owned()))
        .collect()
}

/// The first of a page, as a file has it.
pub(crate) fn first_block(page: &str, language: &str) -> Result<String> {
    let text = fs::read_to_string(project::root().join(page))?;
    let first = blocks(&text, language).into_iter().next();
    let first = first.with_context(|| format!("{page} has no block of {language}"))?;
    Ok(first + "\n")
}

#[cfg(test)]
mod tests {
    #[test]
    fn blocks_are_found_by_their_fence() {
        let text = "a\n```js\none\n\ntwo\n```\n```sh\nno\n```\nb\n```js\nthree\n```\n";
        assert_eq!(super::blocks(text, "js"), ["one\n\ntwo", "three"]);
        assert!(super::blocks(text, "python").is_empty());
    }

    #[test]
    fn a_page_without_a_block_has_no_first_one() {
        let first = super::first_block("bindings/c/README.md", "cpp").unwrap();
        assert!(first.starts_with('#') && first.ends_with("}\n"), "{first}");
        assert!(super::first_block("bindings/c/README.md", "cobol").is_err());
    }
}
