//! Rules from JSON: strictly for minting, all faults of them for a lint, and from tokens that somebody
//! else may have minted.
//!
//! All go through one reader, so that a rule is never understood in two ways; only single networks and
//! countries are read more leniently from a token. The reader's texts quote nothing of a token.

use std::cell::Cell;

use super::draft::{Draft, Items};
use super::rule::{COUNTRY, IP, list_empty};
use super::{Action, Country, FIELD, MAX_ITEMS, MAX_RULES, Network, Rule, too_many};
use crate::{Error, ErrorCode, MAX_TOKEN, Result, Value, id};

/// How the items of a list are read, and how much an error may say.
struct Dialect {
    network: fn(&str) -> Result<Network>,
    country: fn(&str) -> Result<Country>,
    /// Whether a pointer may hold this name, which is not one of ours.
    points_at: fn(&str) -> bool,
    /// Items of a list that are looked at. Nothing above is minted, for its length.
    most_items: usize,
}

/// The members of a rule object, by name.
type Members = [(String, Value)];

/// Where the reader takes a fault: an error from there ends the reading, `Ok` lets it go on.
pub(crate) type OnFault<'f> = dyn FnMut(Error) -> Result<()> + 'f;

pub(super) fn for_minting(value: &Value) -> Result<Vec<Rule>> {
    let items = value.as_array().ok_or_else(|| no_list(value))?;
    if items.len() > MAX_RULES {
        return Err(too_many());
    }
    let read = |(index, item)| {
        read_whole_rule(item, &MINTING).map_err(|error| error.within(&format!("{FIELD}/{index}")))
    };
    items.iter().enumerate().map(read).collect()
}

/// Tells `on_fault` everything for which [`for_minting`] might refuse, and gives what was understood: `None`
/// for a rule that was not, and once more for rules beyond the limit, which are not looked at.
pub(super) fn for_lint(value: &Value, on_fault: &mut OnFault<'_>) -> Result<Vec<Option<Draft>>> {
    let Some(items) = value.as_array() else {
        on_fault(no_list(value))?;
        return Ok(Vec::new());
    };
    let mut drafts = Vec::new();
    if items.len() > MAX_RULES {
        on_fault(too_many())?;
    }
    for (index, item) in items.iter().take(MAX_RULES).enumerate() {
        let within = format!("{FIELD}/{index}");
        drafts.push(read_rule(item, &LINT, &mut |error| {
            on_fault(error.within(&within))
        })?);
    }
    if items.len() > MAX_RULES {
        drafts.push(None);
    }
    Ok(drafts)
}

pub(super) fn from_token(value: &Value) -> Result<Vec<Rule>> {
    let items = value.as_array().ok_or_else(|| {
        let message = format!("accessRules must be a list, not {}", value.kind());
        Error::new(ErrorCode::ClaimType, message).at(FIELD)
    })?;
    if items.len() > MAX_RULES {
        return Err(Error::from(ErrorCode::TokenRulesTooMany).at(FIELD));
    }
    let read = |(index, item)| {
        read_whole_rule(item, &TOKEN).map_err(|error| not_understood(index, &error))
    };
    items.iter().enumerate().map(read).collect()
}

/// Ends at the first fault.
fn read_whole_rule(value: &Value, dialect: &Dialect) -> Result<Rule> {
    let draft = read_rule(value, dialect, &mut Err)?;
    draft
        .ok_or_else(|| Error::from(ErrorCode::Internal))?
        .into_rule()
}

