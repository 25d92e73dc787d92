//! The policy of an API token, from flags.

use streamtoken::{AccessRules, ErrorCode, Result, Value, host};
use streamtoken_server::access::Policy;

use crate::input;
use crate::time_arg::number_or_text;

/// What the minted tokens must be like.
#[derive(clap::Args)]
#[command(next_help_heading = "Policy")]
pub(super) struct PolicyFlags {
    /// Mint for this video alone; repeat it for more
    #[arg(long, value_name = "IDENTIFIER")]
    video: Vec<String>,
    /// Mint for videos whose identifiers begin like this; repeat it for more
    #[arg(long, value_name = "TEXT")]
    video_prefix: Vec<String>,
    /// Longest time from now to exp: seconds or like 90m, at most 24h
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    max_lifetime: Option<String>,
    /// Access rules of every token: a file with a JSON list, or the list itself
    #[arg(long, value_name = "FILE|JSON")]
    access_rules: Option<String>,
    /// Refuse tokens that allow downloads
    #[arg(long)]
    forbid_downloadable: bool,
}

impl PolicyFlags {
    pub(super) fn read(&self) -> Result<Policy> {
        let mut policy = Policy::default();
        policy.videos.only.clone_from(&self.video);
        policy.videos.prefixes.clone_from(&self.video_prefix);
        policy.forbid_downloadable = self.forbid_downloadable;
        policy.max_lifetime = self.max_lifetime.as_deref().map(seconds).transpose()?;
        if let Some(argument) = &self.access_rules {
            let rules = AccessRules::from_value(&rules(argument)?)?;
            let rules = serde_json::to_value(rules).map_err(|_| ErrorCode::Internal)?;
            policy.access_rules = Some(rules);
        }
        policy.check()?;
        Ok(policy)
    }
}

fn rules(argument: &str) -> Result<Value> {
    let is_list = argument.trim_start().starts_with('[');
    if is_list || argument.starts_with('@') {
        input::json(argument, "the access rules")
    } else {
        input::json(&format!("@{argument}"), "the access rules")
    }
}

/// Seconds as options write them; how long is too long, the policy says.
fn seconds(text: &str) -> Result<u64> {
    match host::lifetime(&number_or_text(text)) {
        Err(error) if error.code() == ErrorCode::DurationInvalid => Err(error.at("/max_lifetime")),
        // What is negative, or can only be milliseconds, is as much out of the policy's range.
        seconds => Ok(seconds.unwrap_or(u64::MAX)),
    }
}
