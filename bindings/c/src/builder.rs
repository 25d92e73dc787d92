//! What functions that build options have in common. cbindgen reads source and expands nothing, so every
//! exported function stays written out, and calls one of these.

use std::ffi::c_char;
use std::mem::replace;

use streamtoken::{Result, Value};
use zeroize::Zeroizing;

use crate::boundary::{HandleSlot, answer, bytes, given, text};
use crate::error::streamtoken_error;
use crate::options::Members;

/// Options under construction.
pub(crate) trait Builder {
    /// What the header calls the parameter.
    const PARAMETER: &'static str = "options";

    fn members_mut(&mut self) -> &mut Members;
}

/// The members in JSON text, when `accept` finds nothing wrong with them. The value that is read is wiped: it
/// may hold a credential or a key, wanted or not.
///
/// # Safety
/// As for [`bytes`].
pub(crate) unsafe fn from_json<O>(
    json: *const c_char,
    length: usize,
    accept: impl FnOnce(&Value) -> Result<O>,
) -> Result<Members> {
    // SAFETY: the caller answers for the length.
    let mut value = Zeroizing::new(unsafe { parsed("json", json, length) }?);
    accept(&value)?;
    Ok(Members::of(replace(&mut *value, Value::Null)))
}

/// Gives the member `name` what `value` makes, or the error with which it ends.
pub(crate) fn set<B: Builder>(
    builder: Option<&mut B>,
    name: &str,
    error: HandleSlot<'_, streamtoken_error>,
    value: impl FnOnce() -> Result<Value>,
) -> i32 {
    answer((), error, || {
        let members = given(B::PARAMETER, builder)?.members_mut();
        members.set(name, value()?);
        Ok(())
    })
}

/// [`set`] for a number.
pub(crate) fn set_number<B: Builder>(
    builder: Option<&mut B>,
    name: &str,
    number: f64,
    error: HandleSlot<'_, streamtoken_error>,
) -> i32 {
    set(builder, name, error, || Ok(Value::Float(number)))
}

/// [`set`] for a boolean.
pub(crate) fn set_bool<B: Builder>(
    builder: Option<&mut B>,
    name: &str,
    value: bool,
    error: HandleSlot<'_, streamtoken_error>,
) -> i32 {
    set(builder, name, error, || Ok(Value::Bool(value)))
}

/// [`set`] for a text, which is copied.
///
/// # Safety
/// As for [`bytes`].
pub(crate) unsafe fn set_text<B: Builder>(
    builder: Option<&mut B>,
    name: &str,
    start: *const c_char,
    length: usize,
    error: HandleSlot<'_, streamtoken_error>,
) -> i32 {
    // SAFETY: the caller answers for the length.
    set(builder, name, error, || unsafe {
        string(name, start, length)
    })
}

/// [`set`] for what JSON text says.
///
/// # Safety
/// As for [`bytes`].
pub(crate) unsafe fn set_json<B: Builder>(
    builder: Option<&mut B>,
    name: &str,
    json: *const c_char,
    length: usize,
    error: HandleSlot<'_, streamtoken_error>,
) -> i32 {
    // SAFETY: the caller answers for the length.
    set(builder, name, error, || unsafe {
        parsed("json", json, length)
    })
}

/// A text as a value. `name` is the wire name.
///
/// # Safety
/// As for [`bytes`].
pub(crate) unsafe fn string(name: &str, start: *const c_char, length: usize) -> Result<Value> {
    // SAFETY: the caller answers for the length.
    let text = unsafe { text(name, start, length) }?;
    Ok(Value::String(text.to_owned()))
}

/// The value in JSON text, which is the parameter `name`.
///
/// # Safety
/// As for [`bytes`].
pub(crate) unsafe fn parsed(name: &str, json: *const c_char, length: usize) -> Result<Value> {
    // SAFETY: the caller answers for the length.
    Value::parse(unsafe { bytes(name, json.cast(), length) }?)
}
