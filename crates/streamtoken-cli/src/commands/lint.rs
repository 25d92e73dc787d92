//! `streamtoken lint`: what is wrong with rules and options before there is a token.

use serde::Serialize;
use streamtoken::{Finding, Level, Result, Value, host, lint, lint_at};

use crate::finding::{self, Layout};
use crate::input;
use crate::output::{ERROR, Exit, Outcome, Ui, WARNING};
use crate::time_arg::time;

/// Say what is wrong with access rules or options, or probably not meant
///
/// Takes a JSON list of access rules, or an object with every option of a token as `sign --options` has
/// them. Errors are what signing refuses; warnings are what it accepts although it hardly means what it
/// looks like, such as an allow rule that restricts nothing because no block follows it.
///
/// Exits with 1 on any finding.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// File with the rules or options in JSON, or the JSON itself; - reads standard input
    #[arg(value_name = "FILE|-")]
    file: String,
    /// Time to take for now when the options give none [default: the clock]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    now: Option<String>,
}

#[derive(Serialize)]
struct Findings<'f> {
    findings: &'f [Finding],
}

pub(crate) fn run(args: &Args, ui: Ui) -> Outcome {
    let now = args.now()?;
    let value = input::json_of_file(&args.file, "the rules or options")?;
    let findings = match now {
        Some(now) => lint_at(&value, now),
        None => lint(&value),
    };
    if ui.json {
        ui.object(&Findings {
            findings: &findings,
        })?;
    } else {
        ui.print(&text(&findings, ui))?;
    }
    Ok(if findings.is_empty() {
        Exit::SUCCESS
    } else {
        Exit::FAILURE
    })
}

impl Args {
    fn now(&self) -> Result<Option<u64>> {
        let Some(text) = &self.now else {
            return Ok(None);
        };
        let now = ("now".to_owned(), time("now", text)?);
        host::now(&Value::Object(vec![now]))
    }
}

fn text(findings: &[Finding], ui: Ui) -> String {
    if findings.is_empty() {
        return "no findings\n".to_owned();
    }
    let layout = Layout::new(ui, Level::Warning.as_str().len());
    findings
        .iter()
        .map(|finding| one(finding, layout))
        .collect()
}

fn one(finding: &Finding, layout: Layout) -> String {
    let cause = match finding.field() {
        "" => finding.message().to_owned(),
        field => format!("{} ({field})", finding.message()),
    };
    layout.finding(&finding::Finding {
        label: finding.level().as_str(),
        style: match finding.level() {
            Level::Error => ERROR,
            _ => WARNING,
        },
        id: finding.id(),
        cause: &cause,
        seen: Vec::new(),
        remedy: finding.remedy(),
    })
}

const EXAMPLES: &str = r#"Examples:
  $ echo '[{"type":"ip.geoip.country","action":"allow","country":["GB"]},
      {"type":"any","action":"block"}]' > rules.json
  $ streamtoken lint rules.json
  $ streamtoken lint rules.json --json
  $ echo '{"expires_in":"2h","downloadable":true}' | streamtoken lint -
  $ echo '[{"type":"ip.src","action":"allow","ip":["192.0.2.7"]}]' |
      streamtoken lint - || echo 'this restricts nothing'"#;
