//! Variables of the environment: one rule of what counts as set.

use std::ffi::OsString;

use zeroize::Zeroizing;

/// The value of the variable `name` without the white space around it; `None` when it is not set, or when
/// nothing is left. It may hold a key, so it is wiped after use.
pub(crate) fn variable(
    lookup: impl Fn(&str) -> Option<OsString>,
    name: &str,
) -> Option<Zeroizing<Vec<u8>>> {
    let value = Zeroizing::new(lookup(name)?.into_encoded_bytes());
    let trimmed = match std::str::from_utf8(&value) {
        Ok(text) => text.trim().as_bytes(),
        Err(_) => value.trim_ascii(),
    };
    (!trimmed.is_empty()).then(|| Zeroizing::new(trimmed.to_vec()))
}

/// As [`variable`], as text: bytes that are not UTF-8 are replaced, and make it no good for anything.
#[cfg(feature = "http")]
pub(crate) fn text(lookup: impl Fn(&str) -> Option<OsString>, name: &str) -> Option<String> {
    let value = variable(lookup, name)?;
    Some(String::from_utf8_lossy(&value).into_owned())
}

#[cfg(test)]
mod tests {
    use super::variable;

    #[test]
    fn white_space_around_a_value_is_dropped_and_alone_it_is_none() {
        let read = |text: &str| variable(|_| Some(text.into()), "NAME").map(|value| value.to_vec());
        assert_eq!(variable(|_| None, "NAME"), None);
        for text in ["", " ", " \t\r\n", "\u{a0}"] {
            assert_eq!(read(text), None, "{text:?}");
        }
        for text in ["a b", " a b", "a b\r\n", "\t a b \u{a0}\u{b}"] {
            assert_eq!(read(text).as_deref(), Some(&b"a b"[..]), "{text:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_not_utf8_are_a_value() {
        use std::os::unix::ffi::OsStringExt as _;
        let value = variable(
            |_| Some(std::ffi::OsString::from_vec(b" \xff\n".to_vec())),
            "NAME",
        );
        assert_eq!(value.as_deref().map(Vec::as_slice), Some(&b"\xff"[..]));
    }
}
