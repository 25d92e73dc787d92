//! `serve`: the token endpoint.

mod dev;

use std::net::SocketAddr;
use std::path::PathBuf;

use streamtoken::{Error, ErrorCode, TimeFormat};
use streamtoken_server::Minting;
use tokio::runtime::Runtime;

use crate::output::{Outcome, Ui};

/// Answer Cloudflare Stream's token endpoint and key routes
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// File that keeps accounts and keys between runs [default with --dev: memory]
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
    /// How tokens carry times: as text, as Cloudflare's endpoint does, or as numbers
    #[arg(long, value_name = "FORMAT", value_parser = ["string", "number"], default_value = "string")]
    time_format: String,
    /// Take expires_in, time_format and reuse_window in bodies, which Cloudflare's endpoint ignores
    #[arg(long)]
    extensions: bool,
    #[command(flatten)]
    dev: dev::DevArgs,
}

impl Args {
    fn minting(&self) -> Minting {
        let mut minting = Minting::default();
        minting.time_format = match self.time_format.as_str() {
            "number" => TimeFormat::Number,
            _ => TimeFormat::String,
        };
        minting.extensions = self.extensions;
        minting
    }
}

pub(crate) fn run(args: &Args, ui: Ui) -> Outcome {
    let runtime = Runtime::new().map_err(|_| Error::from(ErrorCode::Internal))?;
    let outcome = runtime.block_on(dev::run(args, ui));
    // Whoever asked for the end does not wait for keys that are still being made.
    runtime.shutdown_background();
    outcome
}

const EXAMPLES: &str = r#"Examples:
  $ streamtoken serve --dev --listen 127.0.0.1:0 & SERVER=$!
  $ kill $SERVER"#;
