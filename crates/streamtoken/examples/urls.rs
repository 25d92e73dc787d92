//! Prints every playback URL of a token, one `name url` a line.
//!
//! `cargo run --example urls -- TOKEN CUSTOMER_CODE`

use std::process::ExitCode;

use streamtoken::{CustomerCode, PlaybackUrls, Result, UrlOptions, playback_urls};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [token, customer_code] = arguments.as_slice() else {
        eprintln!("usage: urls TOKEN CUSTOMER_CODE");
        return ExitCode::from(2);
    };
    match urls(token, customer_code) {
        Ok(urls) => {
            for (name, url) in urls.iter() {
                println!("{name} {url}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error[{}]: {error}", error.code().slug());
            ExitCode::FAILURE
        }
    }
}

fn urls(token: &str, customer_code: &str) -> Result<PlaybackUrls> {
    playback_urls(
        token,
        &CustomerCode::parse(customer_code)?,
        &UrlOptions::default(),
    )
}
