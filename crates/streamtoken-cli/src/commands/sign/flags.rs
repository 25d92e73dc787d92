//! The options of a token as flags: one definition for `sign` and for `api token create`.

use streamtoken::{
    CustomerCode, Error, ErrorCode, PlaybackUrls, Result, Token, UrlOptions, Value, playback_urls,
};

pub(in crate::commands) use super::rules::RuleFlags;
use crate::commands::urls::customer_code;
use crate::input;
use crate::time_arg::{number_or_text, time};

/// What a token says beside its times and rules.
#[derive(clap::Args)]
pub(in crate::commands) struct Claims {
    /// Let the token reach the MP4 download links
    #[arg(long)]
    downloadable: bool,
    /// Set a flag of Cloudflare's API: original
    #[arg(long, value_name = "NAME")]
    flag: Vec<String>,
    /// Every option in JSON, in the API's names; flags given beside it win
    #[arg(long, value_name = "JSON|@FILE", allow_hyphen_values = true)]
    options: Option<String>,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Times")]
pub(in crate::commands) struct Times {
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
pub(in crate::commands) struct Urls {
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

/// The URLs that are wanted of a token.
pub(in crate::commands) struct Wanted(CustomerCode, UrlOptions);

/// `--options`, and what the flags lay over it, both in wire names; the core reads them as it reads JSON.
pub(in crate::commands) fn layers(
    claims: &Claims,
    times: &Times,
    rules: &RuleFlags,
) -> Result<[Value; 2]> {
    let below = input::options(claims.options.as_deref(), "the options")?;
    let mut above = times.members()?;
    above.extend(claims.members());
    if let Some(rules) = rules.read()? {
        let text = serde_json::to_vec(&rules).map_err(|_| Error::from(ErrorCode::Internal))?;
        above.push(("accessRules".to_owned(), Value::parse(text)?));
    }
    Ok([below, Value::Object(above)])
}

impl Claims {
    fn members(&self) -> Vec<(String, Value)> {
        let mut members = Vec::new();
        if self.downloadable {
            members.push(("downloadable".to_owned(), Value::Bool(true)));
        }
        if !self.flag.is_empty() {
            let set = self
                .flag
                .iter()
                .map(|name| (name.clone(), Value::Bool(true)));
            members.push(("flags".to_owned(), Value::Object(set.collect())));
        }
        members
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
    /// What is asked for, checked before there is a token.
    pub(in crate::commands) fn read(&self) -> Result<Option<Wanted>> {
        if !self.urls {
            return Ok(None);
        }
        let options = input::options(self.url_options.as_deref(), "the URL options")?;
        let options = UrlOptions::from_value(&options)?;
        let code = customer_code(self.customer_code.as_deref())?;
        Ok(Some(Wanted(code, options)))
    }
}

impl Wanted {
    /// The URLs with `token` in them.
    pub(in crate::commands) fn of(&self, token: &Token) -> Result<PlaybackUrls> {
        playback_urls(token.as_str(), &self.0, &self.1)
    }
}
