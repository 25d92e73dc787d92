//! What becomes of viewers, over all whom the rules can tell apart.

use std::collections::{BTreeSet, HashMap};

use super::rules::Reached;
use crate::rules::{Bounds, Items};
use crate::{Action, Country};

/// The viewers whom the rules can tell apart. Who is reduced to the rules that match, a bit for each in the
/// order of `reached`, has no more cases than five rules make, however long their lists are.
pub(super) struct Outcomes<'r, 'd> {
    reached: &'r [Reached<'d>],
    /// Of each family, the sets of rules of networks that match the same address.
    addresses: [BTreeSet<u8>; 2],
    /// The sets of rules of countries that match the same country; there is always one that none names.
    countries: BTreeSet<u8>,
}

/// What may become of some viewers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Fate {
    allowed: bool,
    blocked: bool,
}

impl Fate {
    pub(super) const ALLOWED: Self = Self {
        allowed: true,
        blocked: false,
    };
    pub(super) const BLOCKED: Self = Self {
        allowed: false,
        blocked: true,
    };

    const fn of(action: Action) -> Self {
        match action {
            Action::Allow => Self::ALLOWED,
            Action::Block => Self::BLOCKED,
        }
    }

    const fn or(self, other: Self) -> Self {
        Self {
            allowed: self.allowed || other.allowed,
            blocked: self.blocked || other.blocked,
        }
    }
}

impl<'r, 'd> Outcomes<'r, 'd> {
    pub(super) fn of(reached: &'r [Reached<'d>]) -> Self {
        Self {
            reached,
            addresses: [addresses(reached, false), addresses(reached, true)],
            countries: countries(reached),
        }
    }

    /// What becomes of viewers of both families.
    pub(super) fn everyone(&self) -> Fate {
        self.of_family(false).or(self.of_family(true))
    }

    /// What becomes of viewers of one family.
    pub(super) fn of_family(&self, is_v6: bool) -> Fate {
        let fates = self.addresses[usize::from(is_v6)].iter();
        fates.fold(Fate::default(), |fate, mask| {
            fate.or(self.of_address(*mask))
        })
    }

    /// What becomes of viewers whom no network matches, by their countries.
    pub(super) fn in_no_network(&self) -> Fate {
        self.of_address(0)
    }

    /// Whether each family has addresses that no network matches.
    pub(super) fn has_unmatched_addresses(&self) -> bool {
        self.addresses.iter().all(|masks| masks.contains(&0))
    }

    /// The last rule that decides for anybody.
    pub(super) fn last_deciding(&self) -> Option<usize> {
        self.masks().filter_map(|mask| self.decide(mask).1).max()
    }

    /// The block rules that would decide for viewers for whom the rule at `index` of those reached decides,
    /// as indices of the same kind. No rule is of any, and all of each was understood.
    pub(super) fn exempted_from(&self, index: usize) -> BTreeSet<usize> {
        let decided = self
            .masks()
            .filter(|mask| mask.trailing_zeros() as usize == index);
        let next = decided.map(|mask| (mask & (mask - 1)).trailing_zeros() as usize);
        let is_block = |next: &usize| {
            let next = self.reached.get(*next).and_then(|(_, draft)| *draft);
            next.is_some_and(|draft| draft.action == Action::Block)
        };
        next.filter(is_block).collect()
    }

    fn masks(&self) -> impl Iterator<Item = u8> {
        let addresses = self.addresses.iter().flatten();
        addresses.flat_map(|address| self.countries.iter().map(move |country| address | country))
    }

    fn of_address(&self, address: u8) -> Fate {
        let of = |country| self.decide(address | country).0;
        self.countries
            .iter()
            .map(of)
            .fold(Fate::default(), Fate::or)
    }

    /// What may become of viewers whom the rules of `mask` match, and the rule that decides for sure. A rule
    /// that was not understood may match them.
    fn decide(&self, mask: u8) -> (Fate, Option<usize>) {
        let mut fate = Fate::default();
        for (bit, (rule, draft)) in self.reached.iter().enumerate() {
            let Some(draft) = draft else {
                fate = fate.or(Fate::ALLOWED).or(Fate::BLOCKED);
                continue;
            };
            let matches = matches!(draft.who, Items::Any) || mask & (1 << bit) != 0;
            if matches || !draft.whole {
                fate = fate.or(Fate::of(draft.action));
            }
            if matches {
                return (fate, Some(*rule));
            }
        }
        (fate.or(Fate::ALLOWED), None)
    }
}

fn countries(reached: &[Reached<'_>]) -> BTreeSet<u8> {
    let mut masks: HashMap<Country, u8> = HashMap::new();
    for (bit, (_, draft)) in reached.iter().enumerate() {
        if let Some(Items::Country(list)) = draft.map(|draft| &draft.who) {
            for (_, country) in list {
                *masks.entry(*country).or_default() |= 1 << bit;
            }
        }
    }
    masks.into_values().chain([0]).collect()
}

/// Goes through the addresses of a family from one end of a network to the next.
fn addresses(reached: &[Reached<'_>], is_v6: bool) -> BTreeSet<u8> {
    let end = if is_v6 { u128::MAX } else { u32::MAX.into() };
    let mut events: Vec<(u128, usize, i32)> = Vec::new();
    for (bit, (_, draft)) in reached.iter().enumerate() {
        let Some(Items::Ip(list)) = draft.map(|draft| &draft.who) else {
            continue;
        };
        let bounds = list.iter().map(|(_, network)| network.bounds());
        for Bounds { first, last, .. } in bounds.filter(|bounds| bounds.is_v6 == is_v6) {
            events.push((first, bit, 1));
            if last < end {
                events.push((last + 1, bit, -1));
            }
        }
    }
    events.sort_unstable();
    let mut around = [0_i32; 8];
    let mut masks = BTreeSet::new();
    let mut at = 0;
    for (address, bit, change) in events {
        if address > at {
            masks.insert(mask(&around));
            at = address;
        }
        around[bit] += change;
    }
    masks.insert(mask(&around));
    masks
}

fn mask(around: &[i32; 8]) -> u8 {
    let bits = around.iter().enumerate();
    bits.filter(|(_, count)| **count > 0)
        .fold(0, |mask, (bit, _)| mask | 1 << bit)
}
