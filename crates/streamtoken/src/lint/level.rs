//! What a signer does with warnings.

use std::fmt;
use std::str::FromStr;

use crate::options::wrong_type;
use crate::{Error, ErrorCode, Result, Value};

/// What a signer does with the warnings about rules and options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum LintLevel {
    /// Looks for none.
    Off,
    /// Mints, and the token has them: [`Token::warnings`](crate::Token::warnings).
    #[default]
    Warn,
    /// Refuses to mint: [`ErrorCode::LintDenied`].
    Deny,
}

impl LintLevel {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Off, Self::Warn, Self::Deny];

    /// The name on the wire: `off`, `warn` or `deny`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }

    /// The level that `value` names.
    ///
    /// # Errors
    /// [`ErrorCode::OptionType`] for anything but a string, [`ErrorCode::OptionValue`] for another word.
    pub fn from_value(value: &Value) -> Result<Self> {
        value
            .as_str()
            .ok_or_else(|| wrong_type("a string", value))?
            .parse()
    }
}

impl FromStr for LintLevel {
    type Err = Error;

    /// # Errors
    /// [`ErrorCode::OptionValue`].
    fn from_str(name: &str) -> Result<Self> {
        let level = Self::ALL.iter().find(|level| level.as_str() == name);
        level.copied().ok_or_else(|| {
            let message = "a lint level is \"off\", \"warn\" or \"deny\"";
            Error::new(ErrorCode::OptionValue, message)
        })
    }
}

impl fmt::Display for LintLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
