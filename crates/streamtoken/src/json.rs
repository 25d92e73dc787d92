//! JSON as every surface hands it over: loosely typed, read strictly.
//!
//! `serde_json::Value` would keep the last of two equal members and cannot hold NaN, which Python and
//! JavaScript can pass. So options, tokens and keys are read into [`Value`], by a visitor of our own.

mod from;

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserializer, Serialize, Serializer};
use zeroize::{Zeroize, Zeroizing};

use crate::{Error, ErrorCode};

/// A JSON value, or what a host language passes in its place.
///
/// Members keep their order. Numbers with a fraction or exponent are read as doubles, as every JSON reader
/// does. Whole numbers are [`Value::Integer`], others [`Value::Float`], which may
/// be NaN or infinite when it comes from a host language.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// JSON `null`, Python's `None`, JavaScript's `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number written without fraction and exponent.
    Integer(i128),
    /// Any other number.
    Float(f64),
    /// A string.
    String(String),
    /// A list.
    Array(Vec<Self>),
    /// An object: its members in the order in which they came.
    Object(Vec<(String, Self)>),
    /// What a host language passes and JSON cannot say, in words: `a function`, `a Decimal`. No option
    /// takes it, and each refuses it with its own code.
    Foreign(String),
}

/// Why a text is not JSON that this crate accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    NotUtf8,
    Syntax { line: usize, column: usize },
    DuplicateMember,
    TooDeep,
}

/// Deepest nesting accepted, counted in arrays and objects.
pub(crate) const MAX_DEPTH: u32 = 32;

impl Value {
    /// Reads `text` as one JSON value.
    ///
    /// # Errors
    /// [`ErrorCode::TextNotUtf8`], [`ErrorCode::JsonInvalid`], [`ErrorCode::JsonDuplicateMember`] (at any
    /// depth), [`ErrorCode::JsonTooDeep`] (more than 32 levels).
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, Error> {
        parse(text.as_ref()).map_err(Error::from)
    }

    /// The member called `name`, when this is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?
            .iter()
            .find_map(|(member, value)| (member == name).then_some(value))
    }

    /// The members, when this is an object.
    pub fn as_object(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The items, when this is a list.
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The text, when this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// An object of the members that are none of `known`; an empty one of what is no object.
    pub(crate) fn other_members(&self, known: &[&str]) -> Self {
        let members = self.as_object().unwrap_or_default().iter();
        let other = members.filter(|(name, _)| !known.contains(&name.as_str()));
        Self::Object(other.cloned().collect())
    }

    /// What kind of value this is, as error messages call it.
    pub(crate) fn kind(&self) -> &str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "a list",
            Self::Object(_) => "an object",
            Self::Foreign(kind) => kind,
        }
    }
}

/// Reads one JSON value. The whole text is checked for UTF-8 first, since serde skips the values of
/// members that nobody asks for.
pub(crate) fn parse(text: &[u8]) -> Result<Value, Fault> {
    let text = std::str::from_utf8(text).map_err(|_| Fault::NotUtf8)?;
    let fault = Cell::new(None);
    let seed = ValueSeed {
        depth: 0,
        fault: &fault,
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    seed.deserialize(&mut deserializer)
        .map(Zeroizing::new)
        .and_then(|mut value| {
            // What stands before a surplus text is wiped with it: it may be a private key.
            deserializer.end()?;
            Ok(std::mem::replace(&mut *value, Value::Null))
        })
        .map_err(|error| {
            fault.get().unwrap_or_else(|| Fault::Syntax {
                line: error.line(),
                column: error.column(),
            })
        })
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NotUtf8 => ErrorCode::TextNotUtf8.into(),
            Fault::Syntax { line, column } => Self::new(
                ErrorCode::JsonInvalid,
                format!("the text is not JSON (line {line}, column {column})"),
            ),
            Fault::DuplicateMember => ErrorCode::JsonDuplicateMember.into(),
            Fault::TooDeep => ErrorCode::JsonTooDeep.into(),
        }
    }
}

impl Serialize for Value {
    /// NaN, infinities and [`Value::Foreign`], which JSON cannot say, are written as `null`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null | Self::Foreign(_) => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i128(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::String(value) => serializer.serialize_str(value),
            Self::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

impl fmt::Display for Value {
    /// Compact JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl Zeroize for Value {
    fn zeroize(&mut self) {
        match self {
            Self::String(text) => text.zeroize(),
            Self::Array(items) => items.iter_mut().for_each(Self::zeroize),
            Self::Object(members) => members.iter_mut().for_each(|(_, value)| value.zeroize()),
            Self::Null | Self::Bool(_) | Self::Integer(_) | Self::Float(_) | Self::Foreign(_) => {}
        }
    }
}

/// Reads a value at a given depth and notes the first fault that serde's own errors cannot carry.
#[derive(Clone, Copy)]
struct ValueSeed<'a> {
    depth: u32,
    fault: &'a Cell<Option<Fault>>,
}

