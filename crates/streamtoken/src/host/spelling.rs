//! How host languages spell the names of options.

use std::iter;

/// The spelling of names in a host language. Names on the wire are Cloudflare's (`accessRules`) and ours
/// (`expires_in`); Python and JavaScript each have one way to write both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Spelling {
    /// `access_rules`, `expires_in`: Python, and the names of C's functions.
    Snake,
    /// `accessRules`, `expiresIn`: JavaScript.
    Camel,
}

impl Spelling {
    /// The wire name among `known` that `given` spells.
    ///
    /// A wire name is taken as it is, so that code which has it on the wire need not rename anything.
    /// Anything else comes back unchanged: whoever reads the options refuses it, and refuses two
    /// spellings of one name as the same member twice.
    pub fn wire_name<'n>(self, known: &[&'static str], given: &'n str) -> &'n str {
        if known.contains(&given) {
            return given;
        }
        known
            .iter()
            .find(|wire| self.spell(wire) == given)
            .map_or(given, |wire| *wire)
    }

    /// `wire` as the host language writes it.
    pub fn spell(self, wire: &str) -> String {
        match self {
            Self::Snake => snake(wire),
            Self::Camel => camel(wire),
        }
    }
}

fn snake(name: &str) -> String {
    name.chars()
        .flat_map(|c| {
            let separator = c.is_ascii_uppercase().then_some('_');
            separator
                .into_iter()
                .chain(iter::once(c.to_ascii_lowercase()))
        })
        .collect()
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        let mut letters = word.chars();
        name.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        name.push_str(letters.as_str());
        name
    })
}

#[cfg(test)]
mod tests {
    use super::Spelling::{Camel, Snake};

    #[test]
    fn each_language_has_its_spelling_and_takes_the_wire_name() {
        let known = &["accessRules", "expires_in", "exp"];
        for (spelling, given, wire) in [
            (Snake, "access_rules", "accessRules"),
            (Snake, "accessRules", "accessRules"),
            (Snake, "expires_in", "expires_in"),
            (Snake, "expiresIn", "expiresIn"),
            (Camel, "expiresIn", "expires_in"),
            (Camel, "expires_in", "expires_in"),
            (Camel, "access_rules", "access_rules"),
            (Camel, "exp", "exp"),
            (Camel, "ExpiresIn", "ExpiresIn"),
            (Camel, "", ""),
        ] {
            assert_eq!(spelling.wire_name(known, given), wire, "{given}");
        }
    }
}
