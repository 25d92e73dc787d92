//! `streamtoken verify`: checking tokens.

mod many;

use streamtoken::{Claims, Error, ErrorCode, Result, Value, VerifyContext, verify};

use super::facts::Facts;
use super::inspect;
use crate::input::STDIN;
use crate::key_source::KeysSource;
use crate::lines::Lines;
use crate::output::{Exit, GOOD, Outcome, Stop, Ui, json};
use crate::table::table;
use crate::words;

/// Check a token: signature, times, video, access rules
///
/// Prints the claims of a good token. A refused one exits with code 1 and says why. There is no way to
/// skip a check. Without --identifier a token for any video is accepted: compare sub yourself.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The token; - reads one token, or a token a line, from standard input
    #[arg(value_name = "TOKEN|-", allow_hyphen_values = true)]
    token: String,
    #[command(flatten)]
    keys: KeysSource,
    /// Every fact in JSON (identifier, now, ip, country, leeway, download); flags given beside it win
    #[arg(long, value_name = "JSON|@FILE", allow_hyphen_values = true)]
    options: Option<String>,
    /// Answer line by line even when standard input has one line, and each line at once
    #[arg(long)]
    batch: bool,
    #[command(flatten)]
    facts: Facts,
}

pub(crate) fn run(args: &Args, ui: Ui) -> Outcome {
    let facts = args.facts.over(args.options.as_deref(), Vec::new())?;
    let context = VerifyContext::from_value(&facts)?;
    let keys = args.keys.load()?;
    let report = Report::new(&facts, ui);
    if args.token != STDIN {
        if args.batch {
            let message =
                "--batch reads tokens from standard input: give - in the place of the token";
            return Err(Error::new(ErrorCode::UsageInvalid, message).into());
        }
        return report.one(&verify(&args.token, &keys, &context)?);
    }
    let lines = Lines::of_stdin("the tokens")?;
    let mut first: Vec<Vec<u8>> = Vec::new();
    // One token and several are told apart by the second line, or the end.
    while !args.batch && first.len() < 2 {
        let more = lines.take()?;
        if more.is_empty() {
            let token = first.first().map_or(&[][..], Vec::as_slice);
            let token = token.strip_suffix(b"\r").unwrap_or(token);
            return report.one(&verify(token, &keys, &context)?);
        }
        first.extend(more);
    }
    many::run(first, &lines, report, &|token| {
        verify(token, &keys, &context)
    })
}

/// How accepted tokens are told.
#[derive(Clone, Copy)]
struct Report {
    ui: Ui,
    now: i64,
    asks_for_video: bool,
}

impl Report {
    fn new(facts: &Value, ui: Ui) -> Self {
        let now = facts.get("now").and_then(inspect::seconds);
        Self {
            ui,
            now: now.unwrap_or_else(words::clock),
            asks_for_video: facts.get("identifier").is_some(),
        }
    }

    fn one(self, claims: &Claims) -> Outcome {
        if self.ui.json {
            self.ui.object(claims)?;
        } else {
            self.print(claims)?;
        }
        Ok(Exit::SUCCESS)
    }

    fn print(self, claims: &Claims) -> Result<(), Stop> {
        let head = self.ui.paint(GOOD, "accepted");
        let rows = table(self.ui, &self.rows(claims));
        self.ui.print(&format!("{head}\n{rows}"))
    }

    fn rows(self, claims: &Claims) -> Vec<(&'static str, String)> {
        let nbf = claims.nbf().map(|nbf| self.when("nbf", nbf));
        let mut rows = vec![
            ("sub", self.sub(claims)),
            ("kid", claims.kid().to_owned()),
            ("exp", self.when("exp", claims.exp())),
            ("nbf", nbf.unwrap_or_else(|| "none".to_owned())),
            ("downloadable", claims.downloadable().to_string()),
        ];
        if !claims.access_rules().is_empty() {
            rows.push(("accessRules", json(claims.access_rules())));
        }
        if claims.flags().original() {
            rows.push(("flags", json(&claims.flags())));
        }
        if claims
            .other()
            .as_object()
            .is_some_and(|all| !all.is_empty())
        {
            rows.push(("other", json(claims.other())));
        }
        rows
    }

    fn sub(self, claims: &Claims) -> String {
        let advice = if self.asks_for_video {
            ""
        } else {
            " (not asked for; compare it, or give --identifier)"
        };
        format!("{}{advice}", claims.sub())
    }

    fn when(self, name: &str, seconds: u64) -> String {
        let words = i64::try_from(seconds)
            .ok()
            .and_then(|time| words::time(name, time, self.now));
        format!("{seconds} ({})", words.unwrap_or_default())
    }
}

const EXAMPLES: &str = r#"Examples:
  $ streamtoken key public key.jwk > jwks.json
  $ TOKEN=$(streamtoken sign ea95132c15732412d22c1476fa83f27a --key key.jwk)
  $ streamtoken verify "$TOKEN" --keys jwks.json \
      --identifier ea95132c15732412d22c1476fa83f27a --country GB --ip 192.0.2.7
  $ printf '%s\n' "$TOKEN" | streamtoken verify - --keys jwks.json --json
  $ printf '%s\n' "$TOKEN" "$TOKEN" | streamtoken verify - --keys jwks.json"#;
