//! Every warning there is: its id, what it means, and what to do.

/// Writes the enum, its ids and its texts from one table.
macro_rules! warnings {
    ($($name:ident = $id:literal: $meaning:literal, $remedy:literal;)*) => {
        /// What a lint warns of: something that signing accepts and that probably is not meant.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Warning {
            $(#[doc = $meaning] $name,)*
        }

        impl Warning {
            /// All of them, in the order in which documents list them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The id for programs: `allow_without_block`. No error has the same.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// What the warning means, in one sentence without a closing dot.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }

            /// What to do, in one sentence without a closing dot.
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy,)* }
            }
        }
    };
}

warnings! {
    AllowWithoutBlock = "allow_without_block":
        "an allow rule restricts nothing unless a later rule blocks, because a viewer whom no rule \
         matches is allowed too",
        "make {\"type\":\"any\",\"action\":\"block\"} the last rule, and drop a rule of any that allows";
    OpenEnd = "open_end":
        "an allow rule of countries before a block of networks only exempts viewers from that block; it \
         does not keep others out",
        "end with {\"type\":\"any\",\"action\":\"block\"} if nobody else may watch, and with one of any that \
         allows if others may";
    RuleUnreachable = "rule_unreachable":
        "a rule of any matches every viewer, so the rules behind it are never read",
        "move the rule before the one of any, or leave it out";
    RuleDuplicate = "rule_duplicate":
        "an earlier rule has the same condition and decides first",
        "leave the later rule out, or the earlier one if the later is what is meant";
    NetworkShadowed = "network_shadowed":
        "a network lies in another one of the same list or of an earlier rule, which decides first",
        "leave the network out, or put its rule before the one that covers it";
    CountryShadowed = "country_shadowed":
        "a country stands in the same list or in an earlier rule already, which decides first",
        "leave the country out, or put its rule before the one that names it already";
    OneAddressFamily = "one_address_family":
        "the networks are IPv4 alone or IPv6 alone, and never match viewers who come by the other",
        "add the networks of the other family: many viewers have addresses of both and use either";
    SingleAddress = "single_address":
        "a viewer's address may change, and rules are read again during the view",
        "name the network that the viewer's addresses come from, such as a /24 or an IPv6 /48";
    ReservedRange = "reserved_range":
        "the edge never sees a viewer with an address of a private or reserved range",
        "name the public address range by which the viewers reach the internet";
    NetworkCoversAll = "network_covers_all":
        "a prefix length of 0 means every address of one family and none of the other",
        "write a rule of type any, which is for both families";
    BlocksEveryone = "blocks_everyone":
        "every viewer is blocked, so nobody can use the token",
        "put a rule that allows somebody before the one that blocks all";
    RestrictsNobody = "restricts_nobody":
        "no viewer is blocked, so whoever has the token can use it, as without rules",
        "leave the rules out if everybody may watch; otherwise block before you allow, or end with \
         {\"type\":\"any\",\"action\":\"block\"} and have no other rule of any";
    CountryUnknownPlace = "country_unknown_place":
        "Cloudflare reports XX for an unknown place and T1 for Tor; whether the access rules of Stream \
         know them is undocumented",
        "do not rely on it: try it with a token of yours, or use networks";
    LifetimeShort = "lifetime_short":
        "the token may end before the player has loaded the video (under 60 s is our choice of short)",
        "let the token live longer than the video lasts";
    NotValidYet = "not_valid_yet":
        "the token is refused until its nbf",
        "leave nbf out, which begins an hour before now, unless the token is for later";
    FlagUndocumented = "flag_undocumented":
        "whether the edge honours flags.original in a token that was signed locally is undocumented",
        "try it, or mint through Cloudflare's API";
    FindingsLeftOut = "findings_left_out":
        "there are more findings than are told",
        "mend the first ones and look again";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Warning;
    use crate::ErrorCode;

    #[test]
    fn every_id_is_its_own() {
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
