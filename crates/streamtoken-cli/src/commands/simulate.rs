//! `streamtoken simulate`: what access rules do to viewers.

use std::ops::Range;

use serde::Serialize;
use streamtoken::{
    AccessRules, Error, ErrorCode, Result, Simulated, Value, Viewer, host, simulate,
};

use crate::finding::Layout;
use crate::input;
use crate::output::{Exit, Outcome, Ui};
use crate::table::columns_within;

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
        ui.print(&text(ui, &results, rules.rules().len()))?;
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
            for line in text.split_inclusive(|byte| *byte == b'\n') {
                let place = format!("/viewers/{}", viewers.len());
                let viewer = host::batch_line(line).and_then(Value::parse);
                viewers.push(viewer.map_err(|error| host::within(error, &place))?);
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

/// A table; where the terminal is too narrow for it, a few lines for each viewer.
fn text(ui: Ui, results: &[Simulated], rules: usize) -> String {
    let cells: Vec<_> = results.iter().map(|result| cells(result, rules)).collect();
    let rows: Vec<_> = cells
        .iter()
        .map(|row| {
            row.clone()
                .map(|cell| cell.unwrap_or_else(|| "-".to_owned()))
        })
        .collect();
    let layout = Layout::new(ui, 0);
    columns_within(ui, layout.width(), HEADINGS, &rows)
        .unwrap_or_else(|| cells.iter().map(|cells| lines(cells, layout)).collect())
}

/// What there is to say of a viewer, under the headings.
fn cells(result: &Simulated, rules: usize) -> [Option<String>; 5] {
    let viewer = result.viewer();
    let rule = match (result.rule(), result.action()) {
        (Some(index), _) => Some(format!("{} of {rules}", index + 1)),
        (None, Some(_)) => Some("no match".to_owned()),
        (None, None) => None,
    };
    let action = result.action().map_or("unknown", |action| action.as_str());
    [
        viewer.known_ip().map(|ip| ip.to_string()),
        viewer.known_country().map(|country| country.to_string()),
        Some(action.to_owned()),
        rule,
        result.needs().map(str::to_owned),
    ]
}

/// The viewer, and below what becomes of it.
fn lines(cells: &[Option<String>; 5], layout: Layout) -> String {
    let named = |of: Range<usize>| {
        let cells = HEADINGS[of.clone()].iter().zip(&cells[of]);
        let named = cells.filter_map(|(name, cell)| Some(format!("{name} {}", cell.as_ref()?)));
        named.collect::<Vec<_>>().join(", ")
    };
    let viewer = Some(named(0..FACTS)).filter(|facts| !facts.is_empty());
    let viewer = viewer.unwrap_or_else(|| "nothing known".to_owned());
    layout.whole(&viewer) + &layout.below(&named(FACTS..HEADINGS.len()))
}

const HEADINGS: [&str; 5] = ["ip", "country", "action", "rule", "needs"];
/// How many of these are about the viewer.
const FACTS: usize = 2;

const EXAMPLES: &str = r#"Examples:
  $ echo '[{"type":"ip.src","action":"block","ip":["192.0.2.0/24"]},
      {"type":"ip.geoip.country","action":"allow","country":["GB"]},
      {"type":"any","action":"block"}]' > rules.json
  $ streamtoken simulate rules.json --viewer ip=192.0.2.7,country=GB \
      --viewer ip=198.51.100.7,country=GB --viewer country=FR
  $ printf '{"ip":"198.51.100.7","country":"%s"}\n' GB FR |
      streamtoken simulate rules.json --viewers - --json"#;
