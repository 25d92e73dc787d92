//! Mints a token for two hours that only viewers in Great Britain and Ireland may use.
//!
//! `cargo run --example mint -- IDENTIFIER`, with the key in `CLOUDFLARE_STREAM_KEY` or
//! `CLOUDFLARE_STREAM_KEY_FILE`, and its id in `CLOUDFLARE_STREAM_KEY_ID`.

use std::process::ExitCode;
use std::time::Duration;

use streamtoken::{AccessRules, Condition, Result, SignOptions, Signer, SigningKey, Token};

fn main() -> ExitCode {
    let Some(identifier) = std::env::args().nth(1) else {
        eprintln!("usage: mint IDENTIFIER");
        return ExitCode::from(2);
    };
    match mint(&identifier) {
        Ok(token) => {
            println!("{token}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error[{}]: {error}", error.code().slug());
            ExitCode::FAILURE
        }
    }
}

fn mint(identifier: &str) -> Result<Token> {
    let signer = Signer::new(SigningKey::from_env()?);
    let rules = AccessRules::allow_only([Condition::country(["GB", "IE"])?])?;
    let options = SignOptions::new()
        .expires_in(Duration::from_secs(2 * 3600))
        .access_rules(rules);
    signer.sign(identifier, &options)
}
