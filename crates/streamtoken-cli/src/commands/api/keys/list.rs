//! `api keys list`.

use streamtoken::client::CallOptions;

use super::Connection;
use crate::output::{Exit, Outcome, Ui};
use crate::table::columns;

pub(super) fn run(connection: &Connection, ui: Ui) -> Outcome {
    let client = connection.client(ui)?;
    let keys = client.stream().keys().list(&CallOptions::new())?;
    if ui.json {
        for key in &keys {
            ui.object(key)?;
        }
        return Ok(Exit::SUCCESS);
    }
    let rows = keys.iter().map(|key| {
        let created = key.created().unwrap_or("-");
        [key.id().to_owned(), created.to_owned()]
    });
    ui.print(&columns(ui, ["id", "created"], &rows.collect::<Vec<_>>()))?;
    Ok(Exit::SUCCESS)
}

pub(super) const EXAMPLES: &str = "\
Credentials, account and exit codes: see streamtoken api --help.

Examples:
  $ streamtoken api keys list
  $ streamtoken api keys list --json";
