//! `api keys rotate`: a new key, and perhaps the end of an old one.

use serde::Serialize;
use streamtoken::client::{CallOptions, ListedKey};
use streamtoken::{Client, Error, ErrorCode, Result, api};

use super::Connection;
use super::confirm::confirm;
use super::delete::question;
use super::id::deletion;
use super::made::Made;
use super::out::Out;
use crate::output::{Exit, Outcome, Ui, printable};
use crate::secrets::shown;

/// Have the API make a new signing key, prove it, and say what to switch
///
/// The new key is saved and read back; a token signed with what was read is verified. Only after all that is
/// the key of --revoke deleted. Without --revoke the old keys stay until you delete them, which is how to
/// rotate without an interruption: switch, wait until the last token of the old key has expired (at most a
/// day), then delete it.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::commands::api) struct Args {
    #[command(flatten)]
    out: Out,
    /// Delete this key at the end: every token signed with it stops working
    #[arg(long, value_name = "ID")]
    revoke: Option<String>,
    /// Do not ask before that; without a terminal it is needed
    #[arg(long, requires = "revoke")]
    yes: bool,
    /// Say what would be done; the API is asked for the list of keys alone
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
struct Planned<'a> {
    dry_run: bool,
    file: String,
    revoke: Option<&'a str>,
    keys: Vec<&'a str>,
}

#[derive(Serialize)]
struct Rotated<'a> {
    id: &'a str,
    created: Option<&'a str>,
    file: String,
    revoked: Option<&'a str>,
    /// The keys that were there before and still are.
    keys: Vec<&'a str>,
}

pub(super) fn run(args: &Args, connection: &Connection, ui: Ui) -> Outcome {
    let client = connection.client(ui)?;
    if args.out.is_stdout() {
        let message = "a rotation reads the key back from a file: give --out FILE";
        return Err(Error::new(ErrorCode::UsageInvalid, message).into());
    }
    let before = client.stream().keys().list(&CallOptions::new())?;
    let before: Vec<&str> = before.iter().map(ListedKey::id).collect();
    args.check_revoke(&before)?;
    if args.dry_run {
        drop(args.out.reserve(ui)?);
        return args.plan(&before, ui);
    }
    if let Some(old) = &args.revoke {
        confirm(&question(old), args.yes)?;
    }
    // Not before: the answer may be long in coming.
    let made = Made::make(&client, args.out.reserve(ui)?, ui)?;
    if let Some(old) = &args.revoke {
        revoke(&client, old, &made)?;
    }
    args.report(&made, &before, ui)
}

/// Deletes the old key, now that the new one is known to work.
fn revoke(client: &Client, old: &str, made: &Made) -> Result<()> {
    let (id, file) = (made.key.id(), made.file_name());
    if old == id {
        let message =
            format!("the API gave the new key the id {id} of the old one; nothing was deleted");
        return Err(Error::new(ErrorCode::ApiResponseInvalid, message));
    }
    let deleted = client.stream().keys().delete(old, &CallOptions::new());
    deleted.map(drop).map_err(|error| {
        error.preceded_by(&format!(
            "the new key {id} is in {file} and works, but deleting {old} failed; see streamtoken api keys list"
        ))
    })
}

impl Args {
    fn check_revoke(&self, before: &[&str]) -> Result<()> {
        match &self.revoke {
            Some(old) if !before.contains(&old.as_str()) => {
                let message = format!(
                    "the account has no key {}; nothing was changed, see streamtoken api keys list",
                    shown(old)
                );
                Err(Error::new(ErrorCode::OptionValue, message).at("/revoke"))
            }
            Some(old) => api::key_id(old).map(drop),
            None => Ok(()),
        }
    }

    fn plan(&self, before: &[&str], ui: Ui) -> Outcome {
        let file = self.out.shown();
        if ui.json {
            ui.object(&Planned {
                dry_run: true,
                file,
                revoke: self.revoke.as_deref(),
                keys: before.to_vec(),
            })?;
            return Ok(Exit::SUCCESS);
        }
        let last = match &self.revoke {
            Some(old) => format!("would delete {old}: every token signed with it stops working"),
            None => format!(
                "would delete none of the {} keys of the account",
                before.len()
            ),
        };
        ui.line(&printable(&format!(
            "would make a key and save it in {file}\n\
             would read it back, sign with it and verify the signature\n\
             {last}"
        )))?;
        Ok(Exit::SUCCESS)
    }

    fn report(&self, made: &Made, before: &[&str], ui: Ui) -> Outcome {
        let left = before.iter().copied();
        let left: Vec<_> = left
            .filter(|id| self.revoke.as_deref() != Some(id))
            .collect();
        if ui.json {
            ui.object(&Rotated {
                id: made.key.id(),
                created: made.key.created(),
                file: made.file_name(),
                revoked: self.revoke.as_deref(),
                keys: left,
            })?;
            return Ok(Exit::SUCCESS);
        }
        let mut text = made.advice();
        text.push_str("\nproof:  it signs, and its signature verifies");
        match (&self.revoke, &*left) {
            (Some(old), _) => text.push_str(&format!("\nended:  {old}")),
            (None, []) => {}
            // Which of several it takes over from, only you know.
            (None, [old]) => text.push_str(&next(old)),
            (None, _) => text.push_str(&next("ID")),
        }
        ui.line(&printable(&text))?;
        Ok(Exit::SUCCESS)
    }
}

/// What to do with the key before, once the new one is in use.
fn next(old: &str) -> String {
    format!(
        "\nnext:   switch, wait until the last token of the old key has expired, then\n        {}",
        deletion(old)
    )
}

const EXAMPLES: &str = "\
Credentials, account and exit codes: see streamtoken api --help.

Examples:
  $ streamtoken api keys rotate --out new-key.json --dry-run
  $ streamtoken api keys rotate --out new-key.json
  $ OLD=$(streamtoken key show new-key.json | awk '/^key id/ {print $3}')
  $ streamtoken api keys rotate --revoke \"$OLD\" --yes";
