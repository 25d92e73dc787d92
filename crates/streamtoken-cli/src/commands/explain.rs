//! `streamtoken explain`: why a token is refused.

use std::ffi::OsString;

use streamtoken::{
    Check, CheckStatus, ExplainContext, MAX_EXPLAIN, Report, Result, Value, Verdict, host,
};
#[cfg(not(feature = "client"))]
use streamtoken::{Error, ErrorCode};

use super::facts::Facts;
use crate::finding::{Finding, Layout};
use crate::input::{self, Bytes, STDIN};
use crate::key_source::KeysSource;
use crate::output::{ERROR, Exit, GOOD, Outcome, Ui, WARNING};
use crate::time_arg::length;

/// Say why a token or playback URL is refused, and what to do
///
/// Takes a token, a whole URL, or whatever else you have at hand, runs every check and reports all of
/// them. What is not given makes checks unknown, and is no error: without a key nobody can say whether the
/// signature is right. Nothing is sent anywhere without --live, and what was pasted is not repeated. At most
/// 65,536 bytes are looked at. Of standard input 64 MiB are counted: of a longer text, bytes is 64 MiB.
///
/// Exits with 1 when verify or, as far as is publicly known, the platform refuses.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Token or URL, in single quotes; - reads it from standard input, which keeps it out of the shell's history
    #[arg(value_name = "TEXT|-", allow_hyphen_values = true)]
    text: OsString,
    #[command(flatten)]
    keys: KeysSource,
    /// Every fact in JSON (identifier, now, ip, country, leeway, download, duration); flags given beside it win
    #[arg(long, value_name = "JSON|@FILE", allow_hyphen_values = true)]
    options: Option<String>,
    /// Ask the URL's host for the manifest, too
    ///
    /// Once, for 10 seconds at most. The token goes to that host alone: no redirect is followed. Access rules
    /// are evaluated there for the address and country of this machine: the answer says nothing of other viewers,
    /// segments, downloads or WebRTC.
    #[arg(long)]
    live: bool,
    /// Show the checks that passed, too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    facts: Facts,
    /// Length of the video, which the token should outlast: seconds, or 45s, 90m, 1h30m
    #[arg(
        long,
        value_name = "DURATION",
        allow_hyphen_values = true,
        help_heading = "Facts"
    )]
    duration: Option<String>,
}

pub(crate) fn run(args: &Args, ui: Ui) -> Outcome {
    let context = ExplainContext::from_value(&args.facts()?)?;
    let keys = args.keys.find()?;
    let (pasted, length) = args.text()?;
    let mut report = host::explain_beginning(&pasted, length, keys.as_ref(), &context)?;
    if args.live {
        report = live(report, &pasted)?;
    }
    if ui.json {
        ui.object(&report)?;
    } else {
        ui.print(&text(&report, keys.is_some(), args.all, ui))?;
    }
    let verdicts = [report.verify(), report.platform()];
    Ok(if verdicts.contains(&Verdict::Refuses) {
        Exit::FAILURE
    } else {
        Exit::SUCCESS
    })
}

impl Args {
    fn facts(&self) -> Result<Value> {
        let mut more = Vec::new();
        if let Some(text) = &self.duration {
            more.push(("duration".to_owned(), length("duration", text)?));
        }
        self.facts.over(self.options.as_deref(), more)
    }

    /// The text, wiped after use: it may be a key. Of standard input what is looked at, and the length of all.
    fn text(&self) -> Result<(Bytes, usize)> {
        if self.text == STDIN {
            return input::beginning(MAX_EXPLAIN, "the text");
        }
        let text = self.text.as_encoded_bytes();
        Ok((text.to_vec().into(), text.len()))
    }
}

/// The report with the answer of the URL's host.
#[cfg(feature = "client")]
fn live(report: Report, text: &[u8]) -> Result<Report> {
    host::ask_host(report, text)
}

