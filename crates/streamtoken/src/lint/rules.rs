//! What rules that may be minted probably do not mean.
//!
//! A draft that is `None` was not understood: it may do anything, so nothing is said that depends on it.

use super::Warning;
use super::collect::Warnings;
use super::outcomes::{Fate, Outcomes};
use super::{countries, networks};
use crate::rules::{Bounds, Draft, Items};
use crate::{Action, Country};

/// All warnings about the rules.
pub(super) fn warnings(drafts: &[Option<Draft>]) -> Warnings {
    let mut out = Warnings::default();
    let reached = up_to_any(drafts);
    let ending = reached.len();
    for (rule, draft) in drafts.iter().enumerate().skip(ending) {
        if draft.is_some() {
            out.rule(Warning::RuleUnreachable, rule, || {
                format!(
                    "access rule {} is never read, because access rule {ending} matches every viewer",
                    rule + 1
                )
            });
        }
    }
    let (all, reached) = (reached, without_duplicates(reached, &mut out));
    allows_without_block(&reached, all, &mut out);
    if !reached.is_empty() {
        let outcomes = Outcomes::of(&reached);
        fates(&reached, all, &outcomes, &mut out);
        countries::warnings(&reached, &mut out);
        networks::warnings(&reached, &outcomes, &mut out);
    }
    out
}

/// What becomes of every viewer, whoever it is; `None` where that hangs on the viewer.
pub(super) fn fate_of_all(drafts: &[Option<Draft>]) -> Option<Action> {
    let reached = up_to_any(drafts).iter().map(Option::as_ref);
    let reached: Vec<_> = reached.enumerate().collect();
    match Outcomes::of(&reached).everyone() {
        Fate::ALLOWED => Some(Action::Allow),
        Fate::BLOCKED => Some(Action::Block),
        _ => None,
    }
}

/// A rule that some viewer may come to, with its index; `None` where it was not understood.
pub(super) type Reached<'d> = (usize, Option<&'d Draft>);

/// The rules up to the first of `any`, which nobody passes.
fn up_to_any(drafts: &[Option<Draft>]) -> &[Option<Draft>] {
    let is_any = |draft: &Option<Draft>| {
        let draft = draft.as_ref();
        draft.is_some_and(|draft| matches!(draft.who, Items::Any))
    };
    let end = drafts.iter().position(is_any);
    &drafts[..end.map_or(drafts.len(), |index| index + 1)]
}

fn without_duplicates<'d>(drafts: &'d [Option<Draft>], out: &mut Warnings) -> Vec<Reached<'d>> {
    let mut kept = Vec::new();
    let mut conditions: Vec<(usize, Action, Set)> = Vec::new();
    for (rule, draft) in drafts.iter().enumerate() {
        let draft = draft.as_ref();
        if let Some(draft) = draft.filter(|draft| draft.whole) {
            let set = Set::of(&draft.who);
            let same = conditions.iter().find(|(_, _, earlier)| *earlier == set);
            if let Some((earlier, action, _)) = same {
                out.rule(Warning::RuleDuplicate, rule, || {
                    let contrary = if draft.action == *action {
                        ""
                    } else {
                        ", with the contrary action"
                    };
                    format!(
                        "access rule {} has the condition of access rule {}, which decides first{contrary}",
                        rule + 1,
                        earlier + 1
                    )
                });
                continue;
            }
            conditions.push((rule, draft.action, set));
        }
        kept.push((rule, draft));
    }
    kept
}

/// A condition without the order and the repetitions of its list.
#[derive(PartialEq)]
enum Set {
    Any,
    Ip(Vec<Bounds>),
    Country(Vec<Country>),
}

