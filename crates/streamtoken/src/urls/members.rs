//! Options of any depth, read from loosely typed objects with a JSON pointer in every refusal.

use super::values::FromOption;
use crate::{Error, ErrorCode, Result, Value};

/// A set of options with a closed list of names.
pub(super) trait Group: Sized {
    const NAMES: &'static [&'static str];

    fn from_members(members: &Members<'_>) -> Result<Self>;
}

/// The members of one object of options, their names checked.
pub(super) struct Members<'a> {
    pointer: String,
    list: &'a [(String, Value)],
}

impl<'a> Members<'a> {
    /// Reads `value` as the group that stands at `pointer`; null is the empty group.
    pub(super) fn read<G: Group>(value: &'a Value, pointer: &str) -> Result<G> {
        let list = match value {
            Value::Null => &[],
            Value::Object(list) => list.as_slice(),
            other => {
                let message = format!("URL options must be an object, not {}", other.kind());
                return Err(at(pointer, Error::new(ErrorCode::OptionType, message)));
            }
        };
        for (index, (name, _)) in list.iter().enumerate() {
            if !G::NAMES.contains(&name.as_str()) {
                return Err(unknown(pointer, name, G::NAMES));
            }
            // JSON text is checked when it is parsed; a value may come from elsewhere.
            if list[..index].iter().any(|(earlier, _)| earlier == name) {
                let error = Error::from(ErrorCode::JsonDuplicateMember);
                return Err(error.at(format!("{pointer}/{name}")));
            }
        }
        let pointer = pointer.to_owned();
        G::from_members(&Members { pointer, list })
    }

    /// The group called `name`; empty when it is absent.
    pub(super) fn group<G: Group>(&self, name: &str) -> Result<G> {
        let value = self.value(name).unwrap_or(&Value::Null);
        Self::read(value, &format!("{}/{name}", self.pointer))
    }

    /// The option called `name`; `None` when it is absent or null.
    pub(super) fn get<T: FromOption>(&self, name: &str) -> Result<Option<T>> {
        self.value(name)
            .map(|value| T::from_option(name, value))
            .transpose()
            .map_err(|error| error.within(&format!("{}/{name}", self.pointer)))
    }

    fn value(&self, name: &str) -> Option<&'a Value> {
        self.list
            .iter()
            .find_map(|(member, value)| (member == name).then_some(value))
            .filter(|value| **value != Value::Null)
    }
}

/// A row without options.
pub(super) struct NoOptions;

impl Group for NoOptions {
    const NAMES: &'static [&'static str] = &[];

    fn from_members(_: &Members<'_>) -> Result<Self> {
        Ok(Self)
    }
}

/// Points at the unknown name itself, unless it is too long or strange to be repeated.
fn unknown(pointer: &str, name: &str, known: &[&str]) -> Error {
    let message = match known {
        [] => "this row has no options".to_owned(),
        known => format!("no such option; known here: {}", known.join(", ")),
    };
    let repeatable = name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_graphic());
    let field = if repeatable {
        format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
    } else {
        pointer.to_owned()
    };
    at(&field, Error::new(ErrorCode::OptionUnknown, message))
}

/// The options as a whole are no member: they have no pointer.
fn at(pointer: &str, error: Error) -> Error {
    if pointer.is_empty() {
        error
    } else {
        error.at(pointer)
    }
}