/// The rule as far as it is understood; `None` after faults that leave its type or action unknown.
fn read_rule(
    value: &Value,
    dialect: &Dialect,
    on_fault: &mut OnFault<'_>,
) -> Result<Option<Draft>> {
    let whole = Cell::new(true);
    let on_fault = &mut |error| {
        whole.set(false);
        on_fault(error)
    };
    let Some(members) = value.as_object() else {
        let message = format!("a rule must be an object, not {}", value.kind());
        on_fault(Error::new(ErrorCode::OptionType, message))?;
        return Ok(None);
    };
    check_members(members, dialect, on_fault)?;
    let unknown = ErrorCode::RuleTypeUnknown;
    let kind = read_name(value, "type", unknown, Kind::from_name, on_fault)?;
    let unknown = ErrorCode::RuleActionUnknown;
    let action = read_name(value, "action", unknown, Action::from_name, on_fault)?;
    let Some(kind) = kind else {
        return Ok(None);
    };
    check_lists(value, kind, on_fault)?;
    let most = dialect.most_items;
    let who = match kind {
        Kind::Any => Items::Any,
        Kind::Ip => Items::Ip(read_items(value, IP, most, dialect.network, on_fault)?),
        Kind::Country => {
            Items::Country(read_items(value, COUNTRY, most, dialect.country, on_fault)?)
        }
    };
    Ok(action.map(|action| Draft {
        action,
        who,
        whole: whole.get(),
    }))
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

fn check_members(members: &Members, dialect: &Dialect, on_fault: &mut OnFault<'_>) -> Result<()> {
    for (index, (name, _)) in members.iter().enumerate() {
        if !MEMBERS.contains(&name.as_str()) {
            let error = Error::from(ErrorCode::RuleMemberUnknown);
            on_fault(if (dialect.points_at)(name) {
                error.at(pointer_to(name))
            } else {
                error
            })?;
        } else if members[..index].iter().any(|(earlier, _)| earlier == name) {
            // JSON text is checked when it is parsed; a value may come from elsewhere.
            on_fault(Error::from(ErrorCode::JsonDuplicateMember).at(format!("/{name}")))?;
        }
    }
    Ok(())
}

/// A JSON pointer to a member that we do not know.
fn pointer_to(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Whether the name of a member that we do not know is fit to be shown.
fn is_printable(name: &str) -> bool {
    let printable = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    name.len() <= LONGEST_SHOWN_NAME && name.bytes().all(printable)
}

/// Whether it looks like a name: a lint is given what somebody pasted.
fn looks_like_a_name(name: &str) -> bool {
    id::is_id(name, id::MAX_IDENTIFIER)
}

/// The member `name`, one word of a list of words.
fn read_name<T>(
    rule: &Value,
    name: &str,
    unknown: ErrorCode,
    from_name: fn(&str) -> Option<T>,
    on_fault: &mut OnFault<'_>,
) -> Result<Option<T>> {
    let word = rule.get(name).map_or(Ok(""), |value| {
        value.as_str().ok_or_else(|| {
            let message = format!("{name} must be a string, not {}", value.kind());
            Error::new(ErrorCode::OptionType, message)
        })
    });
    match word.and_then(|word| from_name(word).ok_or_else(|| unknown.into())) {
        Ok(known) => Ok(Some(known)),
        Err(error) => on_fault(error.at(format!("/{name}"))).map(|()| None),
    }
}

/// The rule has the list that its type needs, and no other.
fn check_lists(rule: &Value, kind: Kind, on_fault: &mut OnFault<'_>) -> Result<()> {
    if let Some(list) = kind.list().filter(|list| rule.get(list).is_none()) {
        on_fault(Error::from(ErrorCode::RuleListMissing).at(format!("/{list}")))?;
    }
    for list in [IP, COUNTRY] {
        if kind.list() != Some(list) && rule.get(list).is_some() {
            on_fault(Error::from(ErrorCode::RuleListMisplaced).at(format!("/{list}")))?;
        }
    }
    Ok(())
}

/// The list called `list` of an object that has it, each item as `read` reads its text.
pub(super) fn read_list<T>(
    rule: &Value,
    list: &str,
    read: fn(&str) -> Result<T>,
) -> Result<Vec<T>> {
    let items = read_items(rule, list, usize::MAX, read, &mut Err)?;
    Ok(items.into_iter().map(|(_, item)| item).collect())
}

/// As [`read_list`], with the places of the items; none where the list is missing, which was told already.
fn read_items<T>(
    rule: &Value,
    list: &str,
    most: usize,
    read: fn(&str) -> Result<T>,
    on_fault: &mut OnFault<'_>,
) -> Result<Vec<(usize, T)>> {
    let Some(value) = rule.get(list) else {
        return Ok(Vec::new());
    };
    let at = format!("/{list}");
    let Some(items) = value.as_array() else {
        let message = format!("{list} must be a list of strings, not {}", value.kind());
        on_fault(Error::new(ErrorCode::OptionType, message).at(at))?;
        return Ok(Vec::new());
    };
    if items.is_empty() {
        on_fault(list_empty(list))?;
    }
    if items.len() > most {
        on_fault(list_too_long(most).at(at))?;
    }
    let mut read_items = Vec::with_capacity(items.len().min(most));
    for (index, item) in items.iter().take(most).enumerate() {
        match read_text(item, list, read) {
            Ok(item) => read_items.push((index, item)),
            Err(error) => on_fault(error.at(format!("/{list}/{index}")))?,
        }
    }
    Ok(read_items)
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

fn list_too_long(most: usize) -> Error {
    let message = format!(
        "a token with so many items would have more than {MAX_TOKEN} characters; those after the first {most} were \
         not looked at"
    );
    Error::new(ErrorCode::MintedTokenTooLarge, message)
}

const MINTING: Dialect = Dialect {
    network: str::parse,
    country: str::parse,
    points_at: is_printable,
    most_items: usize::MAX,
};

const LINT: Dialect = Dialect {
    points_at: looks_like_a_name,
    most_items: MAX_ITEMS,
    ..MINTING
};

const TOKEN: Dialect = Dialect {
    network: Network::from_token,
    country: foreign_country,
    points_at: |_| false,
    most_items: usize::MAX,
};

const MEMBERS: [&str; 4] = ["type", "action", IP, COUNTRY];

/// In characters; longer names are not one of ours by a slip of the pen.
const LONGEST_SHOWN_NAME: usize = 64;

#[cfg(test)]
mod tests;
