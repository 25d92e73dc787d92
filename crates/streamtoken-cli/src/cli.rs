//! The arguments: what all subcommands share, and how they are read.

use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::commands::{
    admin, api, completions, explain, inspect, key, lint, serve, sign, simulate, urls, verify,
};
use crate::output::{Color, Outcome, Ui};

/// Signed URL tokens for Cloudflare Stream: mint, verify, explain, inspect, and playback URLs.
///
/// A token takes the place of the video UID in the path of a playback URL. It is minted here, with
/// your signing key, and nothing is sent anywhere; `api` asks Cloudflare's API instead.
#[derive(Parser)]
#[command(name = "streamtoken", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    /// Print JSON, one object a line; errors go to standard output as {"error": {...}}
    #[arg(long, global = true, display_order = LAST)]
    pub(crate) json: bool,
    /// When to use colour; NO_COLOR is respected
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Color::Auto, display_order = LAST)]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    Sign(Box<sign::Args>),
    Verify(verify::Args),
    Inspect(inspect::Args),
    Explain(explain::Args),
    Lint(lint::Args),
    Simulate(simulate::Args),
    Urls(urls::Args),
    #[command(subcommand)]
    Key(key::Command),
    Api(Box<api::Args>),
    Serve(Box<serve::Args>),
    Admin(Box<admin::Args>),
    Completions(completions::Args),
}

impl Command {
    pub(crate) fn run(self, ui: Ui) -> Outcome {
        match self {
            Self::Sign(args) => sign::run(&args, ui),
            Self::Verify(args) => verify::run(&args, ui),
            Self::Inspect(args) => inspect::run(&args, ui),
            Self::Explain(args) => explain::run(&args, ui),
            Self::Lint(args) => lint::run(&args, ui),
            Self::Simulate(args) => simulate::run(&args, ui),
            Self::Urls(args) => urls::run(&args, ui),
            Self::Key(command) => key::run(&command, ui),
            Self::Api(args) => api::run(&args, ui),
            Self::Serve(args) => serve::run(&args, ui),
            Self::Admin(args) => admin::run(&args, ui),
            Self::Completions(args) => completions::run(&args, ui),
        }
    }
}

/// Reads the arguments; clap's help is coloured as `ui` says.
pub(crate) fn parse(args: &[OsString], ui: Ui) -> Result<Cli, clap::Error> {
    let matches = Cli::command()
        .color(ui.clap_color())
        .try_get_matches_from(args)?;
    Cli::from_arg_matches(&matches)
}

/// What all subcommands have stands below what a subcommand is about.
const LAST: usize = 900;

const EXAMPLES: &str = r#"The key comes from --key FILE, from standard input (--key -), or from the environment:
CLOUDFLARE_STREAM_KEY (the key in any form) or CLOUDFLARE_STREAM_KEY_FILE, and
CLOUDFLARE_STREAM_KEY_ID when the key has no id of its own. Never from an argument.

Examples:
  $ streamtoken key generate --out key.jwk
  $ TOKEN=$(streamtoken sign ea95132c15732412d22c1476fa83f27a --key key.jwk)
  $ streamtoken inspect "$TOKEN"
  $ streamtoken explain "$TOKEN" --key key.jwk

Exit codes: 0 ok, 1 refused or findings, 2 input, also a question whose
answer was not yes, 3 key, 4 API or network, 5 service, 70 internal; 129, 130
and 143 on SIGHUP, Ctrl-C and SIGTERM (`serve` ends in order then, with 0); 141
when whoever reads the output goes away."#;

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
