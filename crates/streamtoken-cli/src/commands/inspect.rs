//! `streamtoken inspect`: reading a token without checking it.

use serde::Serialize;
use streamtoken::{MAX_TOKEN, Result, Unverified, Value, inspect};

use crate::input::{self, STDIN};
use crate::output::{Exit, NAME, Outcome, Ui, WARNING, escape_json};
use crate::time_arg::time;
use crate::words;

/// Show what a token says, without checking it
///
/// NOTHING IS CHECKED: neither the signature nor the times. Whoever wrote the token chose every word of
/// it. `streamtoken verify` checks.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The token; - reads it from standard input
    #[arg(value_name = "TOKEN|-", allow_hyphen_values = true)]
    token: String,
    /// Time from which the words count [default: the clock]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    now: Option<String>,
}

/// What `--json` prints; `verified` is there so that nobody takes it for the output of `verify`.
#[derive(Serialize)]
struct Unchecked<'a> {
    verified: bool,
    header: &'a Value,
    payload: &'a Value,
}

pub(crate) fn run(args: &Args, ui: Ui) -> Outcome {
    let now = args.now()?;
    let token = inspect(&*token(&args.token)?)?;
    if ui.json {
        ui.object(&Unchecked {
            verified: false,
            header: token.header(),
            payload: token.payload(),
        })?;
    } else {
        ui.print(&text(&token, now, ui))?;
    }
    Ok(Exit::SUCCESS)
}

/// The token of an argument that may be `-`; of a longer input the core sees that it is too long.
pub(crate) fn token(argument: &str) -> Result<Vec<u8>> {
    if argument != STDIN {
        return Ok(argument.as_bytes().to_vec());
    }
    let code = streamtoken::ErrorCode::FileUnreadable;
    let text = input::read(STDIN.as_ref(), MAX_TOKEN + 3, "the token", code)?;
    let text = text.strip_suffix(b"\n").unwrap_or(&text);
    Ok(text.strip_suffix(b"\r").unwrap_or(text).to_vec())
}

impl Args {
    fn now(&self) -> Result<i64> {
        let Some(text) = &self.now else {
            return Ok(words::clock());
        };
        match time("now", text)? {
            Value::Integer(now) => Ok(i64::try_from(now).unwrap_or(i64::MAX)),
            _ => Ok(words::clock()),
        }
    }
}

fn text(token: &Unverified, now: i64, ui: Ui) -> String {
    let mut text = ui.paint(WARNING, "NOTHING WAS CHECKED");
    text.push_str(
        ": whoever wrote this token chose every word of it; `streamtoken verify` checks.\n",
    );
    for (name, part) in [("header", token.header()), ("payload", token.payload())] {
        text.push('\n');
        text.push_str(&ui.paint(NAME, name));
        text.push('\n');
        text.push_str(&members(part, now));
    }
    text
}

/// Pretty JSON of an object, one member after the other, with words beside the times.
fn members(part: &Value, now: i64) -> String {
    let members = part.as_object().unwrap_or_default();
    let names: Vec<String> = members
        .iter()
        .map(|(name, _)| shown(&Value::String(name.clone())))
        .collect();
    let width = names
        .iter()
        .map(|name| name.chars().count())
        .filter(|width| *width <= WIDEST)
        .max();
    let mut text = String::new();
    for ((name, value), quoted) in members.iter().zip(&names) {
        let gap = " ".repeat(width.unwrap_or(0).saturating_sub(quoted.chars().count()));
        let value_text = shown(value).replace('\n', "\n    ");
        text.push_str(&format!("  {quoted}:{gap} {value_text}"));
        if let Some(words) = seconds(value).and_then(|time| words::time(name, time, now)) {
            text.push_str(&format!("  ({words})"));
        }
        text.push('\n');
    }
    text
}

/// Pretty JSON in which nothing is left that a terminal might act on.
fn shown(value: &Value) -> String {
    escape_json(&serde_json::to_string_pretty(value).expect("a value is JSON"))
}

/// A time as tokens in the wild write it, for words only: fractions are cut off.
pub(super) fn seconds(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => i64::try_from(*number).ok(),
        Value::Float(number) => number.trunc().to_string().parse().ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// Names longer than this do not push the values of the others to the right.
const WIDEST: usize = 24;

const EXAMPLES: &str = r#"Examples:
  $ TOKEN=$(streamtoken sign ea95132c15732412d22c1476fa83f27a --key key.jwk)
  $ streamtoken inspect "$TOKEN"
  $ printf '%s' "$TOKEN" | streamtoken inspect - --json"#;
