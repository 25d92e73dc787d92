//! `api keys delete`.

use serde::Serialize;
use streamtoken::api;
use streamtoken::client::CallOptions;

use super::Connection;
use super::confirm::confirm;
use crate::output::{Exit, Outcome, Ui};
use crate::secrets::shown;

/// Delete a signing key: every token signed with it stops working
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::commands::api) struct Args {
    /// Id of the key, as `keys list` has it
    #[arg(value_name = "ID")]
    id: String,
    /// Do not ask; without a terminal it is needed
    #[arg(long)]
    yes: bool,
}

#[derive(Serialize)]
struct Deleted<'a> {
    id: &'a str,
    /// The API's word for it.
    result: &'a str,
}

pub(super) fn run(args: &Args, connection: &Connection, ui: Ui) -> Outcome {
    let client = connection.client(ui)?;
    api::key_id(&args.id)?;
    confirm(&question(&args.id), args.yes)?;
    let keys = client.stream().keys();
    let result = keys.delete(&args.id, &CallOptions::new())?;
    if ui.json {
        ui.object(&Deleted {
            id: &args.id,
            result: &result,
        })?;
    } else {
        ui.line(&format!("{} is deleted", args.id))?;
    }
    Ok(Exit::SUCCESS)
}

pub(super) fn question(id: &str) -> String {
    format!(
        "Deleting the key {} ends every token that was signed with it, at once and for good.",
        shown(id)
    )
}

const EXAMPLES: &str = "\
Credentials, account and exit codes: see streamtoken api --help.

Examples:
  $ ID=$(streamtoken api keys create --out key.json --json |
      grep -o '[0-9a-f]\\{32\\}' | head -n 1)
  $ streamtoken api keys delete \"$ID\" --yes";
