//! The surfaces that other languages see: how each is built, linted and tested.

use std::process::Command;

pub(crate) mod c;
pub(crate) mod cpp;
pub(crate) mod node;
pub(crate) mod python;

/// The programs `mint`, `verify` and `urls` of one surface: the same arguments and answers everywhere.
pub(crate) struct Examples {
    pub(crate) surface: String,
    /// The command that runs the program of a name, still without arguments.
    pub(crate) program: Box<dyn Fn(&str) -> Command>,
}

impl Examples {
    pub(crate) fn new(surface: &str, program: impl Fn(&str) -> Command + 'static) -> Self {
        Self {
            surface: surface.to_owned(),
            program: Box::new(program),
        }
    }
}
