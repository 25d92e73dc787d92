//! The surfaces that other languages see: how each is built, linted and tested.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

pub(crate) mod c;
pub(crate) mod cpp;
pub(crate) mod node;
pub(crate) mod python;
pub(crate) mod services;
mod tools;

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

/// How a block of the documentation becomes a program that runs.
pub(crate) struct Script {
    /// The word behind the block's fence.
    pub(crate) fence: &'static str,
    /// What the program's file ends with.
    pub(crate) extension: &'static str,
    /// The command that runs the program in a file, compiled if need be.
    pub(crate) command: Runner,
}

type Runner = Box<dyn Fn(&Path) -> Result<Command>>;
