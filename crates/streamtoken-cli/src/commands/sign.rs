//! `streamtoken sign`: minting.

mod batch;
pub(super) mod flags;
mod rules;

use serde::Serialize;
use streamtoken::{
    Finding, LintLevel, PlaybackUrls, Result, SignOptions, Signer, Token, Value, host,
};

use flags::{Claims, RuleFlags, Times, Urls, layers};

use super::urls::rows;
use crate::key_source::KeySource;
use crate::output::{Exit, Outcome, Ui};

/// Mint a token for a video or live input
///
/// Prints the token and a newline, nothing else. Without options it is what Cloudflare's endpoint mints:
/// valid from an hour ago until in an hour, for everybody.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// UID of the video or live input: 1 to 32 of A-Z, a-z, 0-9, - and _
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    identifier: Option<String>,
    #[command(flatten)]
    claims: Claims,
    /// Mint a token for each line of standard input; other flags are the defaults
    ///
    /// A line is a JSON object with identifier and, optionally, any option; the answer is a line
    /// {"line": n, "token": "..."} or {"line": n, "error": {...}}, in the same order. Exit code 1 says
    /// that some lines failed.
    #[arg(long, conflicts_with_all = ["urls", "customer_code", "url_options"])]
    batch: bool,
    /// What to do about rules and options that are probably not meant: off, warn or deny [default: warn]
    ///
    /// warn mints and says so on standard error as warning[id]: ..., or in the member warnings of --json
    /// and of a batch's line; deny refuses.
    #[arg(long, value_name = "LEVEL")]
    lint: Option<String>,
    /// Show no progress and no summary on standard error
    #[arg(long, short)]
    quiet: bool,
    // Each of these sets the heading for what follows, so they stand last.
    #[command(flatten)]
    key: KeySource,
    #[command(flatten)]
    times: Times,
    #[command(flatten)]
    rules: RuleFlags,
    #[command(flatten)]
    urls: Urls,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Minted<'a> {
    token: &'a Token,
    identifier: &'a str,
    key_id: &'a str,
    exp: u64,
    nbf: u64,
    renew_at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    urls: Option<&'a PlaybackUrls>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    warnings: &'a [Finding],
}

pub(crate) fn run(args: &Args, ui: Ui) -> Outcome {
    let options = args.options()?;
    let urls = args.urls.read()?;
    let level = args.lint_level()?;
    let signer = Signer::new(args.key.load()?).lint(level);
    let Some(identifier) = &args.identifier else {
        return batch::run(&signer, &options, args.quiet, ui);
    };
    print(&signer.sign(identifier, &options)?, urls, ui)
}

/// Prints a token, and its URLs where they are wanted.
pub(super) fn print(token: &Token, urls: Option<flags::Wanted>, ui: Ui) -> Outcome {
    let urls = urls.map(|wanted| wanted.of(token)).transpose()?;
    for warning in token.warnings() {
        ui.warn(warning);
    }
    print_both(token, urls.as_ref(), ui)
}

fn print_both(token: &Token, urls: Option<&PlaybackUrls>, ui: Ui) -> Outcome {
    if ui.json {
        ui.object(&Minted {
            token,
            identifier: token.identifier(),
            key_id: token.key_id(),
            exp: token.exp(),
            nbf: token.nbf(),
            renew_at: token.renew_at(),
            urls,
            warnings: token.warnings(),
        })?;
    } else {
        let rows = urls.map(|urls| rows(ui, urls)).unwrap_or_default();
        ui.print(&format!("{token}\n{rows}"))?;
    }
    Ok(Exit::SUCCESS)
}

impl Args {
    fn options(&self) -> Result<SignOptions> {
        let [below, above] = layers(&self.claims, &self.times, &self.rules)?;
        SignOptions::from_value(&below)?.overlaid(&above)
    }

    fn lint_level(&self) -> Result<LintLevel> {
        let level = self.lint.clone().map_or(Value::Null, Value::String);
        host::lint_level(&level)
    }
}

const EXAMPLES: &str = r#"Examples:
  $ streamtoken sign ea95132c15732412d22c1476fa83f27a --key key.jwk
  $ streamtoken sign ea95132c15732412d22c1476fa83f27a --key key.jwk \
      --expires-in 90m --downloadable --allow-country GB,IE
  $ streamtoken sign ea95132c15732412d22c1476fa83f27a --key key.jwk \
      --urls --customer-code f33zs165nr7gyfy4
  $ streamtoken sign ea95132c15732412d22c1476fa83f27a --key key.jwk \
      --lint deny --options '{"expires_in":"2h","downloadable":true}'
  $ streamtoken sign ea95132c15732412d22c1476fa83f27a --key - --json < key.jwk
  $ printf '{"identifier":"%s"}\n' video-1 video-2 video-3 |
      streamtoken sign --batch --key key.jwk --expires-in 2h"#;
