//! Values as JavaScript hands them over.
//!
//! `bindings/node/lib/wire.js` writes JSON text in which the first letter of every string says what the
//! string stands for, since JSON can say neither NaN nor a function. It stops reading one value or one
//! level above the limits, which are counted here, and never before.

use streamtoken::client::{CallOptions, ClientOptions};
use streamtoken::host::{Intake, MOMENTS, Spelling, big_integer};
use streamtoken::{Error, ErrorCode, Result, Value};

/// The option that npm `cloudflare` spells in a way of its own: on the wire and there.
pub(crate) const BASE_URL: (&str, &str) = ("base_url", "baseURL");

/// Reads a value. Members of the outermost object may be spelt as in JavaScript or on the wire, and those
/// that are moments may be dates.
pub(crate) fn read(text: &str, names: &[&'static str]) -> Result<Value> {
    let value = Value::parse(text)?;
    let mut intake = Intake::new();
    let Value::Object(members) = value else {
        return plain(value, &mut intake);
    };
    intake.value()?;
    intake.enter()?;
    let option = |(name, value): (String, Value)| {
        intake.text(&name)?;
        let name = Spelling::Camel.wire_name(names, &name).to_owned();
        let seconds = MOMENTS.contains(&name.as_str()).then(|| date(&value));
        let value = match seconds.flatten() {
            Some(seconds) => seconds,
            None => plain(value, &mut intake)?,
        };
        Ok((name, value))
    };
    Ok(Value::Object(
        members.into_iter().map(option).collect::<Result<_>>()?,
    ))
}

/// The refusal of a client's options with their names in the spelling of JavaScript. Those of signing are golden:
/// one text on every surface, whether it signs or asks.
pub(crate) fn spelt(error: Error) -> Error {
    let names = [ClientOptions::NAMES, CallOptions::NAMES].concat();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = error.message().split_inclusive(|c| !is_part(c));
    let words = words.map(|piece| {
        let word = piece.trim_end_matches(|c| !is_part(c));
        if word == BASE_URL.0 {
            return piece.replacen(word, BASE_URL.1, 1);
        }
        match names.contains(&word) {
            true => piece.replacen(word, &Spelling::Camel.spell(word), 1),
            false => piece.to_owned(),
        }
    });
    let spelt = Error::new(error.code(), words.collect::<String>());
    match error.field() {
        Some(field) => spelt.at(field),
        None => spelt,
    }
}

/// The epoch seconds of a `Date`.
fn date(value: &Value) -> Option<Value> {
    let seconds = value.as_str()?.strip_prefix('t')?;
    seconds.parse().ok().map(Value::Float)
}

/// Replaces what stands for something else.
fn plain(value: Value, intake: &mut Intake) -> Result<Value> {
    intake.value()?;
    match value {
        Value::String(text) => {
            intake.text(text.get(1..).unwrap_or_default())?;
            untagged(&text)
        }
        Value::Array(items) => {
            intake.enter()?;
            let items = items.into_iter().map(|item| plain(item, intake));
            let items = items.collect::<Result<_>>()?;
            intake.leave();
            Ok(Value::Array(items))
        }
        Value::Object(members) => {
            intake.enter()?;
            let members = members.into_iter().map(|(name, value)| {
                intake.text(&name)?;
                Ok((name, plain(value, intake)?))
            });
            let members = members.collect::<Result<_>>()?;
            intake.leave();
            Ok(Value::Object(members))
        }
        other => Ok(other),
    }
}

fn untagged(text: &str) -> Result<Value> {
    let Some((tag, rest)) = text.split_at_checked(1) else {
        return Err(ErrorCode::Internal.into());
    };
    match tag {
        "s" => Ok(Value::String(rest.to_owned())),
        "n" => rest
            .parse()
            .map(Value::Float)
            .map_err(|_| ErrorCode::Internal.into()),
        "b" => Ok(big_integer(rest == "-")),
        "x" => Ok(Value::Foreign(rest.to_owned())),
        "t" => Ok(Value::Foreign("a Date".to_owned())),
        "d" => Err(ErrorCode::JsonTooDeep.into()),
        "m" => Err(ErrorCode::OptionTooLarge.into()),
        _ => Err(ErrorCode::Internal.into()),
    }
}
