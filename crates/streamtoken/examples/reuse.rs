//! Mints the token of a window of time: whoever mints within the same window, on any host and in any
//! language, gets the same bytes.
//!
//! `cargo run --example reuse -- IDENTIFIER SECONDS NOW`, with the length of the windows, the time in epoch
//! seconds, and the key in `CLOUDFLARE_STREAM_KEY` or `CLOUDFLARE_STREAM_KEY_FILE`, its id in
//! `CLOUDFLARE_STREAM_KEY_ID`.

use std::process::ExitCode;
use std::time::Duration;

use streamtoken::{Result, SignOptions, Signer, SigningKey, Token};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [identifier, window, now] = arguments.as_slice() else {
        return usage();
    };
    let (Ok(window), Ok(now)) = (window.parse(), now.parse()) else {
        return usage();
    };
    match mint(identifier, Duration::from_secs(window), now) {
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

fn usage() -> ExitCode {
    eprintln!("usage: reuse IDENTIFIER SECONDS NOW");
    ExitCode::from(2)
}

fn mint(identifier: &str, window: Duration, now: u64) -> Result<Token> {
    let signer = Signer::new(SigningKey::from_env()?);
    signer.sign(
        identifier,
        &SignOptions::new().reuse_window(window).now(now),
    )
}
