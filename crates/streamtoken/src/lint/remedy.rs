//! What to do about what signing refuses.

use crate::ErrorCode;

/// One sentence without a closing dot. The message of the error says what is wrong in this case.
pub(super) const fn of(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::JsonDuplicateMember => "say each member once",
        ErrorCode::OptionUnknown => "use the option's name as it is listed, or leave it out",
        ErrorCode::OptionNotLocal => "leave it out here, or mint through Cloudflare's API",
        ErrorCode::OptionType => "give a value of the type that is wanted",
        ErrorCode::OptionNull => "give the list of rules, or [] for none",
        ErrorCode::OptionValue => "give one of the values that are listed",
        ErrorCode::TimeType
        | ErrorCode::TimeNotFinite
        | ErrorCode::TimeFractional
        | ErrorCode::TimeNegative => "give whole seconds, as a number",
        ErrorCode::TimeInMilliseconds => "divide by 1000 and round down to whole seconds",
        ErrorCode::DurationInvalid => "write numbers with the units s, m, h or d, such as 1h30m",
        ErrorCode::ExpConflict => "leave one of the two out",
        ErrorCode::ExpNotAfterNow => "give an exp after now, or expires_in, which counts from now",
        ErrorCode::ExpTooFar => "let the token live for a day at most and mint another one then",
        ErrorCode::NbfNotBeforeExp => "give an nbf before exp, or none",
        ErrorCode::RulesTooMany => {
            "put more addresses or countries into one rule, and keep 5 rules at most"
        }
        ErrorCode::RuleTypeUnknown => "use any, ip.src or ip.geoip.country",
        ErrorCode::RuleActionUnknown => "use allow or block",
        ErrorCode::RuleMemberUnknown => "keep type, action and the one list of the type alone",
        ErrorCode::RuleListMisplaced => "leave the list out, or use the type that it belongs to",
        ErrorCode::RuleListEmpty | ErrorCode::RuleListMissing => {
            "fill the list, or leave the rule out"
        }
        ErrorCode::CountryInvalid => "use the ISO 3166-1 alpha-2 code of a country, such as GB",
        ErrorCode::NetworkInvalid => "write an address or a CIDR, such as 192.0.2.0/24",
        ErrorCode::NetworkHostBits => "write the network, or the address without a prefix length",
        ErrorCode::NetworkZoneId => "drop '%' and what follows it",
        ErrorCode::NetworkIpv4Mapped => "write it as IPv4",
        ErrorCode::MintedTokenTooLarge => {
            "name larger networks instead of many small ones, until the token is short enough"
        }
        _ => "mend it, since signing refuses it",
    }
}