impl Set {
    fn of(who: &Items) -> Self {
        match who {
            Items::Any => Self::Any,
            Items::Ip(list) => Self::Ip(sorted(list.iter().map(|(_, network)| network.bounds()))),
            Items::Country(list) => Self::Country(sorted(list.iter().map(|(_, country)| *country))),
        }
    }
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<_> = items.collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// A later block counts even when it repeats the condition of the allow rule: that one is an exception from
/// it, if a pointless one.
fn allows_without_block(reached: &[Reached<'_>], all: &[Option<Draft>], out: &mut Warnings) {
    for (rule, draft) in reached {
        let Some(draft) = draft.filter(|draft| draft.action == Action::Allow) else {
            continue;
        };
        let later = &all[rule + 1..];
        let is_any = matches!(draft.who, Items::Any);
        if is_any || later.iter().any(|later| may_block(later.as_ref(), draft)) {
            continue;
        }
        let blocks = |later: &Option<Draft>| {
            let later = later.as_ref();
            later.is_some_and(|later| later.action == Action::Block)
        };
        out.rule(Warning::AllowWithoutBlock, *rule, || {
            let reason = if later.iter().any(blocks) {
                "no later rule blocks a viewer whom it allows"
            } else {
                "no block rule follows, and a viewer whom no rule matches is allowed too"
            };
            format!("access rule {} restricts nothing: {reason}", rule + 1)
        });
    }
}

/// Whether `later` may block a viewer whom `allowed` matches.
fn may_block(later: Option<&Draft>, allowed: &Draft) -> bool {
    let Some(later) = later else {
        return true;
    };
    if later.action == Action::Allow {
        return false;
    }
    if !later.whole || !allowed.whole {
        return true;
    }
    match (&later.who, &allowed.who) {
        (Items::Ip(later), Items::Ip(allowed)) => networks::overlap(later, allowed),
        (Items::Country(later), Items::Country(allowed)) => countries::overlap(later, allowed),
        _ => true,
    }
}

/// Warns where all viewers have one fate, and of lists that stay open for others than they allow.
fn fates(
    reached: &[Reached<'_>],
    all: &[Option<Draft>],
    outcomes: &Outcomes<'_, '_>,
    out: &mut Warnings,
) {
    match outcomes.everyone() {
        Fate::BLOCKED => blocks_everyone(outcomes, out),
        Fate::ALLOWED => restricts_nobody(all, out),
        _ => open_end(reached, outcomes, out),
    }
}

fn blocks_everyone(outcomes: &Outcomes<'_, '_>, out: &mut Warnings) {
    if let Some(rule) = outcomes.last_deciding() {
        out.rule(Warning::BlocksEveryone, rule, || match rule {
            0 => "access rule 1 blocks every viewer".to_owned(),
            last => format!("access rules 1 to {} block every viewer", last + 1),
        });
    }
}

/// Where no rule blocks, [`Warning::AllowWithoutBlock`] says it of each rule but the one of any.
fn restricts_nobody(all: &[Option<Draft>], out: &mut Warnings) {
    let is_block = |draft: &Draft| draft.action == Action::Block;
    let is_any = |draft: &Draft| matches!(draft.who, Items::Any);
    let is_told = match all {
        [only] => !only.as_ref().is_some_and(is_any),
        all => !all.iter().flatten().any(is_block),
    };
    if is_told {
        return;
    }
    let last = all.len() - 1;
    out.rule(Warning::RestrictsNobody, last, || match last {
        0 => "access rule 1 blocks no viewer".to_owned(),
        last => format!("access rules 1 to {} block no viewer", last + 1),
    });
}

/// An allow rule of countries before a block of networks looks like a list of all who may watch. An
/// exception that is meant has fewer viewers than the block: networks of a country, or some countries of
/// more.
fn open_end(reached: &[Reached<'_>], outcomes: &Outcomes<'_, '_>, out: &mut Warnings) {
    if !is_open(reached, outcomes) {
        return;
    }
    let is_of_networks = |block: &usize| {
        let draft = reached[*block].1;
        draft.is_some_and(|draft| matches!(draft.who, Items::Ip(_)))
    };
    for (index, (rule, draft)) in reached.iter().enumerate() {
        let is_list =
            |draft: &Draft| draft.action == Action::Allow && matches!(draft.who, Items::Country(_));
        if !draft.is_some_and(is_list) {
            continue;
        }
        let blocks = outcomes.exempted_from(index);
        let meant = !blocks.iter().all(is_of_networks);
        if let Some(block) = blocks.first().filter(|_| !meant) {
            out.rule(Warning::OpenEnd, *rule, || {
                format!(
                    "access rule {} keeps nobody out: it only exempts viewers from access rule {}, and a viewer \
                     whom no rule matches is allowed too",
                    rule + 1,
                    reached[*block].0 + 1
                )
            });
        }
    }
}

/// Whether for sure no rule matches some viewers of each family.
fn is_open(reached: &[Reached<'_>], outcomes: &Outcomes<'_, '_>) -> bool {
    let is_list = |draft: &Draft| draft.whole && !matches!(draft.who, Items::Any);
    let mut drafts = reached.iter().map(|(_, draft)| *draft);
    drafts.all(|draft| draft.is_some_and(is_list)) && outcomes.has_unmatched_addresses()
}
