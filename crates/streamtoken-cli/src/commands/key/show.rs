//! `key show`: what a file holds, without giving it away.

use streamtoken::describe_key;

use crate::key_source::KeyFile;
use crate::output::{Exit, Outcome, Ui};
use crate::table::table;

/// Check a key file and tell what it holds, without showing the key
///
/// Runs every check that signing runs. Exits with 0 for a good key and 3 for a bad one, and says what is
/// wrong and what to do.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    key: KeyFile,
}

pub(crate) fn run(args: &Args, ui: Ui) -> Outcome {
    let info = describe_key(&*args.key.read()?, args.key.key_id())?;
    if ui.json {
        ui.object(&info)?;
        return Ok(Exit::SUCCESS);
    }
    let rows = [
        ("form", info.form),
        (
            "kind",
            if info.private {
                "private: it signs"
            } else {
                "public: it verifies"
            }
            .to_owned(),
        ),
        (
            "key id",
            info.id
                .unwrap_or_else(|| "none: give it with --key-id".to_owned()),
        ),
        ("bits", info.bits.to_string()),
        ("exponent", info.exponent.to_string()),
        ("thumbprint", info.thumbprint),
    ];
    ui.print(&table(ui, &rows))?;
    Ok(Exit::SUCCESS)
}

const EXAMPLES: &str = "\
Examples:
  $ streamtoken key show key.jwk
  $ streamtoken key show - --json < key.jwk";
