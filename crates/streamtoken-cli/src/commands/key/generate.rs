//! `key generate`: a new key in a new file.

use std::path::PathBuf;

use streamtoken::SigningKey;

use super::write::{Format, Written, is_stdout, line, new_file, quoted};
use crate::output::{Exit, Outcome, Ui, printable};

/// Make a new signing key in a new file that only you can read
///
/// For tests, and for verifiers of your own: Cloudflare's edge accepts the keys that Cloudflare's API
/// made (POST /accounts/{account_id}/stream/keys), and takes none from outside.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// File to write, which must not exist yet; - prints the private key
    #[arg(long, short, value_name = "FILE|-")]
    out: PathBuf,
    /// Form of the key
    #[arg(long, value_enum, default_value_t = Format::Jwk)]
    format: Format,
}

pub(crate) fn run(args: &Args, ui: Ui) -> Outcome {
    let key = SigningKey::generate()?;
    let text = args.format.write(&key);
    let is_stdout = is_stdout(&args.out);
    if !is_stdout {
        new_file(&args.out, &text)?;
    }
    if ui.json {
        ui.object(&Written {
            id: key.id(),
            bits: Some(key.bits()),
            format: args.format.name(),
            file: (!is_stdout).then(|| args.out.to_string_lossy().into_owned()),
            key: is_stdout.then_some(&**text),
        })?;
    } else if is_stdout {
        ui.print(&line(&text))?;
        ui.note(&format!("key id: {}", key.id()));
    } else {
        ui.line(&advice(args, key.id()))?;
    }
    Ok(Exit::SUCCESS)
}

/// The id, and how to use the file.
fn advice(args: &Args, id: &str) -> String {
    let file = printable(&quoted(&args.out.to_string_lossy()));
    let key_id = if args.format.holds_id() {
        String::new()
    } else {
        format!(" --key-id {id}")
    };
    format!(
        "key id: {id}\n\
         file:   {file} (keep it secret)\n\
         mint:   streamtoken sign VIDEO --key {file}{key_id}\n\
         public: streamtoken key public {file}{key_id}"
    )
}

const EXAMPLES: &str = "\
Examples:
  $ streamtoken key generate --out key.jwk
  $ streamtoken key generate --out key.pem --format pkcs8-pem
  $ streamtoken key generate --out - --json";
