//! Minting many tokens.

use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyString};
use streamtoken::{Error, SignOptions, Signer, Value};
use zeroize::Zeroizing;

use crate::convert::{Unread, request, series};
use crate::error::raise;
use crate::guard::{interruptible, provoke_panic};
use crate::text;
use crate::token::Token;

/// A token or an exception for each request. One that cannot be read is answered as well; what the
/// caller's own code raises ends the batch.
pub(crate) fn sign_many<'py>(
    py: Python<'py>,
    signer: &Signer,
    requests: &Bound<'py, PyAny>,
    defaults: &SignOptions,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let mut unread = Vec::new();
    // Wiped as the options of one token are.
    let mut values = Zeroizing::new(Vec::new());
    for object in series(requests, "requests")? {
        // Iterators of C do not look for signals, and may have no end.
        py.check_signals()?;
        match request(SignOptions::NAMES, &object?) {
            Ok(value) => values.push(value),
            Err(Unread::Refused(error)) => unread.push((unread.len() + values.len(), error)),
            Err(Unread::Raised(exception)) => return Err(exception),
        }
    }
    let signed = interruptible(py, |stop| {
        values.iter().for_each(provoke_panic_in);
        signer.sign_values(defaults, &values, stop)
    })?;
    let mut answers = Vec::with_capacity(unread.len() + values.len());
    let mut signed = signed.into_iter().flatten();
    for (index, error) in unread {
        let before = index - answers.len();
        for answer in signed.by_ref().take(before) {
            answers.push(object(py, answer)?);
        }
        answers.push(object(py, Err(error))?);
    }
    for answer in signed {
        answers.push(object(py, answer)?);
    }
    Ok(answers)
}

fn object(py: Python<'_>, answer: Result<streamtoken::Token, Error>) -> PyResult<Bound<'_, PyAny>> {
    match answer {
        Ok(token) => Ok(Bound::new(py, Token::from(token))?.into_any()),
        Err(error) => Ok(raise(&error).into_value(py).into_bound(py).into_any()),
    }
}

fn provoke_panic_in(request: &Value) {
    provoke_panic(request.get("identifier").unwrap_or(&Value::Null));
}

/// A line of JSON for each line.
pub(crate) fn sign_lines(
    py: Python<'_>,
    signer: &Signer,
    lines: &Bound<'_, PyAny>,
    defaults: &SignOptions,
) -> PyResult<Vec<String>> {
    let lines = read_lines(lines)?;
    interruptible(py, |stop| answers(signer, &lines, defaults, stop))
}

fn answers(
    signer: &Signer,
    lines: &[Zeroizing<Vec<u8>>],
    defaults: &SignOptions,
    stop: &AtomicBool,
) -> Vec<String> {
    let mut answers = Vec::with_capacity(lines.len());
    for piece in lines.chunks(PIECE) {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let first = answers.len() as u64 + 1;
        let piece: Vec<&[u8]> = piece.iter().map(|line| line.as_slice()).collect();
        let signed = signer.sign_lines(defaults, first, &piece);
        answers.extend(signed.iter().map(ToString::to_string));
    }
    answers
}

/// The lines of a text, or those of an iterable.
fn read_lines(lines: &Bound<'_, PyAny>) -> PyResult<Vec<Zeroizing<Vec<u8>>>> {
    if is_text(lines) {
        let text = text::bytes(lines, "lines")?;
        let lines = text.split_inclusive(|byte| *byte == b'\n');
        return Ok(lines.map(|line| Zeroizing::new(line.to_vec())).collect());
    }
    let numbered = series(lines, "lines")?.enumerate();
    numbered
        .map(|(index, line)| {
            lines.py().check_signals()?;
            text::bytes(&line?, &format!("lines/{index}"))
        })
        .collect()
}

fn is_text(object: &Bound<'_, PyAny>) -> bool {
    object.is_instance_of::<PyString>()
        || object.is_instance_of::<PyBytes>()
        || object.is_instance_of::<PyByteArray>()
}

/// Lines between two looks at the flag that ends the work: about a tenth of a second.
const PIECE: usize = 512;
