//! `streamtoken simulate`: what access rules do to viewers.

use serde::Serialize;
use streamtoken::{
    AccessRules, Error, ErrorCode, Result, Simulated, Value, Viewer, host, simulate,
};

use crate::input;
use crate::output::{Exit, Outcome, Ui};
use crate::table::columns;

/// Show which access rule decides for each viewer
///
/// The first rule that matches decides, and a viewer whom no rule matches is allowed. A rule that needs a
/// fact that is not known of the viewer leaves the answer open: needs says which.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// File with a JSON list of rules, or the list itself; - reads standard input
    #[arg(value_name = "RULES|-")]
    rules: String,
    /// A viewer by address, country or both; may be given again
    #[arg(
        long,
        value_name = "ip=ADDRESS,country=CC",
        required_unless_present = "viewers"
    )]
    viewer: Vec<String>,
    /// File with more viewers, a JSON object with ip and country a line; - reads standard input
    #[arg(long, value_name = "FILE|-")]
    viewers: Option<String>,
}

#[derive(Serialize)]
struct Results<'r> {
    results: &'r [Simulated],
}

pub(crate) fn run(args: &Args, ui: Ui) -> Outcome {
    let rules = AccessRules::from_value(&input::json_of_file(&args.rules, "the rules")?)?;
    let results = simulate(&rules, &args.viewers()?);
    if ui.json {
        ui.object(&Results { results: &results })?;
    } else {
        let count = rules.rules().len();
        let rows: Vec<_> = results.iter().map(|result| row(result, count)).collect();
        ui.print(&columns(ui, HEADINGS, &rows))?;
    }
    Ok(Exit::SUCCESS)
}

impl Args {
    /// Those of the flags, then those of the file.
    fn viewers(&self) -> Result<Vec<Viewer>> {
        let flags = self.viewer.iter().map(|text| flag(text));
        let mut viewers = flags.collect::<Result<Vec<_>>>()?;
        if let Some(path) = &self.viewers {
            let text = input::json_text(path, "the viewers")?;
            for line in lines(&text) {
                viewers.push(of_line(line).map_err(|error| within(&error, viewers.len()))?);
            }
        }
        host::viewers(&Value::Array(viewers))
    }
}

/// `ip=192.0.2.7,country=GB`; an empty text is a viewer of whom nothing is known.
fn flag(text: &str) -> Result<Value> {
    let parts = text.split(',').filter(|_| !text.is_empty());
    let members = parts.map(|part| {
        let member = part.split_once('=');
        let (name, value) = member.ok_or_else(|| {
            let message = "a viewer is written as ip=ADDRESS,country=CC, or with one of the two";
            Error::new(ErrorCode::UsageInvalid, message)
        })?;
        Ok((name.to_owned(), Value::String(value.to_owned())))
    });
    members.collect::<Result<_>>().map(Value::Object)
}

/// The end of the last line is no line.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    lines.map(|line| line.strip_suffix(b"\n").unwrap_or(line))
}

fn of_line(line: &[u8]) -> Result<Value> {
    if line.trim_ascii().is_empty() {
        return Err(ErrorCode::LineBlank.into());
    }
    Value::parse(line)
}

fn within(error: &Error, index: usize) -> Error {
    let field = error.field().unwrap_or_default();
    Error::new(error.code(), error.message()).at(format!("/viewers/{index}{field}"))
}

fn row(result: &Simulated, rules: usize) -> [String; 5] {
    let viewer = result.viewer();
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let rule = match (result.rule(), result.action()) {
        (Some(index), _) => Some(format!("{} of {rules}", index + 1)),
        (None, Some(_)) => Some("no match".to_owned()),
        (None, None) => None,
    };
    [
        or_dash(viewer.known_ip().map(|ip| ip.to_string())),
        or_dash(viewer.known_country().map(|country| country.to_string())),
        result
            .action()
            .map_or("unknown", |action| action.as_str())
            .to_owned(),
        or_dash(rule),
        or_dash(result.needs().map(str::to_owned)),
    ]
}

const HEADINGS: [&str; 5] = ["ip", "country", "action", "rule", "needs"];

const EXAMPLES: &str = r#"Examples:
  $ echo '[{"type":"ip.src","action":"block","ip":["192.0.2.0/24"]},
      {"type":"ip.geoip.country","action":"allow","country":["GB"]},
      {"type":"any","action":"block"}]' > rules.json
  $ streamtoken simulate rules.json --viewer ip=192.0.2.7,country=GB \
      --viewer ip=198.51.100.7,country=GB --viewer country=FR
  $ printf '{"ip":"198.51.100.7","country":"%s"}\n' GB FR |
      streamtoken simulate rules.json --viewers - --json"#;
