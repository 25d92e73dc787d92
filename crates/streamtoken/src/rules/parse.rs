//! Rules from JSON: strictly for minting, and from tokens that somebody else may have minted.
//!
//! Both go through one reader, so that a rule is never understood in two ways; only single networks and
//! countries are read more leniently from a token. The reader's texts quote nothing of a token.

use super::rule::{COUNTRY, IP};
use super::{Action, Condition, Country, FIELD, MAX_RULES, Network, Rule, too_many};
use crate::{Error, ErrorCode, Result, Value};

/// How the items of a list are read, and how much an error may say.
struct Dialect {
    network: fn(&str) -> Result<Network>,
    country: fn(&str) -> Result<Country>,
    /// Whether a pointer may hold a member's name that is not one of ours.
    points_at_unknown: bool,
}

/// The members of a rule object, by name.
type Members = [(String, Value)];

pub(super) fn for_minting(value: &Value) -> Result<Vec<Rule>> {
    let items = value.as_array().ok_or_else(|| no_list(value))?;
    if items.len() > MAX_RULES {
        return Err(too_many());
    }
    let read = |(index, item)| {
        read_rule(item, &MINTING).map_err(|error| error.within(&format!("{FIELD}/{index}")))
    };
    items.iter().enumerate().map(read).collect()
}

pub(super) fn from_token(value: &Value) -> Result<Vec<Rule>> {
    let items = value.as_array().ok_or_else(|| {
        let message = format!("accessRules must be a list, not {}", value.kind());
        Error::new(ErrorCode::ClaimType, message).at(FIELD)
    })?;
    if items.len() > MAX_RULES {
        return Err(Error::from(ErrorCode::TokenRulesTooMany).at(FIELD));
    }
    let read =
        |(index, item)| read_rule(item, &TOKEN).map_err(|error| not_understood(index, &error));
    items.iter().enumerate().map(read).collect()
}

fn read_rule(value: &Value, dialect: &Dialect) -> Result<Rule> {
    let members = value.as_object().ok_or_else(|| {
        let message = format!("a rule must be an object, not {}", value.kind());
        Error::new(ErrorCode::OptionType, message)
    })?;
    check_members(members, dialect)?;
    let kind = read_name(value, "type", ErrorCode::RuleTypeUnknown, Kind::from_name)?;
    let action = read_name(
        value,
        "action",
        ErrorCode::RuleActionUnknown,
        Action::from_name,
    )?;
    check_lists(value, kind)?;
    let condition = match kind {
        Kind::Any => Condition::any(),
        Kind::Ip => Condition::from_networks(read_list(value, IP, dialect.network)?)?,
        Kind::Country => Condition::from_countries(read_list(value, COUNTRY, dialect.country)?)?,
    };
    Ok(Rule::new(action, condition))
}

/// The types of rules, before their lists are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Any,
    Ip,
    Country,
}

impl Kind {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "any" => Some(Self::Any),
            "ip.src" => Some(Self::Ip),
            "ip.geoip.country" => Some(Self::Country),
            _ => None,
        }
    }

    /// The list that a rule of this type has.
    fn list(self) -> Option<&'static str> {
        match self {
            Self::Any => None,
            Self::Ip => Some(IP),
            Self::Country => Some(COUNTRY),
        }
    }
}

fn check_members(members: &Members, dialect: &Dialect) -> Result<()> {
    for (index, (name, _)) in members.iter().enumerate() {
        if !MEMBERS.contains(&name.as_str()) {
            let error = Error::from(ErrorCode::RuleMemberUnknown);
            return Err(match pointer_to(name) {
                Some(pointer) if dialect.points_at_unknown => error.at(pointer),
                _ => error,
            });
        }
        // JSON text is checked when it is parsed; a value may come from elsewhere.
        if members[..index].iter().any(|(earlier, _)| earlier == name) {
            return Err(Error::from(ErrorCode::JsonDuplicateMember).at(format!("/{name}")));
        }
    }
    Ok(())
}

/// A JSON pointer to a member that we do not know, when its name is fit to be shown.
fn pointer_to(name: &str) -> Option<String> {
    let printable = name
        .bytes()
        .all(|byte| byte.is_ascii_graphic() || byte == b' ');
    (printable && name.len() <= LONGEST_SHOWN_NAME)
        .then(|| format!("/{}", name.replace('~', "~0").replace('/', "~1")))
}

/// The member `name`, one word of a list of words.
fn read_name<T>(
    rule: &Value,
    name: &str,
    unknown: ErrorCode,
    from_name: fn(&str) -> Option<T>,
) -> Result<T> {
    let word = rule.get(name).map_or(Ok(""), |value| {
        value.as_str().ok_or_else(|| {
            let message = format!("{name} must be a string, not {}", value.kind());
            Error::new(ErrorCode::OptionType, message)
        })
    });
    word.and_then(|word| from_name(word).ok_or_else(|| unknown.into()))
        .map_err(|error| error.at(format!("/{name}")))
}

