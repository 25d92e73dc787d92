//! `streamtoken urls`: a token in the place of the video UID.

use serde::Serialize;
use streamtoken::{
    CustomerCode, Error, ErrorCode, PlaybackUrls, Result, UrlOptions, Value, playback_urls, rewrite,
};

use super::inspect;
use crate::input;
use crate::output::{Exit, Outcome, Ui};
use crate::table::table;

/// Print every playback URL of a token
///
/// The token is put into the path, in the place of the video UID. Its signature is not checked. Download
/// URLs are there only when the token is downloadable.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The token; - reads it from standard input
    #[arg(value_name = "TOKEN|-", allow_hyphen_values = true)]
    token: String,
    /// Customer code, or any playback URL with it [default: CLOUDFLARE_STREAM_CUSTOMER_CODE]
    #[arg(long, value_name = "CODE", allow_hyphen_values = true)]
    customer_code: Option<String>,
    #[arg(long, value_name = "NAME", help = only_help())]
    only: Option<String>,
    /// Put the token into this URL instead
    #[arg(long, value_name = "URL", conflicts_with_all = ["customer_code", "only", "embed", "options", "Query"])]
    rewrite: Option<String>,
    /// Print the <iframe> element of the player instead
    #[arg(long, conflicts_with = "only")]
    embed: bool,
    /// Query options in JSON by URL, such as {"thumbnail":{"time":"30s"}}; flags given beside it win
    #[arg(long, value_name = "JSON|@FILE", allow_hyphen_values = true)]
    options: Option<String>,
    #[command(flatten)]
    query: Query,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Query")]
struct Query {
    /// Player: start at once
    #[arg(long)]
    autoplay: bool,
    /// Player: no sound at the start
    #[arg(long)]
    muted: bool,
    /// Player: start again at the end
    #[arg(long = "loop")]
    repeat: bool,
    /// Player: show the signed still before playback
    #[arg(long)]
    poster: bool,
    /// Player: where playback begins
    #[arg(long, value_name = "TIME")]
    start_time: Option<String>,
    /// Still: which frame, such as 1m30s
    #[arg(long, value_name = "TIME")]
    thumbnail_time: Option<String>,
    /// Download: name under which browsers save the file
    #[arg(long, value_name = "NAME")]
    filename: Option<String>,
}

#[derive(Serialize)]
struct Html {
    html: String,
}

#[derive(Serialize)]
struct Url<'a> {
    url: &'a str,
}

pub(crate) fn run(args: &Args, ui: Ui) -> Outcome {
    if let Some(url) = &args.rewrite {
        let token = token(&args.token)?;
        print_url(&rewrite(url, &token)?, ui)?;
        return Ok(Exit::SUCCESS);
    }
    let code = customer_code(args.customer_code.as_deref())?;
    let options = UrlOptions::from_value(&args.options()?)?;
    let urls = playback_urls(&token(&args.token)?, &code, &options)?;
    match &args.only {
        Some(name) => print_url(only(&urls, name)?, ui)?,
        None if args.embed && ui.json => ui.object(&Html { html: urls.embed() })?,
        None if args.embed => ui.line(&urls.embed())?,
        None if ui.json => ui.object(&urls)?,
        None => ui.print(&rows(ui, &urls))?,
    }
    Ok(Exit::SUCCESS)
}

/// One `name  url` a line.
pub(crate) fn rows(ui: Ui, urls: &PlaybackUrls) -> String {
    table(ui, &urls.iter().collect::<Vec<_>>())
}

/// The code of `--customer-code`, else of the environment.
pub(crate) fn customer_code(argument: Option<&str>) -> Result<CustomerCode> {
    if let Some(text) = argument {
        return CustomerCode::parse(text);
    }
    CustomerCode::from_env()?.ok_or_else(|| {
        let message = format!(
            "no customer code was given; use --customer-code or set {}",
            CustomerCode::VARIABLE
        );
        Error::new(ErrorCode::CustomerCodeInvalid, message).at("/customer_code")
    })
}

fn token(argument: &str) -> Result<String> {
    let bytes = inspect::token(argument)?;
    // No token has these bytes; the core says what a token has.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn print_url(url: &str, ui: Ui) -> Result<(), crate::output::Stop> {
    if ui.json {
        ui.object(&Url { url })
    } else {
        ui.line(url)
    }
}

fn only_help() -> String {
    format!("Print this URL only: {}", PlaybackUrls::NAMES.join(", "))
}

fn only<'u>(urls: &'u PlaybackUrls, name: &str) -> Result<&'u str> {
    if let Some(url) = urls.get(name) {
        return Ok(url);
    }
    if PlaybackUrls::NAMES.contains(&name) {
        return Err(ErrorCode::UrlNotDownloadable.into());
    }
    let message = format!("--only takes one of {}", PlaybackUrls::NAMES.join(", "));
    Err(Error::new(ErrorCode::UsageInvalid, message))
}

impl Args {
    fn options(&self) -> Result<Value> {
        let mut options = input::options(self.options.as_deref(), "the URL options")?;
        for (group, flags) in self.query.groups() {
            let known = options
                .get(group)
                .cloned()
                .filter(|known| *known != Value::Null);
            let known = known.unwrap_or_else(|| Value::Object(Vec::new()));
            if !flags.is_empty() {
                options = input::overlay(
                    options,
                    vec![(group.to_owned(), input::overlay(known, flags))],
                );
            }
        }
        Ok(options)
    }
}

impl Query {
    /// The flags as the options they stand for, by URL.
    fn groups(&self) -> [(&'static str, Vec<(String, Value)>); 3] {
        let switches = [
            ("autoplay", self.autoplay),
            ("muted", self.muted),
            ("loop", self.repeat),
            ("poster", self.poster),
        ];
        let mut player: Vec<_> = switches
            .into_iter()
            .filter(|(_, on)| *on)
            .map(|(name, on)| (name.to_owned(), Value::Bool(on)))
            .collect();
        player.extend(text("startTime", self.start_time.as_ref()));
        [
            ("iframe", player),
            ("thumbnail", text("time", self.thumbnail_time.as_ref())),
            ("download", text("filename", self.filename.as_ref())),
        ]
    }
}

fn text(name: &str, value: Option<&String>) -> Vec<(String, Value)> {
    value
        .map(|text| (name.to_owned(), Value::String(text.clone())))
        .into_iter()
        .collect()
}

const EXAMPLES: &str = r#"Examples:
  $ TOKEN=$(streamtoken sign ea95132c15732412d22c1476fa83f27a --key key.jwk)
  $ streamtoken urls "$TOKEN" --customer-code f33zs165nr7gyfy4
  $ streamtoken urls "$TOKEN" --customer-code f33zs165nr7gyfy4 --only hls
  $ streamtoken urls "$TOKEN" --customer-code f33zs165nr7gyfy4 \
      --embed --muted --poster
  $ streamtoken urls "$TOKEN" --customer-code f33zs165nr7gyfy4 \
      --options '{"thumbnail":{"time":"30s","height":270}}'
  $ streamtoken urls "$TOKEN" --rewrite \
      https://videodelivery.net/ea95132c15732412d22c1476fa83f27a/iframe"#;
