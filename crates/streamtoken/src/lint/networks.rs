//! Networks of rules.

use super::Warning;
use super::collect::Warnings;
use super::outcomes::{Fate, Outcomes};
use super::reserved;
use super::rules::Reached;
use crate::rules::{Bounds, Draft, Items};
use crate::{Action, Network};

pub(super) fn warnings(reached: &[Reached<'_>], outcomes: &Outcomes<'_, '_>, out: &mut Warnings) {
    let mut all = Vec::new();
    for (rule, draft) in reached {
        let Some(Draft {
            action,
            who: Items::Ip(list),
            ..
        }) = draft
        else {
            continue;
        };
        for (index, network) in list {
            one_network(network, (*rule, "ip", *index), out);
            all.push(Placed {
                action: *action,
                bounds: network.bounds(),
                rule: *rule,
                index: *index,
                network,
            });
        }
    }
    one_family(&all, reached, outcomes, out);
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
    let range = reserved::range_of(network);
    let is_single = network.prefix_length() == if is_v6 { 128 } else { 32 };
    // No device changes its address within a range in which there are none.
    let is_part = is_v6 && network.prefix_length() > 64 && range.is_none();
    if is_single || is_part {
        out.item(Warning::SingleAddress, place, || {
            let what = if is_single {
                "is a single address"
            } else {
                "is smaller than the /64 in which one device changes its address"
            };
            format!(
                "{network} {what}; a viewer whose address changes during the view no longer matches"
            )
        });
    }
    if let Some((range, what)) = range {
        let is_one = range.prefix_len() == range.max_prefix_len();
        out.item(Warning::ReservedRange, place, || {
            let range = if is_one {
                range.addr().to_string()
            } else {
                range.to_string()
            };
            format!("{network} is {what} ({range}): no viewer comes to the edge from there")
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

fn one_family(
    all: &[Placed<'_>],
    reached: &[Reached<'_>],
    outcomes: &Outcomes<'_, '_>,
    out: &mut Warnings,
) {
    let unsure = |(_, draft): &Reached<'_>| draft.is_none_or(|draft| !draft.whole);
    if reached.iter().any(unsure) {
        return;
    }
    if let Some((rule, is_v6)) = only_family(all.iter()) {
        out.rule(Warning::OneAddressFamily, rule, || {
            let (family, other) = families(is_v6);
            let fate = told(
                outcomes.of_family(!is_v6),
                "are judged by their country alone",
            );
            format!("all networks are {family}, so viewers who come by {other} {fate}")
        });
        return;
    }
    let blocking = all.iter().filter(|placed| placed.action == Action::Block);
    let Some((rule, is_v6)) = only_family(blocking) else {
        return;
    };
    // Where everybody else is blocked, whom no network blocks has no way around the block.
    if outcomes.in_no_network() == Fate::BLOCKED {
        return;
    }
    out.rule(Warning::OneAddressFamily, rule, || {
        let (family, other) = families(is_v6);
        let fate = told(outcomes.of_family(!is_v6), "are blocked by no network");
        format!("all networks that are blocked are {family}, so viewers who come by {other} {fate}")
    });
}

/// The rule of the first network, and the family, when all are of one.
fn only_family<'p>(mut networks: impl Iterator<Item = &'p Placed<'p>>) -> Option<(usize, bool)> {
    let first = networks.next()?;
    let is_v6 = first.bounds.is_v6;
    networks
        .all(|placed| placed.bounds.is_v6 == is_v6)
        .then_some((first.rule, is_v6))
}

fn told(fate: Fate, otherwise: &'static str) -> &'static str {
    match fate {
        Fate::ALLOWED => "are always allowed",
        Fate::BLOCKED => "are always blocked",
        _ => otherwise,
    }
}

/// A network and where it stands.
struct Placed<'n> {
    action: Action,
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
