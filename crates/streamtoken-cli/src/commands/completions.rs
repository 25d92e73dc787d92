//! `streamtoken completions`: for the shell.

use clap::CommandFactory as _;
use clap_complete::Shell;
use serde::Serialize;
use streamtoken::ErrorCode;

use crate::cli::Cli;
use crate::output::{Exit, Outcome, Ui};

/// Print the completion script of a shell
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Which shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Serialize)]
struct Script<'a> {
    shell: String,
    script: &'a str,
}

pub(crate) fn run(args: &Args, ui: Ui) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "streamtoken", &mut script);
    let script =
        String::from_utf8(script).map_err(|_| streamtoken::Error::from(ErrorCode::Internal))?;
    if ui.json {
        ui.object(&Script {
            shell: args.shell.to_string(),
            script: &script,
        })?;
    } else {
        ui.print(&script)?;
    }
    Ok(Exit::SUCCESS)
}

const EXAMPLES: &str = "\
Examples:
  $ streamtoken completions bash > streamtoken.bash
  $ streamtoken completions zsh > _streamtoken
  $ streamtoken completions fish > streamtoken.fish";
