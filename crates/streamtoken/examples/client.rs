//! Mints a token through Cloudflare's API, or through a service that answers its routes.
//!
//! ```sh
//! export CLOUDFLARE_API_TOKEN=… CLOUDFLARE_ACCOUNT_ID=…
//! cargo run --features client --example client -- VIDEO_UID
//! ```

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use streamtoken::{Client, SignOptions};

fn main() -> ExitCode {
    match mint() {
        Ok(token) => {
            println!("{token}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error[{}]: {error}", error.code().slug());
            ExitCode::from(error.code().exit_code())
        }
    }
}

fn mint() -> streamtoken::Result<streamtoken::Token> {
    let video = env::args().nth(1).unwrap_or_default();
    let client = Client::from_env()?;
    let options = SignOptions::new().expires_in(Duration::from_secs(2 * 3600));
    client.stream().token().create(&video, options)
}
