//! Mints a token through Cloudflare's API, or through a service that answers its routes, with reqwest.
//!
//! ```sh
//! export CLOUDFLARE_API_TOKEN=… CLOUDFLARE_ACCOUNT_ID=…
//! cargo run -p streamtoken-example-reqwest -- VIDEO_UID
//! ```

use std::env;
use std::error::Error;

use streamtoken::client::{ClientOptions, Requests, TokenParams};
use streamtoken_example_reqwest::{http_client, send};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let video = env::args().nth(1).unwrap_or_default();
    let requests = Requests::new(ClientOptions::new().or_env())?;
    let call = requests.create_token(&video, &TokenParams::new())?;
    println!("{}", send(&http_client()?, call).await?);
    Ok(())
}
