//! Where the API is, who asks, and how long and how often.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use streamtoken::client::{
    Attempt, ClientOptions, DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT,
};
use streamtoken::{Client, Error, ErrorCode, Result, Value};
use zeroize::Zeroizing;

use crate::input;
use crate::output::{Ui, json};

/// The client's options.
#[derive(clap::Args)]
#[command(next_help_heading = "API")]
pub(super) struct Connection {
    /// File with the API token; - reads standard input [default: CLOUDFLARE_API_TOKEN]
    #[arg(long, global = true, value_name = "FILE|-")]
    api_token_file: Option<PathBuf>,
    /// Id of the account [default: CLOUDFLARE_ACCOUNT_ID]
    #[arg(long, global = true, value_name = "ID", allow_hyphen_values = true)]
    account_id: Option<String>,
    /// Where the API is [default: CLOUDFLARE_BASE_URL, or Cloudflare]
    #[arg(long, global = true, value_name = "URL")]
    base_url: Option<String>,
    /// Take http:// to other machines too, where everybody on the way reads credentials and tokens
    #[arg(long, global = true)]
    allow_http: bool,
    #[arg(long, global = true, value_name = "SECONDS", allow_hyphen_values = true, help = timeout_help())]
    timeout: Option<String>,
    #[arg(long, global = true, value_name = "SECONDS", allow_hyphen_values = true, help = connect_timeout_help())]
    connect_timeout: Option<String>,
    #[arg(long, global = true, value_name = "N", allow_hyphen_values = true, help = max_retries_help())]
    max_retries: Option<String>,
    /// How long all attempts and pauses may take together [default: no limit of its own]
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        allow_hyphen_values = true
    )]
    deadline: Option<String>,
    /// Tell of every attempt on standard error; with --json, as a line of JSON
    #[arg(long, short, global = true)]
    verbose: bool,
}

impl Connection {
    /// A client with these options, and what the environment says where they say nothing.
    pub(super) fn client(&self, ui: Ui) -> Result<Client> {
        let mut members = self.call();
        if let Some(url) = &self.base_url {
            members.push(("base_url".to_owned(), Value::String(url.clone())));
        }
        if self.allow_http {
            members.push(("allow_http".to_owned(), Value::Bool(true)));
        }
        let mut options = ClientOptions::from_value(&Value::Object(members))?;
        if let Some(path) = &self.api_token_file {
            options = options.api_token(secret(path)?.as_str());
        }
        Client::with_observer(options.or_env(), observer(self.verbose, ui))
    }

    /// What may be said of a single call as well.
    pub(super) fn call(&self) -> Vec<(String, Value)> {
        let account_id = self.account_id.clone().map(Value::String);
        let numbers = [
            ("timeout", &self.timeout),
            ("connect_timeout", &self.connect_timeout),
            ("max_retries", &self.max_retries),
            ("deadline", &self.deadline),
        ];
        let numbers = numbers
            .into_iter()
            .map(|(name, text)| (name, text.as_deref().map(number)));
        std::iter::once(("account_id", account_id))
            .chain(numbers)
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect()
    }
}

/// The text of a file with a credential. Its name is not repeated: it may be the credential itself.
fn secret(path: &Path) -> Result<Zeroizing<String>> {
    let name = "the file of --api-token-file";
    let code = ErrorCode::FileUnreadable;
    let bytes = input::read_as(name, path, ENOUGH_FOR_A_TOKEN, "the API token", code)?;
    let mut text = Zeroizing::new(String::with_capacity(3 * bytes.len()));
    // What is no UTF-8 is no credential; the core says what one has.
    text.push_str(&Zeroizing::new(
        String::from_utf8_lossy(&bytes).into_owned(),
    ));
    Ok(Zeroizing::new(text.trim().to_owned()))
}

/// Whole or with decimals; any other text is the core's to refuse.
fn number(text: &str) -> Value {
    let is_decimal = text.contains('.') && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    match text.parse() {
        Ok(number) if is_decimal => Value::Float(number),
        _ => crate::time_arg::number_or_text(text),
    }
}

