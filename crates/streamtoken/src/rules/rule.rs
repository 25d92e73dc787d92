//! One rule: what to do with whom.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::{Country, Network, parse};
use crate::options::known_members;
use crate::{Error, ErrorCode, Result, Value};

/// One access rule: an action, and the condition under which it is taken.
///
/// Written as `{"type", "action"}` followed by `country` or `ip`, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rule {
    action: Action,
    condition: Condition,
}

/// What a rule does with a viewer who meets its condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// The viewer may play.
    Allow,
    /// The viewer may not play.
    Block,
}

/// Whom a rule is about. Its lists are never empty and hold checked items only.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Condition(pub(super) Who);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Who {
    Any,
    Ip(Vec<Network>),
    Country(Vec<Country>),
}

impl Rule {
    /// Allows the viewers who meet `condition`. Alone this restricts nothing: no match means allowed
    /// too.
    pub fn allow(condition: Condition) -> Self {
        Self::new(Action::Allow, condition)
    }

    /// Blocks the viewers who meet `condition`.
    pub fn block(condition: Condition) -> Self {
        Self::new(Action::Block, condition)
    }

    pub(super) fn new(action: Action, condition: Condition) -> Self {
        Self { action, condition }
    }

    /// What the rule does.
    pub fn action(&self) -> Action {
        self.action
    }

    /// Whom it is about.
    pub fn condition(&self) -> &Condition {
        &self.condition
    }
}

impl Action {
    /// The name on the wire: `allow` or `block`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Block => "block",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::Allow, Self::Block]
            .into_iter()
            .find(|action| action.as_str() == name)
    }
}

impl Condition {
    /// Everybody (type `any`).
    pub fn any() -> Self {
        Self(Who::Any)
    }

    /// Viewers whose address lies in one of `networks`, each an IPv4 or IPv6 address or CIDR (type
    /// `ip.src`). An IPv4 network never matches an IPv6 viewer, nor the reverse.
    ///
    /// # Errors
    /// [`ErrorCode::RuleListEmpty`] at `/ip`; for an item, as [`Network`] reads its text, at `/ip/0`.
    pub fn ip<I>(networks: I) -> Result<Self>
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        Self::from_networks(parse_all(networks, IP)?)
    }

    /// Viewers from one of `countries`, each an ISO 3166-1 alpha-2 code in any case, or `T1`, `XX`,
    /// `XK` (type `ip.geoip.country`).
    ///
    /// # Errors
    /// [`ErrorCode::RuleListEmpty`] at `/country`; [`ErrorCode::CountryInvalid`] at `/country/0`.
    pub fn country<I>(countries: I) -> Result<Self>
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        Self::from_countries(parse_all(countries, COUNTRY)?)
    }

    /// A condition from an object with one member: the list `ip`, the list `country`, or `"any": true`.
    ///
    /// # Errors
    /// [`ErrorCode::OptionType`], [`ErrorCode::OptionUnknown`], [`ErrorCode::JsonDuplicateMember`],
    /// [`ErrorCode::OptionValue`] for no member, several, or an `any` that is not true; for the lists
    /// those of [`Condition::ip`] and [`Condition::country`].
    pub fn from_value(value: &Value) -> Result<Self> {
        let members = known_members(value, &[IP, COUNTRY, ANY], &[])?;
        let given: Vec<_> = members
            .iter()
            .filter(|(_, value)| *value != Value::Null)
            .collect();
        match given.as_slice() {
            [(name, _)] if name == IP => {
                Self::from_networks(parse::read_list(value, IP, str::parse)?)
            }
            [(name, _)] if name == COUNTRY => {
                Self::from_countries(parse::read_list(value, COUNTRY, str::parse)?)
            }
            [(_, Value::Bool(true))] => Ok(Self::any()),
            _ => Err(Error::new(
                ErrorCode::OptionValue,
                "a condition has one member: the list ip, the list country, or \"any\": true",
            )),
        }
    }

    /// As [`Condition::ip`], from networks that are parsed already.
    ///
    /// # Errors
    /// [`ErrorCode::RuleListEmpty`] at `/ip`.
    pub fn from_networks(networks: impl IntoIterator<Item = Network>) -> Result<Self> {
        Ok(Self(Who::Ip(not_empty(networks, IP)?)))
    }

    /// As [`Condition::country`], from countries that are parsed already.
    ///
    /// # Errors
    /// [`ErrorCode::RuleListEmpty`] at `/country`.
    pub fn from_countries(countries: impl IntoIterator<Item = Country>) -> Result<Self> {
        Ok(Self(Who::Country(not_empty(countries, COUNTRY)?)))
    }

    /// The type on the wire: `any`, `ip.src` or `ip.geoip.country`.
    pub const fn type_name(&self) -> &'static str {
        match self.0 {
            Who::Any => "any",
            Who::Ip(_) => "ip.src",
            Who::Country(_) => "ip.geoip.country",
        }
    }

    /// The networks of an `ip.src` condition; empty for the other types.
    pub fn networks(&self) -> &[Network] {
        match &self.0 {
            Who::Ip(networks) => networks,
            Who::Any | Who::Country(_) => &[],
        }
    }

    /// The countries of an `ip.geoip.country` condition; empty for the other types.
    pub fn countries(&self) -> &[Country] {
        match &self.0 {
            Who::Country(countries) => countries,
            Who::Any | Who::Ip(_) => &[],
        }
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members = if self.condition.0 == Who::Any { 2 } else { 3 };
        let mut out = serializer.serialize_struct("Rule", members)?;
        out.serialize_field("type", self.condition.type_name())?;
        out.serialize_field("action", self.action.as_str())?;
        match &self.condition.0 {
            Who::Any => {}
            Who::Ip(networks) => out.serialize_field(IP, networks)?,
            Who::Country(countries) => out.serialize_field(COUNTRY, countries)?,
        }
        out.end()
    }
}

fn parse_all<T, I>(texts: I, list: &str) -> Result<Vec<T>>
where
    T: std::str::FromStr<Err = Error>,
    I: IntoIterator<Item: AsRef<str>>,
{
    let parse = |(index, text): (usize, I::Item)| {
        text.as_ref()
            .parse()
            .map_err(|error: Error| error.at(format!("/{list}/{index}")))
    };
    texts.into_iter().enumerate().map(parse).collect()
}

/// An empty list would match nobody or everybody, depending on who reads it.
fn not_empty<T>(items: impl IntoIterator<Item = T>, list: &str) -> Result<Vec<T>> {
    let items: Vec<_> = items.into_iter().collect();
    if items.is_empty() {
        return Err(list_empty(list));
    }
    Ok(items)
}

pub(super) fn list_empty(list: &str) -> Error {
    let message = format!("the list {list} must not be empty; leave the rule out instead");
    Error::new(ErrorCode::RuleListEmpty, message).at(format!("/{list}"))
}

/// The member of an `ip.src` rule.
pub(super) const IP: &str = "ip";
/// The member of an `ip.geoip.country` rule.
pub(super) const COUNTRY: &str = "country";
/// The member of a condition, and the type of a rule, for everybody.
const ANY: &str = "any";