#[cfg(not(feature = "client"))]
fn live(_report: Report, _text: &[u8]) -> Result<Report> {
    let message =
        "this build asks nobody; use the program streamtoken of its own, or leave --live out";
    Err(Error::new(ErrorCode::UsageInvalid, message))
}

/// The verdicts, then what to read first.
fn text(report: &Report, has_keys: bool, all: bool, ui: Ui) -> String {
    let layout = Layout::new(ui, CheckStatus::Fail.as_str().len());
    let mut text = verdicts(report, ui);
    // It has a remedy where a key would help.
    let needs_key =
        |check: &Check| check.status() == CheckStatus::Unknown && check.remedy().is_some();
    if !has_keys && report.check("signature").is_some_and(needs_key) {
        text.push_str(&layout.whole(NO_KEY));
    }
    let shown = |status| {
        report
            .checks()
            .iter()
            .filter(move |check| check.status() == status)
    };
    let passed = shown(CheckStatus::Pass).filter(|_| all);
    let findings: String = report
        .findings()
        .chain(passed)
        .map(|check| layout.finding(&finding(check)))
        .collect();
    let unknown = unknown(shown(CheckStatus::Unknown), layout);
    for section in [findings, unknown] {
        if !section.is_empty() {
            text.push('\n');
            text.push_str(&section);
        }
    }
    text
}

fn verdicts(report: &Report, ui: Ui) -> String {
    let code = report
        .error()
        .map(|error| format!(" ({})", error.code().slug()));
    let of = |verdict: Verdict| ui.paint(style(verdict), verdict.as_str());
    format!(
        "verify:    {}{}\nplatform:  {}\n",
        of(report.verify()),
        code.unwrap_or_default(),
        of(report.platform())
    )
}

fn style(verdict: Verdict) -> anstyle::Style {
    match verdict {
        Verdict::Accepts => GOOD,
        Verdict::Refuses => ERROR,
        _ => WARNING,
    }
}

fn finding(check: &Check) -> Finding<'_> {
    Finding {
        label: check.status().as_str(),
        style: match check.status() {
            CheckStatus::Pass => GOOD,
            CheckStatus::Fail => ERROR,
            _ => WARNING,
        },
        id: check.id().as_str(),
        cause: check.cause(),
        seen: check.seen(),
        remedy: check.remedy().unwrap_or_default(),
    }
}

/// What stayed open, together by the reason.
fn unknown<'r>(checks: impl Iterator<Item = &'r Check>, layout: Layout) -> String {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for check in checks {
        let id = check.id().as_str();
        match reasons
            .iter_mut()
            .find(|(cause, _)| *cause == check.cause())
        {
            Some((_, ids)) => ids.push(id),
            None => reasons.push((check.cause(), vec![id])),
        }
    }
    if reasons.is_empty() {
        return String::new();
    }
    let reasons = reasons.iter();
    let lines = reasons.map(|(cause, ids)| layout.below(&format!("{cause}: {}", ids.join(", "))));
    "unknown\n".to_owned() + &lines.collect::<String>()
}

const NO_KEY: &str = "no key was given (--keys FILE): whether the signature is right stays unknown";

const EXAMPLES: &str = r#"Examples:
  $ TOKEN=$(streamtoken sign ea95132c15732412d22c1476fa83f27a --key key.jwk)
  $ streamtoken explain "$TOKEN" --key key.jwk
  $ printf '%s' "$TOKEN" | streamtoken explain - --key key.jwk \
      --ip 192.0.2.7 --country GB --duration 45m
  $ URL='https://customer-f33zs165nr7gyfy4.cloudflarestream.com'
  $ streamtoken explain "$URL/$TOKEN/iframe?muted=true&loop=true" --all
  $ streamtoken explain "$URL/$TOKEN/iframe" --live || echo 'refused'
  $ streamtoken explain "$URL/iframe?token=$TOKEN" || echo 'refused'
  $ streamtoken explain "$TOKEN" --json --key key.jwk"#;
