//! `api token`: tokens from the API.

use std::path::PathBuf;

use streamtoken::client::TokenParams;
use streamtoken::{Error, ErrorCode, Result, Value};

use super::connection::Connection;
use crate::commands::sign::flags::{Claims, RuleFlags, Times, Urls, layers};
use crate::commands::sign::print;
use crate::key_source;
use crate::output::{Outcome, Ui};

/// Ask the API for tokens
#[derive(clap::Subcommand)]
#[command(after_help = EXAMPLES)]
pub(super) enum Command {
    Create(Box<Create>),
}

/// Ask the API for a token for a video or live input
///
/// The options are those of `streamtoken sign`, and checked alike before anything is sent. With `--now`,
/// `exp` and `nbf` are sent as they follow from it. Cloudflare allows 1,200 requests in five minutes and advises
/// signing locally for more than 1,000 tokens a day; its tokens do not work for WebRTC playback.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Create {
    /// UID of the video or live input: 1 to 32 of A-Z, a-z, 0-9, - and _
    identifier: String,
    #[command(flatten)]
    claims: Claims,
    /// Last resort: send this private key along, to sign with it instead of one that the API has
    ///
    /// `streamtoken sign --key FILE` mints the same token, and the key stays where it is.
    #[arg(long, value_name = "FILE|-", help_heading = "Key")]
    send_private_key: Option<PathBuf>,
    /// Id of that key, when the file does not hold it
    #[arg(
        long,
        value_name = "ID",
        requires = "send_private_key",
        help_heading = "Key"
    )]
    key_id: Option<String>,
    // Each of these sets the heading for what follows, so they stand last.
    #[command(flatten)]
    times: Times,
    #[command(flatten)]
    rules: RuleFlags,
    #[command(flatten)]
    urls: Urls,
}

pub(super) fn run(command: &Command, connection: &Connection, ui: Ui) -> Outcome {
    let Command::Create(args) = command;
    let params = args.params(connection)?;
    let urls = args.urls.read()?;
    let client = connection.client(ui)?;
    let token = client.stream().token().create(&args.identifier, params)?;
    print(&token, urls, ui)
}

impl Create {
    fn params(&self, connection: &Connection) -> Result<TokenParams> {
        let [below, above] = layers(&self.claims, &self.times, &self.rules)?;
        refuse_key_in(&below)?;
        let params = TokenParams::from_value(&below)?
            .overlaid(&above)?
            .overlaid(&Value::Object(connection.call()))?;
        let Some(path) = &self.send_private_key else {
            return Ok(params);
        };
        let key = key_source::load(path, self.key_id.as_deref())?;
        Ok(params.key(key.id(), key.to_pem_base64().as_str()))
    }
}

/// A private key leaves this machine when a flag says so, and not with the options of a video.
fn refuse_key_in(options: &Value) -> Result<()> {
    let members = options.as_object().unwrap_or_default();
    let is_key = |(name, value): &&(String, Value)| {
        matches!(name.as_str(), "id" | "pem") && *value != Value::Null
    };
    let Some((name, _)) = members.iter().find(is_key) else {
        return Ok(());
    };
    let message = format!(
        "{name} in --options would send a private key along; sign with streamtoken sign --key FILE, or say so \
         with --send-private-key FILE"
    );
    Err(Error::new(ErrorCode::UsageInvalid, message).at(format!("/{name}")))
}

const EXAMPLES: &str = "\
Credentials, account and exit codes: see streamtoken api --help. --time-format and
--reuse-window are for signing locally, and refused.

Examples:
  $ streamtoken api token create ea95132c15732412d22c1476fa83f27a
  $ streamtoken api token create ea95132c15732412d22c1476fa83f27a \\
      --expires-in 2h --downloadable --allow-country GB,IE --json
  $ streamtoken api token create ea95132c15732412d22c1476fa83f27a \\
      --urls --customer-code f33zs165nr7gyfy4";
