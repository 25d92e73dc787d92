//! `admin token`: the credentials of the API.

use serde::Serialize;
use streamtoken::{Error, ErrorCode, Result, api};
use streamtoken_server::Clock;
use streamtoken_server::access::{Accounts, Action, Grants, NewCredential};
use streamtoken_server::store::{Store, StoredCredential};

use super::place::Place;
use super::policy::PolicyFlags;
use super::wait;
use crate::output::{Exit, Outcome, Stop, Ui};
use crate::secrets;
use crate::table::columns;

/// Make, list and revoke the tokens that callers of the API carry
#[derive(clap::Subcommand)]
pub(super) enum Command {
    Create(Box<Create>),
    /// List the tokens, revoked ones too; none can be shown again
    #[command(after_help = LIST_EXAMPLES)]
    List,
    Revoke(Revoke),
}

/// Make a token and print it, this once
///
/// The store keeps a hash alone. The token is the only line on standard output.
#[derive(clap::Args)]
#[command(after_help = CREATE_EXAMPLES)]
pub(super) struct Create {
    /// What people call it
    #[arg(long, value_name = "TEXT")]
    name: String,
    /// An account that it reaches; repeat it for more
    #[arg(long, value_name = "ID", required_unless_present = "all_accounts")]
    account: Vec<String>,
    /// It reaches every account, later ones too
    #[arg(long, conflicts_with = "account")]
    all_accounts: bool,
    /// What it may do; repeat it for more
    #[arg(long, value_name = "ACTION", value_parser = actions(), default_value = Action::CreateToken.name())]
    action: Vec<String>,
    /// Make a key of the previous scheme, which is sent with this address: X-Auth-Email and X-Auth-Key
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    #[command(flatten)]
    policy: PolicyFlags,
}

/// Revoke a token; a running service refuses it within a second
#[derive(clap::Args)]
#[command(after_help = REVOKE_EXAMPLES)]
pub(super) struct Revoke {
    /// Id of the token, as `token list` has it
    #[arg(value_name = "ID")]
    id: String,
}

/// A credential as it is shown; the token itself when it was just made.
#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(flatten)]
    grants: &'a Grants,
    created: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked: Option<&'a str>,
}

impl<'a> Shown<'a> {
    fn new(stored: &'a StoredCredential, token: Option<&'a str>) -> Self {
        Self {
            id: &stored.id,
            name: &stored.name,
            email: stored.email.as_deref(),
            token,
            grants: &stored.grants,
            created: &stored.created,
            revoked: stored.revoked.as_deref(),
        }
    }
}

pub(super) fn run(command: &Command, place: &Place, ui: Ui) -> Outcome {
    match command {
        Command::Create(args) => wait(create(args, place, ui)),
        Command::List => wait(list(place, ui)),
        Command::Revoke(args) => wait(revoke(args, place, ui)),
    }
}

async fn create(args: &Create, place: &Place, ui: Ui) -> Outcome {
    let made = NewCredential::generate(&args.name, args.email.as_deref(), args.grants()?, now())?;
    let store = place.store().await?;
    refuse_unknown(&args.account, &store.accounts().await?)?;
    store.add_credential(&made.stored).await?;
    let shown = show(&made, ui);
    if shown.is_err() {
        // Nobody has it, and nobody ever will.
        store.revoke_credential(&made.stored.id, &now()).await?;
    }
    store.close().await;
    shown.map(|()| Exit::SUCCESS)
}

fn show(made: &NewCredential, ui: Ui) -> std::result::Result<(), Stop> {
    if ui.json {
        return ui.object(&Shown::new(&made.stored, Some(&made.secret)));
    }
    ui.line(&made.secret)?;
    ui.note(&format!(
        "the token is shown this once; its id is {}",
        made.stored.id
    ));
    Ok(())
}

impl Create {
    fn grants(&self) -> Result<Grants> {
        for (index, account) in self.account.iter().enumerate() {
            api::account_id(account).map_err(|error| error.at(format!("/accounts/{index}")))?;
        }
        let accounts = if self.all_accounts {
            Accounts::All
        } else {
            Accounts::Only(self.account.clone())
        };
        let is_granted = |action: &&Action| self.action.iter().any(|name| name == action.name());
        let actions = Action::ALL.iter().filter(is_granted).copied();
        let mut grants = Grants::new(accounts, actions);
        grants.policy = self.policy.read()?;
        Ok(grants)
    }
}

