//! What stands between a C caller and Rust: pointers become references and slices, results become a
//! status and out-parameters, and a panic becomes an error.

use std::ffi::{CString, c_char};
use std::fmt::Display;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};

use streamtoken::{Error, ErrorCode, Result};

use crate::error::streamtoken_error;
use crate::{STREAMTOKEN_MAX_LENGTH, STREAMTOKEN_OK};

/// Where an answer goes. C leaves what is behind the pointer uninitialised, so it is written, never
/// read or dropped.
pub(crate) type Slot<'a, T> = Option<&'a mut MaybeUninit<T>>;

/// Where a handle goes, or NULL.
pub(crate) type HandleSlot<'a, T> = Slot<'a, Option<Box<T>>>;

/// The out-parameters of one call.
pub(crate) trait Out {
    /// What a successful call writes.
    type Value;

    /// Writes NULL and 0.
    fn clear(&mut self);

    /// The name of a parameter that must not be NULL and is.
    fn missing(&self) -> Option<&'static str>;

    /// Writes the answer.
    fn fill(self, value: Self::Value);
}

/// A handle that the caller will own. Called by the name of its parameter.
pub(crate) struct Handle<'a, T>(pub(crate) &'static str, pub(crate) HandleSlot<'a, T>);

impl<T> Out for Handle<'_, T> {
    type Value = T;

    fn clear(&mut self) {
        write(&mut self.1, None);
    }

    fn missing(&self) -> Option<&'static str> {
        self.1.is_none().then_some(self.0)
    }

    fn fill(mut self, value: T) {
        write(&mut self.1, Some(Box::new(value)));
    }
}

/// A handle or NULL, both of them success.
pub(crate) struct Maybe<'a, T>(pub(crate) Handle<'a, T>);

impl<T> Out for Maybe<'_, T> {
    type Value = Option<T>;

    fn clear(&mut self) {
        self.0.clear();
    }

    fn missing(&self) -> Option<&'static str> {
        self.0.missing()
    }

    fn fill(self, value: Option<T>) {
        if let Some(value) = value {
            self.0.fill(value);
        }
    }
}

/// A text that the caller will own. Its length may be left out, since the text ends with NUL.
pub(crate) struct Text<'a> {
    name: &'static str,
    text: Slot<'a, *mut c_char>,
    length: Slot<'a, usize>,
}

impl<'a> Text<'a> {
    pub(crate) fn new(
        name: &'static str,
        text: Slot<'a, *mut c_char>,
        length: Slot<'a, usize>,
    ) -> Self {
        Self { name, text, length }
    }
}

impl Out for Text<'_> {
    type Value = CString;

    fn clear(&mut self) {
        write(&mut self.text, std::ptr::null_mut());
        write(&mut self.length, 0);
    }

    fn missing(&self) -> Option<&'static str> {
        self.text.is_none().then_some(self.name)
    }

    fn fill(mut self, value: CString) {
        write(&mut self.length, value.as_bytes().len());
        write(&mut self.text, value.into_raw());
    }
}

/// Nothing but the status.
impl Out for () {
    type Value = ();

    fn clear(&mut self) {}

    fn missing(&self) -> Option<&'static str> {
        None
    }

    fn fill(self, (): ()) {}
}

/// Runs `work` and writes what comes of it: the answer into `out` and 0 as the status, or the error
/// into `error` (when the caller wants it) and its number.
pub(crate) fn answer<O: Out>(
    mut out: O,
    mut error: HandleSlot<'_, streamtoken_error>,
    work: impl FnOnce() -> Result<O::Value>,
) -> i32 {
    out.clear();
    write(&mut error, None);
    // Before anything is signed or verified.
    #[cfg(unix)]
    crate::fork::watch();
    let result = match out.missing() {
        Some(name) => Err(null(name)),
        None => caught(work),
    };
    match result {
        Ok(value) => {
            out.fill(value);
            STREAMTOKEN_OK
        }
        Err(refusal) => {
            let status = refusal.code().number();
            if error.is_some() {
                write(&mut error, Some(Box::new(streamtoken_error::new(refusal))));
            }
            status
        }
    }
}

/// Runs `work`, which cannot fail; `otherwise` is the answer when it panics all the same.
pub(crate) fn infallible<T>(otherwise: T, work: impl FnOnce() -> T) -> T {
    caught(|| Ok(work())).unwrap_or(otherwise)
}

/// A text that belongs to a handle: the pointer, and the length when the caller wants it. NULL and 0
/// when there is none.
pub(crate) fn borrowed<'a>(
    mut length: Slot<'_, usize>,
    find: impl FnOnce() -> Option<&'a CString>,
) -> *const c_char {
    let found = infallible(None, find);
    write(&mut length, found.map_or(0, |text| text.as_bytes().len()));
    found.map_or(std::ptr::null(), |text| text.as_ptr())
}

