//! Members of the bodies that the emulator's own routes take.

use std::ops::RangeInclusive;

use streamtoken::{Error, ErrorCode, Result, Value};

/// The members of an object that has no others than it may have. `null` is *not given*.
pub(super) struct Members<'v> {
    members: &'v [(String, Value)],
    at: String,
}

impl<'v> Members<'v> {
    /// # Errors
    /// [`ErrorCode::OptionType`] for anything but an object, [`ErrorCode::OptionUnknown`].
    pub(super) fn of(value: &'v Value, at: &str, known: &[&str]) -> Result<Self> {
        let members = value
            .as_object()
            .ok_or_else(|| wrong_type("an object", at))?;
        match members
            .iter()
            .find(|(name, _)| !known.contains(&name.as_str()))
        {
            None => Ok(Self {
                members,
                at: at.to_owned(),
            }),
            Some((name, _)) => {
                let message = format!("there is no such member; there are {}", known.join(", "));
                let name = name.replace('~', "~0").replace('/', "~1");
                Err(Error::new(ErrorCode::OptionUnknown, message).at(format!("{at}/{name}")))
            }
        }
    }

    /// A member that was given.
    pub(super) fn get(&self, name: &str) -> Option<&'v Value> {
        self.members
            .iter()
            .find(|(member, _)| member == name)
            .map(|(_, value)| value)
            .filter(|value| **value != Value::Null)
    }

    /// A whole number within `range`.
    pub(super) fn integer<T: Copy + TryFrom<i128> + Into<i128>>(
        &self,
        name: &str,
        range: RangeInclusive<T>,
    ) -> Result<Option<T>> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let number = whole(value).ok_or_else(|| self.wrong_type(name, "a whole number"))?;
        let (low, high): (i128, i128) = ((*range.start()).into(), (*range.end()).into());
        T::try_from(number)
            .ok()
            .filter(|_| (low..=high).contains(&number))
            .map(Some)
            .ok_or_else(|| self.refuse(name, format!("{name} may be {low} to {high}")))
    }

    /// A boolean; `false` when it was not given.
    pub(super) fn boolean(&self, name: &str) -> Result<bool> {
        match self.get(name) {
            None => Ok(false),
            Some(Value::Bool(value)) => Ok(*value),
            Some(_) => Err(self.wrong_type(name, "a boolean")),
        }
    }

    /// One of the names in `table`.
    pub(super) fn choice<T: Copy>(&self, name: &str, table: &[(&str, T)]) -> Result<Option<T>> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let text = value
            .as_str()
            .ok_or_else(|| self.wrong_type(name, "a string"))?;
        let found = table.iter().find(|(word, _)| *word == text);
        found.map(|(_, value)| Some(*value)).ok_or_else(|| {
            let words: Vec<_> = table.iter().map(|(word, _)| *word).collect();
            self.refuse(name, format!("{name} may be {}", words.join(", ")))
        })
    }

    /// A refusal of the value of a member.
    pub(super) fn refuse(&self, name: &str, message: impl Into<String>) -> Error {
        Error::new(ErrorCode::OptionValue, message).at(format!("{}/{name}", self.at))
    }

    fn wrong_type(&self, name: &str, wanted: &str) -> Error {
        wrong_type(wanted, &format!("{}/{name}", self.at))
    }
}

/// A refusal of what is not `wanted`.
pub(super) fn wrong_type(wanted: &str, at: &str) -> Error {
    let error = Error::new(ErrorCode::OptionType, format!("this must be {wanted}"));
    if at.is_empty() { error } else { error.at(at) }
}

/// The number, whatever its spelling: `60` and `6e1`.
fn whole(value: &Value) -> Option<i128> {
    match value {
        Value::Integer(number) => Some(*number),
        Value::Float(number) if number.fract() == 0.0 => format!("{number:.0}").parse().ok(),
        _ => None,
    }
}
