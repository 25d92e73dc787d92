//! Every warning there is: its id, what it means, and what to do.

/// What a lint warns of: something that signing accepts and that probably is not meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Warning {
    /// An allow rule restricts nothing.
    AllowWithoutBlock,
    /// An allow rule does not keep others out, because no block rule closes the list.
    OpenEnd,
    /// A rule behind one of `any` is never read.
    RuleUnreachable,
    /// A rule repeats the condition of an earlier one.
    RuleDuplicate,
    /// A network is covered by another one.
    NetworkShadowed,
    /// A country is named twice.
    CountryShadowed,
    /// All networks are of one family.
    OneAddressFamily,
    /// A network is a single address, or a part of what one IPv6 subscriber has.
    SingleAddress,
    /// A network is never a viewer's.
    ReservedRange,
    /// A network holds every address of its family.
    NetworkCoversAll,
    /// Nobody can be allowed.
    BlocksEveryone,
    /// Nobody is blocked.
    RestrictsNobody,
    /// A code that Cloudflare reports for viewers and that is no country.
    CountryUnknownPlace,
    /// The token lives for less than a minute.
    LifetimeShort,
    /// The token is not valid yet when it is minted.
    NotValidYet,
    /// A flag may not count in a token that is signed locally.
    FlagUndocumented,
    /// There is more than what is told.
    FindingsLeftOut,
}

impl Warning {
    /// All of them, in the order in which documents list them.
    pub const ALL: &'static [Self] = &[
        Self::AllowWithoutBlock,
        Self::OpenEnd,
        Self::RuleUnreachable,
        Self::RuleDuplicate,
        Self::NetworkShadowed,
        Self::CountryShadowed,
        Self::OneAddressFamily,
        Self::SingleAddress,
        Self::ReservedRange,
        Self::NetworkCoversAll,
        Self::BlocksEveryone,
        Self::RestrictsNobody,
        Self::CountryUnknownPlace,
        Self::LifetimeShort,
        Self::NotValidYet,
        Self::FlagUndocumented,
        Self::FindingsLeftOut,
    ];

    /// The id for programs: `allow_without_block`. No error has the same.
    pub const fn id(self) -> &'static str {
        self.row().0
    }

    /// What the warning means, in one sentence without a closing dot.
    pub const fn meaning(self) -> &'static str {
        self.row().1
    }

    /// What to do, in one sentence without a closing dot.
    pub const fn remedy(self) -> &'static str {
        self.row().2
    }

    /// Id, meaning, remedy: the one table.
    const fn row(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::AllowWithoutBlock => (
                "allow_without_block",
                "an allow rule restricts nothing unless a later rule blocks, because a viewer whom no rule \
                 matches is allowed too",
                "make {\"type\":\"any\",\"action\":\"block\"} the last rule, and drop a rule of any that allows",
            ),
            Self::OpenEnd => (
                "open_end",
                "an allow rule of countries before a block of networks only exempts viewers from that block; it \
                 does not keep others out",
                "end with {\"type\":\"any\",\"action\":\"block\"} if nobody else may watch, and with one of any that \
                 allows if others may",
            ),
            Self::RuleUnreachable => (
                "rule_unreachable",
                "a rule of any matches every viewer, so the rules behind it are never read",
                "move the rule before the one of any, or leave it out",
            ),
            Self::RuleDuplicate => (
                "rule_duplicate",
                "an earlier rule has the same condition and decides first",
                "leave the later rule out, or the earlier one if the later is what is meant",
            ),
            Self::NetworkShadowed => (
                "network_shadowed",
                "a network lies in another one of the same list or of an earlier rule, which decides first",
                "leave the network out, or put its rule before the one that covers it",
            ),
            Self::CountryShadowed => (
                "country_shadowed",
                "a country stands in the same list or in an earlier rule already, which decides first",
                "leave the country out, or put its rule before the one that names it already",
            ),
            Self::OneAddressFamily => (
                "one_address_family",
                "the networks are IPv4 alone or IPv6 alone, and never match viewers who come by the other",
                "add the networks of the other family: many viewers have addresses of both and use either",
            ),
            Self::SingleAddress => (
                "single_address",
                "a viewer's address may change, and rules are read again during the view",
                "name the network that the viewer's addresses come from, such as a /24 or an IPv6 /48",
            ),
            Self::ReservedRange => (
                "reserved_range",
                "the edge never sees a viewer with an address of a private or reserved range",
                "name the public address range by which the viewers reach the internet",
            ),
            Self::NetworkCoversAll => (
                "network_covers_all",
                "a prefix length of 0 means every address of one family and none of the other",
                "write a rule of type any, which is for both families",
            ),
            Self::BlocksEveryone => (
                "blocks_everyone",
                "every viewer is blocked, so nobody can use the token",
                "put a rule that allows somebody before the one that blocks all",
            ),
            Self::RestrictsNobody => (
                "restricts_nobody",
                "no viewer is blocked, so whoever has the token can use it, as without rules",
                "leave the rules out if everybody may watch; otherwise block before you allow, or end with \
                 {\"type\":\"any\",\"action\":\"block\"} and have no other rule of any",
            ),
            Self::CountryUnknownPlace => (
                "country_unknown_place",
                "Cloudflare reports XX for an unknown place and T1 for Tor; whether the access rules of Stream \
                 know them is undocumented",
                "do not rely on it: try it with a token of yours, or use networks",
            ),
            Self::LifetimeShort => (
                "lifetime_short",
                "the token may end before the player has loaded the video (under 60 s is our choice of short)",
                "let the token live longer than the video lasts",
            ),
            Self::NotValidYet => (
                "not_valid_yet",
                "the token is refused until its nbf",
                "leave nbf out, which begins an hour before now, unless the token is for later",
            ),
            Self::FlagUndocumented => (
                "flag_undocumented",
                "whether the edge honours flags.original in a token that was signed locally is undocumented",
                "try it, or mint through Cloudflare's API",
            ),
            Self::FindingsLeftOut => (
                "findings_left_out",
                "there are more findings than are told",
                "mend the first ones and look again",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Warning;
    use crate::ErrorCode;

    #[test]
    fn all_names_every_warning_once() {
        let variants = include_str!("table.rs")
            .split_once("impl Warning")
            .unwrap()
            .0;
        let is_variant = |line: &&str| line.starts_with("    ") && line.ends_with(',');
        assert_eq!(
            variants.lines().filter(is_variant).count(),
            Warning::ALL.len()
        );
        let ids: BTreeSet<_> = Warning::ALL.iter().map(|warning| warning.id()).collect();
        assert_eq!(ids.len(), Warning::ALL.len());
        let same = |code: &&ErrorCode| ids.contains(code.slug());
        assert_eq!(ErrorCode::ALL.iter().find(same), None);
    }

    #[test]
    fn texts_are_sentences_without_a_closing_dot() {
        for warning in Warning::ALL {
            for text in [warning.meaning(), warning.remedy()] {
                assert!(
                    !text.is_empty() && !text.ends_with('.') && !text.contains("  "),
                    "{text}"
                );
            }
        }
    }
}
