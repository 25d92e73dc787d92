//! `admin master-key`: the key that the signing keys of a store are sealed with.

use std::path::PathBuf;

use serde::Serialize;
use streamtoken_server::vault::MasterKey;

use super::place::{Place, usage};
use super::wait;
use crate::commands::key::write::{is_stdout, new_file};
use crate::output::{Exit, Outcome, Ui};
use crate::table::table;

/// Make and rotate the master key, which seals the signing keys of the store
#[derive(clap::Subcommand)]
pub(super) enum Command {
    Generate(Generate),
    /// Seal every signing key with --master-key-file instead of --previous-master-key-file
    ///
    /// In one step: whenever it is interrupted, the store has one of the two. Give both files to the
    /// service before; afterwards the previous one opens nothing any more, except backups.
    #[command(after_help = ROTATE_EXAMPLES)]
    Rotate,
}

/// Make a master key in a new file that only you can read
#[derive(clap::Args)]
#[command(after_help = GENERATE_EXAMPLES)]
pub(super) struct Generate {
    /// File to write, which must not exist yet; - prints the key
    #[arg(long, short, value_name = "FILE|-")]
    out: PathBuf,
}

#[derive(Serialize)]
struct Made<'a> {
    master_key_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    master_key: Option<&'a str>,
}

#[derive(Serialize)]
struct Rotated<'a> {
    master_key_id: &'a str,
    keys: usize,
}

pub(super) fn run(command: &Command, place: &Place, ui: Ui) -> Outcome {
    match command {
        Command::Generate(args) => generate(args, ui),
        Command::Rotate => wait(rotate(place, ui)),
    }
}

fn generate(args: &Generate, ui: Ui) -> Outcome {
    let text = MasterKey::generate_text()?;
    let key = MasterKey::parse(&text)?;
    let is_stdout = is_stdout(&args.out);
    if !is_stdout {
        new_file(&args.out, &text)?;
    }
    let file = args.out.to_string_lossy();
    if ui.json {
        ui.object(&Made {
            master_key_id: key.id(),
            file: (!is_stdout).then(|| file.clone().into_owned()),
            master_key: is_stdout.then_some(&*text),
        })?;
    } else if is_stdout {
        ui.line(&text)?;
        ui.note(&format!("master key id: {}", key.id()));
    } else {
        let rows = [
            ("master key id", key.id()),
            (
                "file",
                &*format!("{file} (keep it secret, and apart from the store)"),
            ),
        ];
        ui.print(&table(ui, &rows))?;
    }
    Ok(Exit::SUCCESS)
}

async fn rotate(place: &Place, ui: Ui) -> Outcome {
    if place.previous_master_key()?.is_none() {
        return Err(usage(
            "give the master key of the store with --previous-master-key-file, and the new one with \
             --master-key-file",
        )
        .into());
    }
    // A new store has nothing to rotate.
    place.store().await?;
    let service = place.open(ui).await?;
    let keys = service.reseal().await?;
    service.store().close().await;
    let master_key_id = service.master_key_id();
    if ui.json {
        ui.object(&Rotated {
            master_key_id,
            keys,
        })?;
    } else {
        let rows = [
            ("master key id", master_key_id.to_owned()),
            ("keys sealed anew", keys.to_string()),
        ];
        ui.print(&table(ui, &rows))?;
    }
    Ok(Exit::SUCCESS)
}

const GENERATE_EXAMPLES: &str = "\
Examples:
  $ streamtoken admin master-key generate --out master.key";
const ROTATE_EXAMPLES: &str = "\
Examples:
  $ streamtoken admin account create 023e105f4ecef8ad9ca31a8372d0c353 \\
      --store store.db --master-key-file old.key
  $ streamtoken admin master-key generate --out new.key
  $ streamtoken admin master-key rotate --store store.db \\
      --master-key-file new.key --previous-master-key-file old.key";
