//! Panics on demand, for the tests.

/// Panics for the identifier `provoke-panic` in an addon that was built for it.
pub(crate) fn provoke(identifier: &str) {
    #[cfg(feature = "provoke-panic")]
    assert_ne!(identifier, "provoke-panic", "provoked");
    let _ = identifier;
}