impl ValueSeed<'_> {
    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(self.refuse(Fault::TooDeep));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }

    fn refuse<E: de::Error>(self, fault: Fault) -> E {
        self.fault.set(Some(fault));
        E::custom("refused")
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Integer(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        // Half a list is wiped when the text turns out to be damaged: it may be half a private key.
        let mut items = Zeroizing::new(Vec::new());
        while let Some(item) = list.next_element_seed(inner)? {
            items.push(item);
        }
        Ok(Value::Array(std::mem::take(&mut *items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut next = map.next_key::<String>()?;
        if next.as_deref() == Some(NUMBER) && *NUMBERS_ARE_MAPS {
            return number(&map.next_value::<String>()?);
        }
        let inner = self.deeper()?;
        let mut members = Members::default();
        while let Some(name) = next {
            if members.has(&name) {
                return Err(self.refuse(Fault::DuplicateMember));
            }
            let value = map.next_value_seed(inner)?;
            members.push(name, value);
            next = map.next_key()?;
        }
        Ok(Value::Object(std::mem::take(&mut members.list)))
    }
}

/// A number that serde hands over as text.
fn number<E: de::Error>(text: &str) -> Result<Value, E> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite());
    number
        .map(Value::Float)
        .ok_or_else(|| E::custom("number out of range"))
}

/// The one member of the map that stands for a number which is no 64-bit integer, when serde_json has its
/// feature `arbitrary_precision`. Any crate of a build may turn that on for all.
const NUMBER: &str = "$serde_json::private::Number";

/// Whether it is on: only then does serde_json keep the digits as they were written.
static NUMBERS_ARE_MAPS: LazyLock<bool> = LazyLock::new(|| {
    serde_json::from_str("1.00")
        .is_ok_and(|number: serde_json::Number| number.to_string() == "1.00")
});

/// The members of an object under construction. Tokens have a handful, which a scan searches faster
/// than a set; hostile input may have a hundred thousand.
#[derive(Default)]
struct Members {
    list: Vec<(String, Value)>,
    names: HashSet<String>,
}

impl Drop for Members {
    /// Half an object is wiped, as half a list is.
    fn drop(&mut self) {
        self.list.iter_mut().for_each(|(_, value)| value.zeroize());
    }
}

impl Members {
    const SCANNED: usize = 16;

    fn has(&self, name: &str) -> bool {
        if self.list.len() <= Self::SCANNED {
            self.list.iter().any(|(member, _)| member == name)
        } else {
            self.names.contains(name)
        }
    }

    fn push(&mut self, name: String, value: Value) {
        if self.list.len() == Self::SCANNED {
            self.names = self.list.iter().map(|(member, _)| member.clone()).collect();
        }
        if self.list.len() >= Self::SCANNED {
            self.names.insert(name.clone());
        }
        self.list.push((name, value));
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, MAX_DEPTH, Value, parse};

    fn nested(levels: u32) -> String {
        "[".repeat(levels as usize) + &"]".repeat(levels as usize)
    }

    #[test]
    fn duplicates_are_found_at_any_depth_and_count() {
        let many: String = (0..40).map(|n| format!("\"m{n}\":{n},")).collect();
        for text in [
            r#"{"a":1,"a":2}"#.to_owned(),
            r#"{"x":[{"a":1,"\u0061":2}]}"#.to_owned(),
            format!("{{{many}\"m20\":0}}"),
            format!("{{{many}\"m39\":0}}"),
            format!("{{{many}\"m3\":0}}"),
        ] {
            assert_eq!(
                parse(text.as_bytes()),
                Err(Fault::DuplicateMember),
                "{text}"
            );
        }
        assert!(parse(format!("{{{many}\"n\":0}}").as_bytes()).is_ok());
    }

    #[test]
    fn nesting_ends_at_the_limit() {
        assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(parse(nested(MAX_DEPTH + 1).as_bytes()), Err(Fault::TooDeep));
        assert_eq!(parse(nested(100_000).as_bytes()), Err(Fault::TooDeep));
    }

    #[test]
    fn text_is_one_value_of_utf8() {
        assert_eq!(parse(b"{\"a\":\"\xff\"}"), Err(Fault::NotUtf8));
        for text in [
            "",
            "{} {}",
            "{} x",
            "{'a':1}",
            "nul",
            "[1,]",
            "01",
            "\u{feff}{}",
        ] {
            assert!(
                matches!(parse(text.as_bytes()), Err(Fault::Syntax { .. })),
                "{text:?}"
            );
        }
        assert_eq!(parse(b" 1e3 "), Ok(Value::Float(1000.0)));
        assert_eq!(parse(b"-7"), Ok(Value::Integer(-7)));
        assert_eq!(
            parse(b"18446744073709551616"),
            Ok(Value::Float(18_446_744_073_709_551_616.0))
        );
    }
}
