//! Checks that a token lets a viewer from one country play one video.
//!
//! `cargo run --example verify -- TOKEN IDENTIFIER COUNTRY`, with the key as for `mint`; its public half
//! is what is used.

use std::process::ExitCode;

use streamtoken::{Claims, KeySet, Result, SigningKey, VerifyContext, verify};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [token, identifier, country] = arguments.as_slice() else {
        eprintln!("usage: verify TOKEN IDENTIFIER COUNTRY");
        return ExitCode::from(2);
    };
    match check(token, identifier, country) {
        Ok(claims) => {
            println!("{} {}", claims.sub(), claims.exp());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error[{}]: {error}", error.code().slug());
            ExitCode::FAILURE
        }
    }
}

fn check(token: &str, identifier: &str, country: &str) -> Result<Claims> {
    let keys = KeySet::from(&SigningKey::from_env()?);
    let context = VerifyContext::new()
        .identifier(identifier)
        .country(country)?;
    verify(token, &keys, &context)
}