/// Says what the core says of its options as this command line does, which has flags and variables instead.
pub(super) fn in_flags(error: Error) -> Error {
    // What the API says is about its own members, and comes with facts that are kept.
    if error.api().is_some() {
        return error;
    }
    let field = error.field().unwrap_or_default();
    let is_it = |(code, at, _): &&(ErrorCode, &str, &str)| *code == error.code() && *at == field;
    let option = field.trim_start_matches('/');
    let name = NAMES.iter().find(|(name, _)| *name == option);
    let message = match (SENTENCES.iter().find(is_it), name) {
        (Some((_, _, sentence)), _) => (*sentence).to_owned(),
        (None, Some((_, name))) => error.message().replace(option, name),
        (None, None) => return error,
    };
    Error::new(error.code(), message).at(field)
}

/// Tells of attempts: of all when asked, else a person at a terminal of those that make them wait.
fn observer(verbose: bool, ui: Ui) -> impl Fn(&Attempt) + Send + Sync + 'static {
    let is_seen = !ui.json && io::stderr().is_terminal();
    move |attempt| {
        if verbose && ui.json {
            ui.aside(&json(attempt));
        } else if verbose || (is_seen && attempt.pause().is_some()) {
            ui.aside(&attempt.to_string());
        }
    }
}

fn timeout_help() -> String {
    let default = DEFAULT_TIMEOUT.as_secs();
    format!("How long one attempt may take [default: {default}]")
}

fn connect_timeout_help() -> String {
    let default = DEFAULT_CONNECT_TIMEOUT.as_secs();
    format!("How long an attempt may take to connect [default: {default}]")
}

fn max_retries_help() -> String {
    format!(
        "How often a request that failed is sent again, where that may help [default: {DEFAULT_MAX_RETRIES}]"
    )
}

/// What would name options otherwise.
const SENTENCES: &[(ErrorCode, &str, &str)] = &[
    (
        ErrorCode::ApiCredentialMissing,
        "/api_token",
        "there is no credential for the API; set CLOUDFLARE_API_TOKEN or give --api-token-file FILE (or, with the \
         previous scheme, set CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY)",
    ),
    (
        ErrorCode::ApiCredentialMissing,
        "/api_email",
        "the e-mail address of the API key is missing; set CLOUDFLARE_EMAIL, or better use an API token \
         (CLOUDFLARE_API_TOKEN or --api-token-file FILE)",
    ),
    (
        ErrorCode::ApiCredentialMissing,
        "/api_key",
        "the API key of the e-mail address is missing; set CLOUDFLARE_API_KEY, or better use an API token \
         (CLOUDFLARE_API_TOKEN or --api-token-file FILE)",
    ),
    (
        ErrorCode::ApiAccountMissing,
        "/account_id",
        "there is no account id; set CLOUDFLARE_ACCOUNT_ID or give --account-id ID",
    ),
    (
        ErrorCode::BaseUrlInsecure,
        "/base_url",
        "http:// would show credentials and tokens to everybody on the way; use https://, or give --allow-http \
         when the way is safe",
    ),
];

/// What stands for an option that a message begins with.
const NAMES: &[(&str, &str)] = &[
    ("api_token", "the API token"),
    ("api_key", "CLOUDFLARE_API_KEY"),
    ("api_email", "CLOUDFLARE_EMAIL"),
    ("time_format", "--time-format"),
    ("reuse_window", "--reuse-window"),
];

/// Credentials have about 40 characters; the core refuses what has more than 4096.
const ENOUGH_FOR_A_TOKEN: usize = 8192;

#[cfg(test)]
mod tests {
    use super::number;
    use streamtoken::Value;

    #[test]
    fn numbers_are_decimal_and_texts_stay_texts() {
        assert_eq!(number("60"), Value::Integer(60));
        assert_eq!(number("-1"), Value::Integer(-1));
        assert_eq!(number("0.25"), Value::Float(0.25));
        for text in ["1e3", "inf", "NaN", "1.2.3", ".", "", "30s", "0x10", "+1.5"] {
            assert_eq!(number(text), Value::String(text.to_owned()), "{text}");
        }
    }
}
