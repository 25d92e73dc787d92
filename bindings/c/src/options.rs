//! Options under construction: members by their wire names, as loosely typed as C says them. What they
//! mean is decided by the core when they are used.

use streamtoken::Value;
use zeroize::{Zeroize as _, Zeroizing};

/// An object of options.
#[derive(Default)]
pub(crate) struct Members(Vec<(String, Value)>);

impl Members {
    /// The members of what the core has accepted as options.
    pub(crate) fn of(value: Value) -> Self {
        match value {
            Value::Object(members) => Self(members),
            _ => Self::default(),
        }
    }

    /// Gives the member `name`, in the place of an earlier one, which may have been a secret.
    pub(crate) fn set(&mut self, name: &str, value: Value) {
        match self.member(name) {
            Some(member) => std::mem::replace(member, value).zeroize(),
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// Gives the member `name` of the object `row`, which is made when it is not there.
    pub(crate) fn set_in(&mut self, row: &str, name: &str, value: Value) {
        let known = self
            .member(row)
            .map(|row| std::mem::replace(row, Value::Null));
        let mut members = known.map(Self::of).unwrap_or_default();
        members.set(name, value);
        self.set(row, Value::Object(members.0));
    }

    /// The object as the core takes it.
    pub(crate) fn value(&self) -> Value {
        Value::Object(self.0.clone())
    }

    /// The members of `self` and `others` as one object, which is wiped.
    pub(crate) fn with(&self, others: Option<&Self>) -> Zeroizing<Value> {
        let others = others.map(|others| others.0.as_slice()).unwrap_or_default();
        Zeroizing::new(Value::Object([self.0.as_slice(), others].concat()))
    }

    /// Wipes the values.
    pub(crate) fn wipe(&mut self) {
        self.0.iter_mut().for_each(|(_, value)| value.zeroize());
    }

    fn member(&mut self, name: &str) -> Option<&mut Value> {
        self.0
            .iter_mut()
            .find_map(|(known, value)| (known == name).then_some(value))
    }
}
