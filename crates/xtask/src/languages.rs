//! The surfaces that other languages see: how each is built, linted and tested.

pub(crate) mod c;
pub(crate) mod node;
pub(crate) mod python;
