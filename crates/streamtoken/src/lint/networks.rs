//! Networks of rules.

use super::Warning;
use super::collect::Warnings;
use super::reserved;
use super::rules::Reached;
use crate::rules::{Bounds, Draft, Items};
use crate::{Action, Network};

pub(super) fn warnings(reached: &[Reached<'_>], out: &mut Warnings) {
    let mut all = Vec::new();
    for (rule, draft) in reached {
        let Some(Items::Ip(list)) = draft.map(|draft| &draft.who) else {
            continue;
        };
        for (index, network) in list {
            one_network(network, (*rule, "ip", *index), out);
            all.push(Placed {
                bounds: network.bounds(),
                rule: *rule,
                index: *index,
                network,
            });
        }
    }
    one_family(&all, reached, out);
    shadowed(all, out);
}

fn one_network(network: &Network, place: (usize, &'static str, usize), out: &mut Warnings) {
    let is_v6 = network.bounds().is_v6;
    if network.prefix_length() == 0 {
        out.item(Warning::NetworkCoversAll, place, || {
            let (family, other) = families(is_v6);
            format!("{network} is every {family} address, and no {other} address")
        });
    }
    let narrow = if is_v6 { 65 } else { 32 };
    if network.prefix_length() >= narrow {
        out.item(Warning::SingleAddress, place, || {
            let what = if is_v6 && network.prefix_length() < 128 {
                "is smaller than the /64 in which one device changes its address"
            } else {
                "is a single address"
            };
            format!(
                "{network} {what}; a viewer whose address changes during the view no longer matches"
            )
        });
    }
    if let Some(range) = reserved::range_of(&network.bounds()) {
        out.item(Warning::ReservedRange, place, || {
            format!("{network} is {range}: no viewer comes to the edge from there")
        });
    }
}

const fn families(is_v6: bool) -> (&'static str, &'static str) {
    if is_v6 {
        ("IPv6", "IPv4")
    } else {
        ("IPv4", "IPv6")
    }
}

/// Whether one of the networks holds all addresses of the family.
pub(super) fn covers_family(list: &[(usize, Network)], is_v6: bool) -> bool {
    list.iter()
        .any(|(_, network)| network.prefix_length() == 0 && network.bounds().is_v6 == is_v6)
}

fn one_family(all: &[Placed<'_>], reached: &[Reached<'_>], out: &mut Warnings) {
    let Some(first) = all.first() else { return };
    let is_v6 = first.bounds.is_v6;
    let unsure = |(_, draft): &Reached<'_>| draft.is_none_or(|draft| !draft.whole);
    if reached.iter().any(unsure) || all.iter().any(|placed| placed.bounds.is_v6 != is_v6) {
        return;
    }
    out.rule(Warning::OneAddressFamily, first.rule, || {
        let (family, other) = families(is_v6);
        let fate = fate_of_others(reached.iter().filter_map(|(_, draft)| *draft));
        format!("all networks are {family}, so viewers who come by {other} {fate}")
    });
}

/// What happens to viewers whom no network matches.
fn fate_of_others<'d>(mut drafts: impl Iterator<Item = &'d Draft>) -> &'static str {
    match drafts.find(|draft| !matches!(draft.who, Items::Ip(_))) {
        None => "are always allowed",
        Some(draft) => match (&draft.who, draft.action) {
            (Items::Any, Action::Block) => "are always blocked",
            (Items::Any, Action::Allow) => "are always allowed",
            _ => "are judged by their country alone",
        },
    }
}

/// A network and where it stands.
struct Placed<'n> {
    bounds: Bounds,
    rule: usize,
    index: usize,
    network: &'n Network,
}

impl Bounds {
    fn holds(&self, inner: &Self) -> bool {
        self.is_v6 == inner.is_v6 && self.first <= inner.first && inner.last <= self.last
    }
}

/// In the order of first addresses, wider ones first, what holds a network stands before it: one pass finds
/// for each the earliest rule that covers it.
fn shadowed(mut all: Vec<Placed<'_>>, out: &mut Warnings) {
    all.sort_by_key(|placed| {
        let Bounds { is_v6, first, last } = placed.bounds;
        (
            is_v6,
            first,
            std::cmp::Reverse(last),
            placed.rule,
            placed.index,
        )
    });
    // The networks that hold the current one, each with the earliest rule among them.
    let mut around: Vec<(&Placed<'_>, &Placed<'_>)> = Vec::new();
    for placed in &all {
        while around
            .pop_if(|(outer, _)| !outer.bounds.holds(&placed.bounds))
            .is_some()
        {}
        let earliest = around.last().map(|(_, earliest)| *earliest);
        let covering = earliest.filter(|earliest| earliest.rule <= placed.rule);
        if let Some(covering) = covering {
            out.item(
                Warning::NetworkShadowed,
                (placed.rule, "ip", placed.index),
                || shadow(placed, covering),
            );
        }
        around.push((placed, covering.unwrap_or(placed)));
    }
}

fn shadow(placed: &Placed<'_>, covering: &Placed<'_>) -> String {
    let (network, by, rule) = (placed.network, covering.network, covering.rule + 1);
    let is_same = placed.bounds == covering.bounds;
    match (placed.rule == covering.rule, is_same) {
        (true, true) => format!("{network} stands in this list already"),
        (true, false) => format!("{network} lies in {by} of the same list"),
        (false, true) => format!("{network} is decided by access rule {rule} already"),
        (false, false) => {
            format!("{network} lies in {by}, which access rule {rule} decides already")
        }
    }
}

/// Whether an address lies in a network of each list.
pub(super) fn overlap(one: &[(usize, Network)], other: &[(usize, Network)]) -> bool {
    let sorted = |list: &[(usize, Network)]| {
        let mut bounds: Vec<_> = list.iter().map(|(_, network)| network.bounds()).collect();
        bounds.sort_unstable();
        bounds
    };
    let (one, other) = (sorted(one), sorted(other));
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    while let (Some(a), Some(b)) = (one.peek(), other.peek()) {
        // What ends before the other begins meets nothing that comes later either.
        if (a.is_v6, a.last) < (b.is_v6, b.first) {
            one.next();
        } else if (b.is_v6, b.last) < (a.is_v6, a.first) {
            other.next();
        } else {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::overlap;
    use crate::Network;

    /// Networks in a small space, so that they meet often.
    fn networks() -> impl Strategy<Value = Vec<(usize, Network)>> {
        let network = (any::<bool>(), 0_u32..16, 28_u8..=32).prop_map(|(is_v6, low, length)| {
            let low = low & (u32::MAX << (32 - length));
            let text = if is_v6 {
                format!("2400:cb00::{low:x}/{}", length + 96)
            } else {
                format!("93.184.216.{low}/{length}")
            };
            (0, text.parse().unwrap())
        });
        proptest::collection::vec(network, 0..6)
    }

    proptest! {
        #[test]
        fn lists_overlap_when_two_of_their_networks_do(one in networks(), other in networks()) {
            let meet = |a: &Network, b: &Network| {
                let (a, b) = (a.bounds(), b.bounds());
                a.holds(&b) || b.holds(&a)
            };
            let expected = one.iter().any(|(_, a)| other.iter().any(|(_, b)| meet(a, b)));
            prop_assert_eq!(overlap(&one, &other), expected);
        }
    }
}
