//! The one reader of Python objects, and the one writer.
//!
//! Objects are read as they are, through the types' own slots: an `int` or `str` subclass cannot change
//! its value on the way. Only mappings and iterables of the caller's own are asked, and what they raise
//! is passed on.

use pyo3::PyTypeInfo as _;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDateTime, PyDelta, PyDeltaAccess as _, PyDict, PyFloat,
    PyFrozenSet, PyInt, PyIterator, PyList, PyMemoryView, PySet, PyString, PyTuple, PyType,
    PyTzInfo,
};
use serde::Serialize;
use streamtoken::host::{self, Intake, Spelling};
use streamtoken::{Error, Value};

use crate::error::raise;
use crate::rules::AccessRules;
use crate::token::Token;
use crate::urls::CustomerCode;

/// Why an object was not read: the core refuses it, or code of the caller's raised an exception.
pub(crate) enum Unread {
    Refused(Error),
    Raised(PyErr),
}

impl From<Error> for Unread {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<PyErr> for Unread {
    fn from(exception: PyErr) -> Self {
        Self::Raised(exception)
    }
}

impl From<Unread> for PyErr {
    fn from(reason: Unread) -> Self {
        match reason {
            Unread::Refused(error) => raise(&error),
            Unread::Raised(exception) => exception,
        }
    }
}

/// One object on its own.
pub(crate) fn value(object: &Bound<'_, PyAny>) -> Result<Value, Unread> {
    Reader::new(&[]).read(object)
}

/// Keyword arguments as an object of options in wire names; `known` are the names that there are.
pub(crate) fn options(
    known: &[&'static str],
    given: Option<&Bound<'_, PyDict>>,
) -> Result<Value, Unread> {
    let Some(given) = given else {
        return Ok(Value::Object(Vec::new()));
    };
    Reader::new(known).options(given)
}

/// Options, or whatever else was given in their place, as one argument.
pub(crate) fn option_set(
    known: &[&'static str],
    object: &Bound<'_, PyAny>,
) -> Result<Value, Unread> {
    Reader::new(known).options(object)
}

/// One request of a batch: a mapping, or a pair of identifier and mapping. Anything else is read as it
/// is, for the core to refuse.
pub(crate) fn request(known: &[&'static str], object: &Bound<'_, PyAny>) -> Result<Value, Unread> {
    let mut reader = Reader::new(known);
    let Ok(pair) = object.cast::<PyTuple>() else {
        return reader.options(object);
    };
    if pair.len() != 2 {
        return reader.read(object);
    }
    let identifier = reader.read(&pair.get_item(0)?)?;
    let mut request = reader.options(&pair.get_item(1)?)?;
    match &mut request {
        Value::Object(members) => members.insert(0, (IDENTIFIER.to_owned(), identifier)),
        Value::Null => request = Value::Object(vec![(IDENTIFIER.to_owned(), identifier)]),
        _ => {}
    }
    Ok(request)
}

/// The items of an argument that is called `name`.
pub(crate) fn series<'py>(
    object: &Bound<'py, PyAny>,
    name: &str,
) -> PyResult<Bound<'py, PyIterator>> {
    if scalar(object)?.is_none() && !is_mapping(object)? && is_series(object)? {
        return object.try_iter();
    }
    Err(wrong_type(object, "a list", name))
}

/// The refusal of an argument of another type than `wanted`.
pub(crate) fn wrong_type(object: &Bound<'_, PyAny>, wanted: &str, name: &str) -> PyErr {
    match kind(object) {
        Ok(found) => raise(&host::wrong_argument(wanted, &found, name)),
        Err(exception) => exception,
    }
}

/// What an argument is, without its content.
fn kind(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    if let Some(value) = scalar(object)? {
        return Ok(value);
    }
    Ok(if is_mapping(object)? {
        Value::Object(Vec::new())
    } else if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
        Value::Array(Vec::new())
    } else {
        foreign(object)
    })
}

/// Reads one object and counts what it holds.
struct Reader<'n> {
    intake: Intake,
    known: &'n [&'static str],
}

