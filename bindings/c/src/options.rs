//! Options under construction: members by their wire names, as loosely typed as C says them. What they
//! mean is decided by the core when they are used.

use streamtoken::Value;

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

    /// Gives the member `name`, in the place of an earlier one.
    pub(crate) fn set(&mut self, name: &str, value: Value) {
        match self.member(name) {
            Some(member) => *member = value,
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

    fn member(&mut self, name: &str) -> Option<&mut Value> {
        self.0
            .iter_mut()
            .find_map(|(known, value)| (known == name).then_some(value))
    }
}
