//! `streamtoken sign`: minting.

mod batch;
mod rules;

use serde::Serialize;
use streamtoken::{
    CustomerCode, PlaybackUrls, Result, SignOptions, Signer, Token, UrlOptions, Value,
    playback_urls,
};

use rules::RuleFlags;

use super::urls::{customer_code, rows};
use crate::input;
use crate::key_source::KeySource;
use crate::output::{Exit, Outcome, Ui};
use crate::time_arg::{number_or_text, time};

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
    /// Let the token reach the MP4 download links
    #[arg(long)]
    downloadable: bool,
    /// Set a flag of Cloudflare's API: original
    #[arg(long, value_name = "NAME")]
    flag: Vec<String>,
    /// Every option in JSON, in the API's names; flags given beside it win
    #[arg(long, value_name = "JSON|@FILE", allow_hyphen_values = true)]
    options: Option<String>,
    /// Mint a token for each line of standard input; other flags are the defaults
    ///
    /// A line is a JSON object with identifier and, optionally, any option; the answer is a line
    /// {"line": n, "token": "..."} or {"line": n, "error": {...}}, in the same order. Exit code 1 says
    /// that some lines failed.
    #[arg(long, conflicts_with_all = ["urls", "customer_code", "url_options"])]
    batch: bool,
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

#[derive(clap::Args)]
#[command(next_help_heading = "Times")]
struct Times {
    /// Lifetime from now on: seconds, or 45s, 90m, 1h30m, 1d; at most a day [default: 1h]
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    expires_in: Option<String>,
    /// End of the validity: epoch seconds, or RFC 3339 such as 2026-11-23T12:00:00Z
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    exp: Option<String>,
    /// Begin of the validity [default: an hour ago]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    nbf: Option<String>,
    /// Time to take for now [default: the clock]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    now: Option<String>,
    /// Mint the same bytes for everybody until the window of this many seconds ends
    #[arg(long, value_name = "SECONDS", allow_hyphen_values = true)]
    reuse_window: Option<String>,
    /// How the token writes its times: number, or string as Cloudflare's endpoint
    #[arg(long, value_name = "FORMAT")]
    time_format: Option<String>,
}

#[derive(clap::Args)]
#[command(next_help_heading = "URLs")]
struct Urls {
    /// Print the playback URLs as well
    #[arg(long)]
    urls: bool,
    /// Customer code, or any playback URL with it [default: CLOUDFLARE_STREAM_CUSTOMER_CODE]
    #[arg(long, value_name = "CODE", requires = "urls")]
    customer_code: Option<String>,
    /// Query options of the URLs, as for `streamtoken urls --options`
    #[arg(long, value_name = "JSON|@FILE", requires = "urls")]
    url_options: Option<String>,
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
}

pub(crate) fn run(args: &Args, ui: Ui) -> Outcome {
    let options = args.options()?;
    let urls = args.urls.read()?;
    let signer = Signer::new(args.key.load()?);
    let Some(identifier) = &args.identifier else {
        return batch::run(&signer, &options, args.quiet, ui);
    };
    let token = signer.sign(identifier, &options)?;
    let urls = match urls {
        Some((code, options)) => Some(playback_urls(token.as_str(), &code, &options)?),
        None => None,
    };
    print(&token, urls.as_ref(), ui)
}

fn print(token: &Token, urls: Option<&PlaybackUrls>, ui: Ui) -> Outcome {
    if ui.json {
        ui.object(&Minted {
            token,
            identifier: token.identifier(),
            key_id: token.key_id(),
            exp: token.exp(),
            nbf: token.nbf(),
            renew_at: token.renew_at(),
            urls,
        })?;
    } else {
        let rows = urls.map(|urls| rows(ui, urls)).unwrap_or_default();
        ui.print(&format!("{token}\n{rows}"))?;
    }
    Ok(Exit::SUCCESS)
}

impl Args {
    /// `--options`, then the flags.
    fn options(&self) -> Result<SignOptions> {
        let base = match &self.options {
            Some(argument) => SignOptions::from_value(&input::json(argument, "the options")?)?,
            None => SignOptions::new(),
        };
        let options = base.overlaid(&Value::Object(self.flags()?))?;
        Ok(match self.rules.read()? {
            Some(rules) => options.access_rules(rules),
            None => options,
        })
    }

    /// The flags as the options they stand for; the core reads them as it reads JSON.
    fn flags(&self) -> Result<Vec<(String, Value)>> {
        let mut flags = self.times.members()?;
        if self.downloadable {
            flags.push(("downloadable".to_owned(), Value::Bool(true)));
        }
        if !self.flag.is_empty() {
            let set = self
                .flag
                .iter()
                .map(|name| (name.clone(), Value::Bool(true)));
            flags.push(("flags".to_owned(), Value::Object(set.collect())));
        }
        Ok(flags)
    }
}

impl Times {
    fn members(&self) -> Result<Vec<(String, Value)>> {
        let mut members = Vec::new();
        for (name, text) in [("exp", &self.exp), ("nbf", &self.nbf), ("now", &self.now)] {
            if let Some(text) = text {
                members.push((name.to_owned(), time(name, text)?));
            }
        }
        for (name, text) in [
            ("expires_in", &self.expires_in),
            ("reuse_window", &self.reuse_window),
        ] {
            if let Some(text) = text {
                members.push((name.to_owned(), number_or_text(text)));
            }
        }
        if let Some(format) = &self.time_format {
            members.push(("time_format".to_owned(), Value::String(format.clone())));
        }
        Ok(members)
    }
}

impl Urls {
    fn read(&self) -> Result<Option<(CustomerCode, UrlOptions)>> {
        if !self.urls {
            return Ok(None);
        }
        let options = match &self.url_options {
            Some(argument) => UrlOptions::from_value(&input::json(argument, "the URL options")?)?,
            None => UrlOptions::default(),
        };
        Ok(Some((
            customer_code(self.customer_code.as_deref())?,
            options,
        )))
    }
}

const EXAMPLES: &str = r#"Examples:
  $ streamtoken sign ea95132c15732412d22c1476fa83f27a --key key.jwk
  $ streamtoken sign ea95132c15732412d22c1476fa83f27a --key key.jwk \
      --expires-in 90m --downloadable --allow-country GB,IE
  $ streamtoken sign ea95132c15732412d22c1476fa83f27a --key key.jwk \
      --urls --customer-code f33zs165nr7gyfy4
  $ streamtoken sign ea95132c15732412d22c1476fa83f27a --key - --json < key.jwk
  $ printf '{"identifier":"%s"}\n' video-1 video-2 video-3 |
      streamtoken sign --batch --key key.jwk --expires-in 2h"#;