impl<'n> Reader<'n> {
    const fn new(known: &'n [&'static str]) -> Self {
        Self {
            intake: Intake::new(),
            known,
        }
    }

    fn read(&mut self, object: &Bound<'_, PyAny>) -> Result<Value, Unread> {
        self.intake.value()?;
        if let Some(value) = scalar(object)? {
            self.intake.text(value.as_str().unwrap_or_default())?;
            return Ok(value);
        }
        if let Ok(rules) = object.cast::<AccessRules>() {
            return Ok(serialized(rules.get().core())?);
        }
        if is_mapping(object)? {
            return self.members(object, |reader, _, item| reader.read(item));
        }
        // An iterator is empty the second time: rules out of one would restrict nothing then.
        if is_series(object)? && !has_method(object, "__next__")? {
            return self.items(object);
        }
        Ok(foreign(object))
    }

    /// Options: their names in Python's spelling, and the host's own types for times.
    fn options(&mut self, object: &Bound<'_, PyAny>) -> Result<Value, Unread> {
        if !is_mapping(object)? {
            return self.read(object);
        }
        self.intake.value()?;
        let known = self.known;
        let mut options = self.members(object, |reader, name, item| {
            match time(Spelling::Snake.wire_name(known, name), item)? {
                Some(seconds) => Ok(seconds),
                None => reader.read(item),
            }
        })?;
        if let Value::Object(members) = &mut options {
            for (name, _) in members {
                *name = Spelling::Snake.wire_name(known, name).to_owned();
            }
        }
        Ok(options)
    }

    fn items(&mut self, series: &Bound<'_, PyAny>) -> Result<Value, Unread> {
        self.intake.enter()?;
        let mut items = Vec::new();
        for item in series.try_iter()? {
            items.push(self.read(&item?)?);
        }
        self.intake.leave();
        Ok(Value::Array(items))
    }

    fn members(
        &mut self,
        mapping: &Bound<'_, PyAny>,
        read: impl Fn(&mut Self, &str, &Bound<'_, PyAny>) -> Result<Value, Unread>,
    ) -> Result<Value, Unread> {
        self.intake.enter()?;
        let mut members = Vec::new();
        if let Ok(dict) = mapping.cast_exact::<PyDict>() {
            // A copy of the list: what is read may change the dict.
            for pair in dict.items() {
                let (name, item): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract()?;
                let name = member_name(&name);
                self.intake.text(&name)?;
                let item = read(self, &name, &item)?;
                members.push((name, item));
            }
        } else {
            for name in mapping.try_iter()? {
                let name = name?;
                let item = mapping.get_item(&name)?;
                let name = member_name(&name);
                self.intake.text(&name)?;
                let item = read(self, &name, &item)?;
                members.push((name, item));
            }
        }
        self.intake.leave();
        Ok(Value::Object(members))
    }
}

/// What holds no other value.
fn scalar(object: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
    let value = if object.is_none() {
        Value::Null
    } else if let Ok(flag) = object.cast::<PyBool>() {
        Value::Bool(flag.is_true())
    } else if let Ok(number) = object.cast::<PyInt>() {
        integer(number)?
    } else if let Ok(number) = object.cast::<PyFloat>() {
        Value::Float(number.value())
    } else if let Ok(text) = object.cast::<PyString>() {
        // No option takes a character that stands for a lone surrogate.
        Value::String(text.to_string_lossy().into_owned())
    } else if let Ok(token) = object.cast::<Token>() {
        Value::String(token.get().text().to_owned())
    } else if let Ok(code) = object.cast::<CustomerCode>() {
        Value::String(code.get().core().as_str().to_owned())
    } else {
        return Ok(None);
    };
    Ok(Some(value))
}

fn integer(number: &Bound<'_, PyInt>) -> PyResult<Value> {
    if let Ok(number) = number.extract::<i64>() {
        return Ok(Value::Integer(number.into()));
    }
    let less = number.py().get_type::<PyInt>().getattr("__lt__")?;
    let negative = less.call1((number, 0))?.extract()?;
    Ok(host::big_integer(negative))
}

/// The seconds of a `datetime` or `timedelta`, floored but for limits, for the options that take one; `None` for
/// everything else.
fn time(name: &str, object: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
    if host::MOMENTS.contains(&name)
        && let Ok(moment) = object.cast::<PyDateTime>()
    {
        return epoch_seconds(moment).map(Some);
    }
    if host::DURATIONS.contains(&name)
        && let Ok(duration) = object.cast::<PyDelta>()
    {
        return Ok(Some(whole_seconds(duration)));
    }
    if host::LIMITS.contains(&name)
        && let Ok(limit) = object.cast::<PyDelta>()
    {
        let seconds = PyDelta::type_object(object.py()).call_method1("total_seconds", (limit,))?;
        return Ok(Some(Value::Float(seconds.extract()?)));
    }
    Ok(None)
}