async fn list(place: &Place, ui: Ui) -> Outcome {
    let store = place.store().await?;
    let credentials = store.credentials().await?;
    store.close().await;
    if ui.json {
        for credential in &credentials {
            ui.object(&Shown::new(credential, None))?;
        }
        return Ok(Exit::SUCCESS);
    }
    let headings = [
        "id", "name", "accounts", "actions", "policy", "created", "revoked",
    ];
    let rows: Vec<_> = credentials.iter().map(row).collect();
    ui.print(&columns(ui, headings, &rows))?;
    Ok(Exit::SUCCESS)
}

fn row(credential: &StoredCredential) -> [String; 7] {
    let grants = &credential.grants;
    let accounts = match &grants.accounts {
        Accounts::Only(accounts) => accounts.join(","),
        _ => "all".to_owned(),
    };
    let actions: Vec<_> = grants.actions.iter().map(|action| action.name()).collect();
    let has_policy = grants.policy != <_>::default();
    [
        credential.id.clone(),
        credential.name.clone(),
        accounts,
        actions.join(","),
        if has_policy { "yes" } else { "-" }.to_owned(),
        to_the_second(&credential.created),
        credential
            .revoked
            .as_deref()
            .map_or_else(|| "-".to_owned(), to_the_second),
    ]
}

/// RFC 3339 without what is beyond the second.
fn to_the_second(time: &str) -> String {
    match time.split_once('.') {
        Some((seconds, _)) => format!("{seconds}Z"),
        None => time.to_owned(),
    }
}

async fn revoke(args: &Revoke, place: &Place, ui: Ui) -> Outcome {
    let store = place.store().await?;
    let revoked = now();
    if !store.revoke_credential(&args.id, &revoked).await? {
        return Err(unknown(&args.id).into());
    }
    store.close().await;
    if ui.json {
        ui.object(&serde_json::json!({"id": args.id, "revoked": revoked}))?;
    } else {
        ui.line(&format!("{} is revoked", args.id))?;
    }
    Ok(Exit::SUCCESS)
}

/// The text that was given is not repeated where it may be the token itself.
fn unknown(id: &str) -> Error {
    let message = if NewCredential::is_secret(id) {
        "this is a token and not its id, which stands between the first two underscores; revoke it by its \
         id, since others can read arguments"
            .to_owned()
    } else {
        format!(
            "no token has the id {}, or it was revoked before; see streamtoken admin token list",
            secrets::shown(id)
        )
    };
    Error::new(ErrorCode::CredentialUnknown, message)
}

fn refuse_unknown(accounts: &[String], known: &[String]) -> Result<()> {
    match accounts.iter().find(|account| !known.contains(account)) {
        None => Ok(()),
        Some(account) => Err(Error::new(
            ErrorCode::AccountUnknown,
            format!(
                "the store has no account {account}; make it first: streamtoken admin account create {account}"
            ),
        )),
    }
}

fn actions() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(Action::ALL.iter().map(|action| action.name()))
}

fn now() -> String {
    format!("{:.6}", Clock::default().timestamp())
}

const CREATE_EXAMPLES: &str = "\
Examples:
  $ export STREAMTOKEN_STORE=store.db STREAMTOKEN_MASTER_KEY_FILE=master.key
  $ streamtoken admin account create 023e105f4ecef8ad9ca31a8372d0c353
  $ streamtoken admin token create --name ops --all-accounts \\
      --action token.create --action keys.create --action keys.list
  $ streamtoken admin token create --name web \\
      --account 023e105f4ecef8ad9ca31a8372d0c353 --max-lifetime 2h
  $ streamtoken admin token create --name trailers --all-accounts \\
      --video ea95132c15732412d22c1476fa83f27a --forbid-downloadable";
const LIST_EXAMPLES: &str = "\
Examples:
  $ streamtoken admin account create 023e105f4ecef8ad9ca31a8372d0c353 \\
      --store store.db --master-key-file master.key
  $ streamtoken admin token list --store store.db";
const REVOKE_EXAMPLES: &str = "\
Examples:
  $ export STREAMTOKEN_STORE=store.db STREAMTOKEN_MASTER_KEY_FILE=master.key
  $ streamtoken admin account create 023e105f4ecef8ad9ca31a8372d0c353
  $ TOKEN=$(streamtoken admin token create --name web --all-accounts)
  $ streamtoken admin token revoke \"$(cut -d_ -f2 <<< \"$TOKEN\")\"";