/// The rule has the list that its type needs, and no other.
fn check_lists(rule: &Value, kind: Kind) -> Result<()> {
    if let Some(list) = kind.list().filter(|list| rule.get(list).is_none()) {
        return Err(Error::from(ErrorCode::RuleListMissing).at(format!("/{list}")));
    }
    let misplaced = |list: &&str| kind.list() != Some(list) && rule.get(list).is_some();
    match [IP, COUNTRY].iter().find(|list| misplaced(list)) {
        Some(list) => Err(Error::from(ErrorCode::RuleListMisplaced).at(format!("/{list}"))),
        None => Ok(()),
    }
}

/// The list called `list` of an object, each item as `read` reads its text.
pub(super) fn read_list<T>(
    rule: &Value,
    list: &str,
    read: fn(&str) -> Result<T>,
) -> Result<Vec<T>> {
    let value = rule.get(list).unwrap_or(&Value::Null);
    let items = value.as_array().ok_or_else(|| {
        let message = format!("{list} must be a list of strings, not {}", value.kind());
        Error::new(ErrorCode::OptionType, message).at(format!("/{list}"))
    })?;
    let read_item = |(index, item)| {
        read_text(item, list, read).map_err(|error: Error| error.at(format!("/{list}/{index}")))
    };
    items.iter().enumerate().map(read_item).collect()
}

fn read_text<T>(item: &Value, list: &str, read: fn(&str) -> Result<T>) -> Result<T> {
    let text = item.as_str().ok_or_else(|| {
        let message = format!("an item of {list} must be a string, not {}", item.kind());
        Error::new(ErrorCode::OptionType, message)
    })?;
    read(text)
}

fn no_list(value: &Value) -> Error {
    let (code, message) = match value {
        Value::Null => (
            ErrorCode::OptionNull,
            "accessRules must not be null, because leaving it out would allow everyone; [] says none"
                .to_owned(),
        ),
        other => (
            ErrorCode::OptionType,
            format!("accessRules must be a list, not {}", other.kind()),
        ),
    };
    Error::new(code, message).at(FIELD)
}

fn not_understood(index: usize, error: &Error) -> Error {
    let message = format!(
        "access rule {} of the token is not understood: {}",
        index + 1,
        error.message()
    );
    let inner = error.field().unwrap_or_default();
    Error::new(ErrorCode::RuleNotUnderstood, message).at(format!("{FIELD}/{index}{inner}"))
}

fn foreign_country(text: &str) -> Result<Country> {
    Country::from_letters(text)
        .ok_or_else(|| Error::new(ErrorCode::CountryInvalid, "a country is two letters or T1"))
}

const MINTING: Dialect = Dialect {
    network: str::parse,
    country: str::parse,
    points_at_unknown: true,
};

const TOKEN: Dialect = Dialect {
    network: Network::from_token,
    country: foreign_country,
    points_at_unknown: false,
};

const MEMBERS: [&str; 4] = ["type", "action", IP, COUNTRY];

/// In characters; longer names are not one of ours by a slip of the pen.
const LONGEST_SHOWN_NAME: usize = 64;

#[cfg(test)]
mod tests {
    use crate::rules::{AccessRules, Condition, Rule, Viewer};
    use crate::{Error, ErrorCode, Value};

    fn read(text: &str) -> Result<AccessRules, Error> {
        AccessRules::from_token(&Value::parse(text).unwrap())
    }

    fn refusal(text: &str) -> (ErrorCode, String) {
        let error = read(text).unwrap_err();
        (error.code(), error.field().unwrap().to_owned())
    }