/// A `datetime` without a time zone is another moment on every machine: the core refuses it.
fn epoch_seconds(moment: &Bound<'_, PyDateTime>) -> PyResult<Value> {
    let py = moment.py();
    let class = py.get_type::<PyDateTime>();
    if class.call_method1("utcoffset", (moment,))?.is_none() {
        let kind = "a datetime without a time zone; give one like datetime.now(timezone.utc)";
        return Ok(Value::Foreign(kind.to_owned()));
    }
    let utc = PyTzInfo::utc(py)?.to_owned();
    let epoch = PyDateTime::new(py, 1970, 1, 1, 0, 0, 0, 0, Some(&utc))?;
    let since = class.call_method1("__sub__", (moment, epoch))?;
    Ok(whole_seconds(since.cast::<PyDelta>()?))
}

/// A `timedelta` counts its microseconds upwards, so leaving them out floors.
fn whole_seconds(duration: &Bound<'_, PyDelta>) -> Value {
    let days = i128::from(duration.get_days());
    Value::Integer(days * 86_400 + i128::from(duration.get_seconds()))
}

/// Whether the type of `object` is a mapping's. The object itself is not asked what it is.
fn is_mapping(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    if object.is_instance_of::<PyDict>() {
        return Ok(true);
    }
    static MAPPING: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let mapping = MAPPING.import(object.py(), "collections.abc", "Mapping")?;
    object.get_type().is_subclass(mapping)
}

/// Whether the items of `object` come in an order that means something. Bytes are a text, not a list.
fn is_series(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
        return Ok(true);
    }
    let is_other = object.is_instance_of::<PyBytes>()
        || object.is_instance_of::<PyByteArray>()
        || object.is_instance_of::<PyMemoryView>()
        || object.is_instance_of::<PySet>()
        || object.is_instance_of::<PyFrozenSet>();
    Ok(!is_other && has_method(object, "__iter__")?)
}

/// Whether the type of `object` has the method: None in its place says that it has not.
fn has_method(object: &Bound<'_, PyAny>, name: &str) -> PyResult<bool> {
    let method = object.get_type().getattr_opt(name)?;
    Ok(method.is_some_and(|method| !method.is_none()))
}

/// A member's name; no option is called what another type than `str` gives.
fn member_name(name: &Bound<'_, PyAny>) -> String {
    name.cast::<PyString>()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// An object that no option takes, by the name of its type.
fn foreign(object: &Bound<'_, PyAny>) -> Value {
    let name = object.get_type().name();
    let name = name.map_or_else(
        |_| String::new(),
        |name| name.to_string_lossy().into_owned(),
    );
    let is_plain = (1..=40).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    Value::Foreign(match name.as_str() {
        "bytes" => name,
        _ if !is_plain => "an object of another type".to_owned(),
        _ if name.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) => format!("an {name}"),
        _ => format!("a {name}"),
    })
}

/// What the core serialises, as a loosely typed value.
fn serialized(data: &impl Serialize) -> Result<Value, Error> {
    let text =
        serde_json::to_vec(data).map_err(|_| Error::from(streamtoken::ErrorCode::Internal))?;
    Value::parse(text)
}

/// What the core serialises, as a Python object.
pub(crate) fn data<'py>(py: Python<'py>, data: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    to_python(py, &serialized(data).map_err(|error| raise(&error))?)
}

/// A value of the core as a Python object: `dict`, `list`, `str`, `int`, `float`, `bool`, `None`.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Bool(flag) => PyBool::new(py, *flag).to_owned().into_any(),
        Value::Integer(number) => number.into_pyobject(py)?.into_any(),
        Value::Float(number) => PyFloat::new(py, *number).into_any(),
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Array(items) => {
            let items = items.iter().map(|item| to_python(py, item));
            PyList::new(py, items.collect::<PyResult<Vec<_>>>()?)?.into_any()
        }
        Value::Object(members) => {
            let dict = PyDict::new(py);
            for (name, item) in members {
                dict.set_item(name, to_python(py, item)?)?;
            }
            dict.into_any()
        }
        _ => py.None().into_bound(py),
    })
}

const IDENTIFIER: &str = "identifier";
