//! `admin account`: the accounts that the service signs for.

use std::path::PathBuf;

use serde::Serialize;
use streamtoken::{Error, ErrorCode, api};
use streamtoken_server::store::{KeyPurpose, Store, StoredKey};

use super::place::{Place, usage};
use super::wait;
use crate::key_source;
use crate::output::{Exit, Outcome, Ui};
use crate::table::{columns, table};

/// Add and list the accounts that the service signs for
#[derive(clap::Subcommand)]
pub(super) enum Command {
    Create(Create),
    /// List the accounts, and how many keys each has
    #[command(after_help = LIST_EXAMPLES)]
    List,
}

/// Add an account; a store and a master key file that are not there are made
#[derive(clap::Args)]
#[command(after_help = CREATE_EXAMPLES)]
pub(super) struct Create {
    /// Id of the account: the one in the API's paths
    #[arg(value_name = "ACCOUNT")]
    account: String,
    /// File with the key that the account's token endpoint signs with, such as one that Cloudflare made;
    /// - reads standard input [default: a new key]
    #[arg(long, value_name = "FILE|-")]
    key: Option<PathBuf>,
    /// Id of the key, when the file does not hold it
    #[arg(long, value_name = "ID", requires = "key")]
    key_id: Option<String>,
}

/// An account as it is shown.
#[derive(Serialize)]
struct Shown<'a> {
    account: &'a str,
    endpoint_key: &'a str,
    /// Those that were made through the API.
    keys: usize,
}

pub(super) fn run(command: &Command, place: &Place, ui: Ui) -> Outcome {
    match command {
        Command::Create(args) => wait(create(args, place, ui)),
        Command::List => wait(list(place, ui)),
    }
}

async fn create(args: &Create, place: &Place, ui: Ui) -> Outcome {
    let account = api::account_id(&args.account)?;
    let key = args.key.as_deref();
    let key = key.map(|path| key_source::load(path, args.key_id.as_deref()));
    let key = key.transpose()?;
    let service = place.open(ui).await?;
    if !service.add_account(account, key).await? {
        let message = format!("account {account} is there already, and keeps its key");
        return Err(usage(&message).into());
    }
    let keys = service.store().keys(account).await?;
    let keys = keys.ok_or_else(|| Error::from(ErrorCode::AccountUnknown))?;
    service.store().close().await;
    let shown = shown(account, &keys);
    if ui.json {
        ui.object(&shown)?;
    } else {
        let rows = [("account", account), ("endpoint key", shown.endpoint_key)];
        ui.print(&table(ui, &rows))?;
    }
    Ok(Exit::SUCCESS)
}

async fn list(place: &Place, ui: Ui) -> Outcome {
    let store = place.store().await?;
    let mut rows = Vec::new();
    for account in store.accounts().await? {
        let keys = store.keys(&account).await?.unwrap_or_default();
        let shown = shown(&account, &keys);
        if ui.json {
            ui.object(&shown)?;
        }
        rows.push([
            account.clone(),
            shown.endpoint_key.to_owned(),
            shown.keys.to_string(),
        ]);
    }
    store.close().await;
    if !ui.json {
        ui.print(&columns(ui, ["account", "endpoint key", "keys"], &rows))?;
    }
    Ok(Exit::SUCCESS)
}

fn shown<'a>(account: &'a str, keys: &'a [StoredKey]) -> Shown<'a> {
    let endpoint = keys.iter().find(|key| key.purpose == KeyPurpose::Endpoint);
    let own = keys.iter().filter(|key| key.purpose == KeyPurpose::Account);
    Shown {
        account,
        endpoint_key: endpoint.map_or("-", |key| &key.id),
        keys: own.count(),
    }
}

const CREATE_EXAMPLES: &str = "\
Examples:
  $ export STREAMTOKEN_STORE=store.db STREAMTOKEN_MASTER_KEY_FILE=master.key
  $ streamtoken admin account create 023e105f4ecef8ad9ca31a8372d0c353
  $ streamtoken admin account create another --key key.jwk";
const LIST_EXAMPLES: &str = "\
Examples:
  $ streamtoken admin account create 023e105f4ecef8ad9ca31a8372d0c353 \\
      --store store.db --master-key-file master.key
  $ streamtoken admin account list --store store.db";