    #[test]
    fn a_token_may_be_minted_by_a_more_lenient_program() {
        let rules = read(
            r#"[{"ip":["192.0.2.9/24","2001:DB8::9/32","203.0.113.9/0"],"action":"block","type":"ip.src"},
                {"type":"ip.geoip.country","action":"allow","country":["gb","zz","t1"]}]"#,
        )
        .unwrap();
        assert_eq!(
            serde_json::to_string(&rules).unwrap(),
            r#"[{"type":"ip.src","action":"block","ip":["192.0.2.0/24","2001:db8::/32","0.0.0.0/0"]},"#.to_owned()
                + r#"{"type":"ip.geoip.country","action":"allow","country":["GB","ZZ","T1"]}]"#
        );
        let viewer = Viewer::new().ip("192.0.2.200").unwrap();
        assert!(!rules.evaluate(&viewer).unwrap().is_allowed());
        assert_eq!(read("[]"), Ok(AccessRules::default()));
    }

    #[test]
    fn what_is_not_understood_is_refused_where_it_stands() {
        for (text, pointer) in [
            (r#"[null]"#, ""),
            (r#"["any"]"#, ""),
            (r#"[{"type":"any","action":"block","secret-name":1}]"#, ""),
            (r#"[{"action":"block"}]"#, "/type"),
            (r#"[{"type":null,"action":"block"}]"#, "/type"),
            (r#"[{"type":"ip.src.asnum","action":"block"}]"#, "/type"),
            (r#"[{"type":"Any","action":"block"}]"#, "/type"),
            (r#"[{"type":"any"}]"#, "/action"),
            (r#"[{"type":"any","action":"challenge"}]"#, "/action"),
            (r#"[{"type":"any","action":"Block"}]"#, "/action"),
            (r#"[{"type":"any","action":"block","ip":null}]"#, "/ip"),
            (r#"[{"type":"ip.src","action":"block"}]"#, "/ip"),
            (r#"[{"type":"ip.src","action":"block","ip":null}]"#, "/ip"),
            (r#"[{"type":"ip.src","action":"block","ip":[]}]"#, "/ip"),
            (
                r#"[{"type":"ip.src","action":"block","ip":"192.0.2.1"}]"#,
                "/ip",
            ),
            (
                r#"[{"type":"ip.src","action":"block","ip":["192.0.2.1"],"country":["GB"]}]"#,
                "/country",
            ),
            (
                r#"[{"type":"ip.src","action":"block","ip":["192.0.2.1",2]}]"#,
                "/ip/1",
            ),
            (
                r#"[{"type":"ip.src","action":"block","ip":["192.0.2.01"]}]"#,
                "/ip/0",
            ),
            (
                r#"[{"type":"ip.src","action":"block","ip":["10.0.0.0/08"]}]"#,
                "/ip/0",
            ),
            (
                r#"[{"type":"ip.src","action":"block","ip":["fe80::1%eth0"]}]"#,
                "/ip/0",
            ),
            (
                r#"[{"type":"ip.src","action":"block","ip":["::ffff:192.0.2.1"]}]"#,
                "/ip/0",
            ),
            (
                r#"[{"type":"ip.geoip.country","action":"block","ip":["192.0.2.1"]}]"#,
                "/country",
            ),
            (
                r#"[{"type":"ip.geoip.country","action":"block","country":[]}]"#,
                "/country",
            ),
            (
                r#"[{"type":"ip.geoip.country","action":"block","country":{}}]"#,
                "/country",
            ),
            (
                r#"[{"type":"ip.geoip.country","action":"block","country":["GB","FRA"]}]"#,
                "/country/1",
            ),
            (
                r#"[{"type":"ip.geoip.country","action":"block","country":["GB","T2"]}]"#,
                "/country/1",
            ),
        ] {
            let expected = (
                ErrorCode::RuleNotUnderstood,
                format!("/accessRules/0{pointer}"),
            );
            assert_eq!(refusal(text), expected, "{text}");
        }
        let second = r#"[{"type":"any","action":"allow"},{"type":"any","action":"?"}]"#;
        assert_eq!(refusal(second).1, "/accessRules/1/action");
    }

    #[test]
    fn a_claim_that_is_no_short_list_has_codes_of_its_own() {
        for text in ["null", "{}", "\"[]\"", "false", "0"] {
            assert_eq!(
                refusal(text),
                (ErrorCode::ClaimType, "/accessRules".to_owned()),
                "{text}"
            );
        }
        let six = format!("[{}null]", r#"{"type":"any","action":"allow"},"#.repeat(5));
        assert_eq!(
            refusal(&six),
            (ErrorCode::TokenRulesTooMany, "/accessRules".to_owned())
        );
    }

    #[test]
    fn refusals_quote_nothing_of_a_token() {
        let needle = "needle";
        for text in [
            r#"[{"type":"any","action":"block","needle":1}]"#,
            r#"[{"type":"needle","action":"block"}]"#,
            r#"[{"type":"any","action":"needle"}]"#,
            r#"[{"type":"ip.src","action":"block","ip":["needle"]}]"#,
            r#"[{"type":"ip.src","action":"block","ip":["::1/needle"]}]"#,
            r#"[{"type":"ip.src","action":"block","ip":["::1%needle"]}]"#,
            r#"[{"type":"ip.geoip.country","action":"block","country":["needle"]}]"#,
        ] {
            let error = read(text).unwrap_err();
            assert!(!format!("{error:?}").contains(needle), "{error:?}");
        }
        let mapped = r#"[{"type":"ip.src","action":"block","ip":["::ffff:198.51.100.77"]}]"#;
        assert!(!format!("{:?}", read(mapped)).contains("198.51.100.77"));
    }

    #[test]
    fn rules_of_a_token_are_checked_again_before_they_go_into_one() {
        let rules = read(
            r#"[{"type":"any","action":"allow"},
            {"type":"ip.geoip.country","action":"block","country":["GB","ZZ"]}]"#,
        )
        .unwrap();
        let error = rules.check_for_minting().unwrap_err();
        assert_eq!(error.code(), ErrorCode::CountryInvalid);
        assert_eq!(error.field(), Some("/accessRules/1/country/1"));
        assert_eq!(AccessRules::new(rules.rules().iter().cloned()), Err(error));
        let fine = AccessRules::new([Rule::block(Condition::any())]).unwrap();
        assert_eq!(fine.check_for_minting(), Ok(()));
    }
}
