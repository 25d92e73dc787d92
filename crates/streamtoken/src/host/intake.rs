//! Bounds on what is read from a host's objects.

use crate::json::MAX_DEPTH;
use crate::{Error, ErrorCode, Result};

/// Most values that one set of options may hold, each list, object and member counted, and each 512 bytes
/// of text as one more (our choice). Five rules in a token of 16,384 characters hold some two thousand.
pub const MAX_VALUES: u32 = 100_000;

/// Counts while a binding reads a host's object: JSON text ends, a host's object may be cyclic or unfold
/// without end.
///
/// ```
/// use streamtoken::host::Intake;
///
/// let mut intake = Intake::new();
/// intake.value()?; // a list
/// intake.enter()?;
/// intake.value()?; // its item
/// intake.leave();
/// # Ok::<(), streamtoken::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Intake {
    depth: u32,
    values: u32,
}

impl Intake {
    /// Nothing was read yet.
    #[expect(
        clippy::new_without_default,
        reason = "a count begins where it is written"
    )]
    pub const fn new() -> Self {
        Self {
            depth: 0,
            values: 0,
        }
    }

    /// Counts one value of any kind.
    ///
    /// # Errors
    /// [`ErrorCode::OptionTooLarge`] above [`MAX_VALUES`].
    pub fn value(&mut self) -> Result<()> {
        if self.values >= MAX_VALUES {
            return Err(ErrorCode::OptionTooLarge.into());
        }
        self.values += 1;
        Ok(())
    }

    /// Counts the bytes of a string or of a member's name: one text may stand in a thousand places.
    ///
    /// # Errors
    /// [`ErrorCode::OptionTooLarge`] above [`MAX_VALUES`].
    pub fn text(&mut self, text: &str) -> Result<()> {
        let values = u32::try_from(text.len() / TEXT_PER_VALUE).unwrap_or(u32::MAX);
        self.values = self.values.saturating_add(values);
        if self.values > MAX_VALUES {
            return Err(ErrorCode::OptionTooLarge.into());
        }
        Ok(())
    }

    /// Goes into a list or an object.
    ///
    /// # Errors
    /// [`ErrorCode::JsonTooDeep`] below 32 levels, as for JSON text.
    pub fn enter(&mut self) -> Result<()> {
        if self.depth == MAX_DEPTH {
            return Err(Error::from(ErrorCode::JsonTooDeep));
        }
        self.depth += 1;
        Ok(())
    }

    /// Leaves the list or object that was entered last.
    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}

/// Bytes of text that count as one value.
const TEXT_PER_VALUE: usize = 512;

#[cfg(test)]
mod tests {
    use super::{Intake, MAX_VALUES};
    use crate::ErrorCode;
    use crate::json::MAX_DEPTH;

    #[test]
    fn depth_is_limited_and_leaving_gives_it_back() {
        let mut intake = Intake::new();
        for _ in 0..MAX_DEPTH {
            intake.enter().unwrap();
        }
        assert_eq!(intake.enter().unwrap_err().code(), ErrorCode::JsonTooDeep);
        intake.leave();
        assert_eq!(intake.enter(), Ok(()));
    }

    #[test]
    fn the_number_of_values_is_limited() {
        let mut intake = Intake::new();
        for _ in 0..MAX_VALUES {
            intake.value().unwrap();
        }
        let refused = intake.value().unwrap_err();
        assert_eq!(refused.code(), ErrorCode::OptionTooLarge);
        assert!(refused.message().contains(&MAX_VALUES.to_string()));
    }

    #[test]
    fn long_texts_are_many_values() {
        let mut intake = Intake::new();
        let text = "x".repeat(1024);
        for _ in 0..MAX_VALUES / 2 {
            intake.text(&text).unwrap();
        }
        intake.text("short").unwrap();
        assert_eq!(
            intake.text(&text).unwrap_err().code(),
            ErrorCode::OptionTooLarge
        );
        assert_eq!(
            intake.value().unwrap_err().code(),
            ErrorCode::OptionTooLarge
        );
    }
}
