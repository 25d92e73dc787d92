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
                Entry::Vacant(vacant) => {
                    vacant.insert(*rule);
                }
                Entry::Occupied(earlier) => {
                    out.item(Warning::CountryShadowed, place, || match *earlier.get() {
                        earlier if earlier == *rule => {
                            format!("{country} stands in this list already")
                        }
                        earlier => {
                            format!(
                                "{country} is decided by access rule {} already",
                                earlier + 1
                            )
                        }
                    })
                }
            }
            if ["T1", "XX"].contains(&country.as_str()) {
                out.item(Warning::CountryUnknownPlace, place, || {
                    let meaning = if country.as_str() == "T1" { "Tor" } else { "an unknown place" };
                    format!(
                        "{country} stands for {meaning}, and whether Stream's rules know it is undocumented"
                    )
                });
            }
        }
    }
}
