//! Arguments that are texts: keys, tokens, JSON, URLs.

use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PySlice, PyString, PyType};
use streamtoken::{Value, host};
use zeroize::Zeroizing;

use crate::convert::{options, value, wrong_type};
use crate::error::raise;
use crate::token::Token;

/// The bytes of a `str`, `bytes`, `bytearray` or `Token`, which is the argument called `name`. They may
/// be a private key, so they are wiped. A lone surrogate gives bytes that are not UTF-8, which the core
/// refuses.
pub(crate) fn bytes(object: &Bound<'_, PyAny>, name: &str) -> PyResult<Zeroizing<Vec<u8>>> {
    let bytes = if let Ok(text) = object.cast::<PyString>() {
        match text.to_cow() {
            Ok(text) => text.into_owned().into_bytes(),
            Err(_) => with_surrogates(text)?,
        }
    } else if let Ok(bytes) = object.cast::<PyBytes>() {
        bytes.as_bytes().to_vec()
    } else if let Ok(bytes) = object.cast::<PyByteArray>() {
        bytes.to_vec()
    } else if let Ok(token) = object.cast::<Token>() {
        token.get().text().as_bytes().to_vec()
    } else {
        refused(object, name)?.into_bytes()
    };
    Ok(Zeroizing::new(bytes))
}

/// At least the first `most` bytes of an argument that [`bytes`] takes, or all, and how many bytes it has. Of a
/// long text no more than a part is copied at a time. (Of a long `bytearray` the part is one of Python's own too,
/// which nobody wipes.)
pub(crate) fn beginning(
    object: &Bound<'_, PyAny>,
    name: &str,
    most: usize,
) -> PyResult<(Zeroizing<Vec<u8>>, usize)> {
    if let Ok(text) = object.cast::<PyString>() {
        return beginning_of_text(text, most);
    }
    if let Ok(all) = object.cast::<PyBytes>() {
        let all = all.as_bytes();
        return Ok((all[..all.len().min(most)].to_vec().into(), all.len()));
    }
    if let Ok(all) = object.cast::<PyByteArray>()
        && all.len() > most
    {
        let first = part(&object.py().get_type::<PyByteArray>(), object, 0, most)?;
        return Ok((bytes(&first, name)?, all.len()));
    }
    let all = bytes(object, name)?;
    let length = all.len();
    Ok((all, length))
}

/// A character has one byte or more. How many, only the encoded text tells, which is made in parts.
fn beginning_of_text(
    text: &Bound<'_, PyString>,
    most: usize,
) -> PyResult<(Zeroizing<Vec<u8>>, usize)> {
    let kind = text.py().get_type::<PyString>();
    let mut kept = None;
    let (mut start, mut length) = (0, 0);
    loop {
        let encoded = bytes(&part(&kind, text, start, most)?, "text")?;
        let is_over = encoded.is_empty();
        length += encoded.len();
        let first = kept.get_or_insert(encoded);
        if is_over {
            return Ok((std::mem::take(first), length));
        }
        start += most;
    }
}

/// `object[start:start + most]` as `kind` has it, whatever a class that derives from that makes of it.
fn part<'py>(
    kind: &Bound<'py, PyType>,
    object: &Bound<'py, PyAny>,
    start: usize,
    most: usize,
) -> PyResult<Bound<'py, PyAny>> {
    let slice = object
        .py()
        .get_type::<PySlice>()
        .call1((start, start + most))?;
    kind.call_method1("__getitem__", (object, slice))
}

/// The bytes of a `bytes` or `bytearray`, for an argument that is no text.
pub(crate) fn binary(object: &Bound<'_, PyAny>, name: &str) -> PyResult<Vec<u8>> {
    if let Ok(bytes) = object.cast::<PyBytes>() {
        Ok(bytes.as_bytes().to_vec())
    } else if let Ok(bytes) = object.cast::<PyByteArray>() {
        Ok(bytes.to_vec())
    } else {
        Err(wrong_type(object, "bytes", name))
    }
}

/// As [`bytes`], for what the core takes as text; what is not UTF-8 gets characters that it refuses.
pub(crate) fn text(object: &Bound<'_, PyAny>, name: &str) -> PyResult<String> {
    Ok(String::from_utf8_lossy(&bytes(object, name)?).into_owned())
}

/// The key id in an argument that may be absent or None; `unknown` are the keywords that there are not.
fn key_id(
    id: Option<&Bound<'_, PyAny>>,
    unknown: Option<&Bound<'_, PyDict>>,
) -> PyResult<Option<Zeroizing<String>>> {
    // Wiped: it may be the key, when the two are mistaken for each other.
    let mut given = Zeroizing::new(options(&[], unknown)?);
    if let (Value::Object(members), Some(id)) = (&mut *given, id) {
        members.push(("id".to_owned(), value(id)?));
    }
    let id = host::key_id(&given).map_err(|error| raise(&error))?;
    Ok(id.map(|id| Zeroizing::new(id.to_owned())))
}

/// Has `read` make what it makes of a key in the argument `text`, whose id may stand in `id`; other Python
/// threads run meanwhile.
pub(crate) fn read_key<T: Send>(
    text: &Bound<'_, PyAny>,
    id: Option<&Bound<'_, PyAny>>,
    unknown: Option<&Bound<'_, PyDict>>,
    read: impl FnOnce(&[u8], Option<&str>) -> streamtoken::Result<T> + Send,
) -> PyResult<T> {
    let py = text.py();
    let (text, id) = (bytes(text, "text")?, key_id(id, unknown)?);
    let made = py.detach(|| read(&text, id.as_deref().map(String::as_str)));
    made.map_err(|error| raise(&error))
}

/// The string in an argument for which nothing else will do.
fn strict(object: &Bound<'_, PyAny>, name: &str) -> PyResult<String> {
    let value = value(object)?;
    let text = host::text(&value, name).map_err(|error| raise(&error))?;
    Ok(text.to_owned())
}

/// The core's refusal of an argument of another type.
fn refused(object: &Bound<'_, PyAny>, name: &str) -> PyResult<String> {
    strict(object, name)
}

fn with_surrogates(text: &Bound<'_, PyString>) -> PyResult<Vec<u8>> {
    let encoder = text.py().get_type::<PyString>().getattr("encode")?;
    let encoded = encoder.call1((text, "utf-8", "surrogatepass"))?;
    Ok(encoded.cast::<PyBytes>()?.as_bytes().to_vec())
}
