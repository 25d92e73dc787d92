//! Countries of rules.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::Warning;
use super::collect::Warnings;
use super::rules::Reached;
use crate::Country;
use crate::rules::Items;

/// Whether both lists have a country.
pub(super) fn overlap(one: &[(usize, Country)], other: &[(usize, Country)]) -> bool {
    let one: HashSet<_> = one.iter().map(|(_, country)| country).collect();
    other.iter().any(|(_, country)| one.contains(country))
}

pub(super) fn warnings(reached: &[Reached<'_>], out: &mut Warnings) {
    let mut first = HashMap::new();
    for (rule, draft) in reached {
        let Some(Items::Country(list)) = draft.map(|draft| &draft.who) else {
            continue;
        };
        for (index, country) in list {
            let place = (*rule, "country", *index);
            match first.entry(country) {
                Entry::Vacant(entry) => {
                    entry.insert(*rule);
                }
                Entry::Occupied(earlier) => {
                    out.item(Warning::CountryShadowed, place, || {
                        shadow(country, *rule, *earlier.get())
                    });
                }
            }
            if let Some(place_of) = unknown_place(country) {
                out.item(Warning::CountryUnknownPlace, place, || {
                    format!(
                        "{country} stands for {place_of}, and whether Stream's rules know it is undocumented"
                    )
                });
            }
        }
    }
}

fn shadow(country: &Country, rule: usize, earlier: usize) -> String {
    if earlier == rule {
        format!("{country} stands in this list already")
    } else {
        format!(
            "{country} is decided by access rule {} already",
            earlier + 1
        )
    }
}

fn unknown_place(country: &Country) -> Option<&'static str> {
    match country.as_str() {
        "T1" => Some("Tor"),
        "XX" => Some("an unknown place"),
        _ => None,
    }
}
