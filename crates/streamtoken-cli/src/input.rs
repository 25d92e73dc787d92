//! Reading files, standard input, and arguments that may be either.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use streamtoken::{Error, ErrorCode, Result, Value};
use zeroize::Zeroizing;

use crate::output::reason;
use crate::secrets::shown;

/// The name that stands for standard input.
pub(crate) const STDIN: &str = "-";

/// Bytes of a file, wiped after use: it may hold a key.
pub(crate) type Bytes = Zeroizing<Vec<u8>>;

/// Takes standard input for `what`; it can be read once.
pub(crate) fn take_stdin(what: &str) -> Result<io::Stdin> {
    static TAKEN: AtomicBool = AtomicBool::new(false);
    if TAKEN.swap(true, Ordering::Relaxed) {
        let message = format!(
            "standard input cannot be {what} as well: it is read already; use a file for one of them"
        );
        return Err(Error::new(ErrorCode::UsageInvalid, message));
    }
    Ok(io::stdin())
}

/// Reads at most `limit` bytes of the file `path`, or of standard input for `-`. A failure has `code`.
pub(crate) fn read(path: &Path, limit: usize, what: &str, code: ErrorCode) -> Result<Bytes> {
    read_as(&shown(&path.to_string_lossy()), path, limit, what, code)
}

/// As `read`; a failure calls the file `name`.
pub(crate) fn read_as(
    name: &str,
    path: &Path,
    limit: usize,
    what: &str,
    code: ErrorCode,
) -> Result<Bytes> {
    let is_stdin = path.as_os_str() == STDIN;
    let content = if is_stdin {
        read_up_to(take_stdin(what)?.lock(), limit)
    } else {
        File::open(path).and_then(|file| read_up_to(file, limit))
    };
    content.map_err(|error| {
        let name = if is_stdin { "standard input" } else { name };
        Error::new(code, format!("{name} cannot be read: {}", reason(&error)))
    })
}

/// The first `limit` bytes of standard input for `what`, and how many bytes it has: it is read to its end, which
/// may never come, or until [`MOST_COUNTED`]: `bytes` is then 64 MiB, and the text may be longer.
pub(crate) fn beginning(limit: usize, what: &str) -> Result<(Bytes, usize)> {
    let mut stdin = take_stdin(what)?.lock();
    let counted = read_up_to(&mut stdin, limit).and_then(|content| {
        let rest = (MOST_COUNTED - content.len()) as u64;
        let rest = io::copy(&mut stdin.take(rest), &mut io::sink())?;
        let length = content.len() + usize::try_from(rest).unwrap_or(usize::MAX);
        Ok((content, length))
    });
    counted.map_err(|error| {
        let message = format!("standard input cannot be read: {}", reason(&error));
        Error::new(ErrorCode::FileUnreadable, message)
    })
}

/// Of a longer text nobody needs to know how long it is.
const MOST_COUNTED: usize = 64 << 20;

/// The JSON of an argument: the text itself, or `@FILE`, or `@-`.
pub(crate) fn json(argument: &str, what: &str) -> Result<Value> {
    match argument.strip_prefix('@') {
        Some(path) => Value::parse(&*json_text(path, what)?),
        None => Value::parse(argument),
    }
}

/// As `json`, for options that may not be there: without an argument, an object without members.
pub(crate) fn options(argument: Option<&str>, what: &str) -> Result<Value> {
    argument.map_or_else(|| Ok(Value::Object(Vec::new())), |text| json(text, what))
}

/// The JSON of a file, or of standard input for `-`; or the argument itself, when it can be nothing else.
pub(crate) fn json_of_file(argument: &str, what: &str) -> Result<Value> {
    if argument.trim_start().starts_with(['[', '{']) {
        return Value::parse(argument);
    }
    Value::parse(&*json_text(argument, what)?)
}

/// The text of a file with JSON, or of standard input for `-`.
pub(crate) fn json_text(path: &str, what: &str) -> Result<Bytes> {
    let text = read(
        Path::new(path),
        LARGEST_JSON + 1,
        what,
        ErrorCode::FileUnreadable,
    )?;
    if text.len() > LARGEST_JSON {
        let message = format!("{} has more than {LARGEST_JSON} bytes", shown(path));
        return Err(Error::new(ErrorCode::FileUnreadable, message));
    }
    Ok(text)
}

/// Puts `flags` into the options of `--options`, in the place of members with the same name.
pub(crate) fn overlay(options: Value, flags: Vec<(String, Value)>) -> Value {
    let Value::Object(mut members) = options else {
        // No object: the core says so.
        return options;
    };
    members.retain(|(name, _)| flags.iter().all(|(flag, _)| flag != name));
    members.extend(flags);
    Value::Object(members)
}

/// The buffer is as large as it will ever be: one that grows leaves copies of a key behind.
fn read_up_to(reader: impl Read, limit: usize) -> io::Result<Bytes> {
    let mut content = Zeroizing::new(Vec::with_capacity(limit));
    reader.take(limit as u64).read_to_end(&mut content)?;
    Ok(content)
}

/// Options are small; a list of rules with every address that fits into a token is smaller.
const LARGEST_JSON: usize = 1 << 20;
