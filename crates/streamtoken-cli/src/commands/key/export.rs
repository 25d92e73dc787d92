//! `key export`: a private key in another form.

use std::path::PathBuf;

use super::write::{Format, Written, is_stdout, line, new_file, shown};
use crate::key_source::KeyFile;
use crate::output::{Exit, Outcome, Ui};

/// Print or write a private key in another form
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    key: KeyFile,
    /// Form of the key
    #[arg(long, value_enum)]
    format: Format,
    /// New file to write, which only you can read [default: standard output]
    #[arg(long, short, value_name = "FILE|-")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, ui: Ui) -> Outcome {
    let key = args.key.load()?;
    let text = args.format.write(&key);
    let file = args.out.as_ref().filter(|out| !is_stdout(out));
    if let Some(file) = file {
        new_file(file, &text)?;
    }
    if ui.json {
        ui.object(&Written {
            id: key.id(),
            bits: None,
            format: args.format.name(),
            file: shown(file),
            key: file.is_none().then_some(&**text),
        })?;
    } else if file.is_none() {
        ui.print(&line(&text))?;
    }
    Ok(Exit::SUCCESS)
}

const EXAMPLES: &str = "\
Examples:
  $ streamtoken key export key.jwk --format pkcs8-pem --out key.pem
  $ streamtoken key export key.jwk --format pem-base64 > key.b64";