/// Takes a handle back. Dropping is work as well, and must not unwind into C.
pub(crate) fn release<T>(handle: Option<Box<T>>) {
    infallible((), || drop(handle));
}

fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    // What a panic leaves behind is not looked at again: handles are never changed, and a builder's
    // members are whole after every step.
    let guarded = AssertUnwindSafe(|| {
        #[cfg(feature = "provoke-panic")]
        crate::provoke::panic_if_wanted();
        work()
    });
    catch_unwind(guarded).unwrap_or_else(|_| Err(ErrorCode::Internal.into()))
}

pub(crate) fn write<T>(slot: &mut Slot<'_, T>, value: T) {
    if let Some(slot) = slot {
        slot.write(value);
    }
}

/// The handle behind a parameter that must not be NULL.
pub(crate) fn given<T>(name: &str, handle: Option<T>) -> Result<T> {
    handle.ok_or_else(|| null(name))
}

/// The bytes of a parameter and its length. NULL with length 0 is empty.
///
/// # Safety
/// A pointer that is not NULL has `length` readable bytes behind it that nobody changes during `'a`.
pub(crate) unsafe fn bytes<'a>(name: &str, start: *const u8, length: usize) -> Result<&'a [u8]> {
    // SAFETY: the caller answers for `length` bytes.
    unsafe { items(name, start, length) }
}

/// The first `most` bytes of a parameter, for what reads no further: its length may be any that an object can have.
///
/// # Safety
/// As for [`bytes`].
pub(crate) unsafe fn beginning<'a>(
    name: &str,
    start: *const u8,
    length: usize,
    most: usize,
) -> Result<&'a [u8]> {
    let largest = isize::MAX.unsigned_abs();
    if length > largest {
        return Err(too_large(name, largest, length));
    }
    // SAFETY: no more bytes than the caller answers for.
    unsafe { bytes(name, start, length.min(most)) }
}

/// The items of a parameter and their number. NULL with 0 is empty.
///
/// # Safety
/// A pointer that is not NULL has `count` readable items behind it that nobody changes during `'a`.
pub(crate) unsafe fn items<'a, T>(name: &str, start: *const T, count: usize) -> Result<&'a [T]> {
    let most = STREAMTOKEN_MAX_LENGTH / size_of::<T>();
    // A length that was never meant, such as -1, is refused before anything is read.
    if count > most {
        return Err(too_large(name, most, count));
    }
    if count == 0 {
        return Ok(&[]);
    }
    if start.is_null() {
        return Err(null(name));
    }
    // SAFETY: not NULL, and the caller answers for `count` items.
    Ok(unsafe { std::slice::from_raw_parts(start, count) })
}

/// As [`bytes`], for a parameter that must be UTF-8 before the core can see it. `name` is the wire name.
///
/// # Safety
/// As for [`bytes`].
pub(crate) unsafe fn text<'a>(name: &str, start: *const c_char, length: usize) -> Result<&'a str> {
    // SAFETY: the caller answers for `length` bytes.
    let bytes = unsafe { bytes(name, start.cast(), length) }?;
    std::str::from_utf8(bytes)
        .map_err(|_| Error::from(ErrorCode::TextNotUtf8).at(format!("/{name}")))
}

/// As [`text`], for a parameter that is not given when it is NULL.
///
/// # Safety
/// As for [`bytes`].
pub(crate) unsafe fn optional_text<'a>(
    name: &str,
    start: *const c_char,
    length: usize,
) -> Result<Option<&'a str>> {
    if start.is_null() && length == 0 {
        return Ok(None);
    }
    // SAFETY: the caller answers for `length` bytes.
    unsafe { text(name, start, length) }.map(Some)
}

/// A text for C. The buffer is made in its final size: one that grows leaves copies behind, and the
/// text may be a private key.
pub(crate) fn c_text(text: impl AsRef<str>) -> Result<CString> {
    let text = text.as_ref().as_bytes();
    let mut buffer = Vec::with_capacity(text.len() + 1);
    buffer.extend_from_slice(text);
    buffer.push(0);
    CString::from_vec_with_nul(buffer).map_err(|_| ErrorCode::Internal.into())
}

/// A value as compact JSON for C.
pub(crate) fn c_json(value: &impl serde::Serialize) -> Result<CString> {
    c_text(serde_json::to_string(value).map_err(|_| Error::from(ErrorCode::Internal))?)
}

fn too_large(name: &str, most: usize, length: usize) -> Error {
    Error::new(
        ErrorCode::LengthTooLarge,
        format!("the length of {name} is at most {most}, not {length}"),
    )
}

fn null(name: impl Display) -> Error {
    Error::new(
        ErrorCode::PointerNull,
        format!("{name} is NULL; only what the header says may be NULL"),
    )
}
