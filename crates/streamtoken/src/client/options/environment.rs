//! The options that a client takes from the environment, by the official clients' names.

use std::env;
use std::ffi::OsString;

use super::ClientOptions;
use crate::environment;

const API_TOKEN: &str = "CLOUDFLARE_API_TOKEN";
const API_KEY: &str = "CLOUDFLARE_API_KEY";
const API_EMAIL: &str = "CLOUDFLARE_EMAIL";
const ACCOUNT_ID: &str = "CLOUDFLARE_ACCOUNT_ID";
const BASE_URL: &str = "CLOUDFLARE_BASE_URL";

impl ClientOptions {
    /// Fills what was not given from the environment, by the official clients' names:
    /// `CLOUDFLARE_API_TOKEN`; `CLOUDFLARE_API_KEY` and `CLOUDFLARE_EMAIL`; `CLOUDFLARE_ACCOUNT_ID`;
    /// `CLOUDFLARE_BASE_URL`. A variable of white space alone counts as not set, and white space around a
    /// value is dropped. A credential given as an option is never mixed with another one.
    #[must_use]
    pub fn or_env(self) -> Self {
        self.or_variables(|name| env::var_os(name))
    }

    /// As [`ClientOptions::or_env`], from the environment that a host language shows its programs.
    #[must_use]
    pub fn or_variables(mut self, lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        let variable = |name| environment::text(&lookup, name);
        self.credentials.fill(
            || variable(API_TOKEN),
            || variable(API_KEY),
            || variable(API_EMAIL),
        );
        self.account_id = self.account_id.or_else(|| variable(ACCOUNT_ID));
        self.base_url = self.base_url.or_else(|| variable(BASE_URL));
        self
    }
}

#[cfg(test)]
mod tests {
    use crate::ErrorCode;
    use crate::client::{ClientOptions, DEFAULT_BASE_URL};

    #[test]
    fn variables_that_are_empty_count_as_not_set_and_others_are_trimmed() {
        let options = ClientOptions::new().or_variables(|name| match name {
            "CLOUDFLARE_API_TOKEN" => Some(" the-token\r\n".into()),
            "CLOUDFLARE_ACCOUNT_ID" => Some("account\n".into()),
            "CLOUDFLARE_BASE_URL" => Some(" \t\n".into()),
            _ => None,
        });
        let checked = options.checked().unwrap();
        assert_eq!(
            checked.credentials.secrets().collect::<Vec<_>>(),
            ["the-token"]
        );
        assert_eq!(checked.account_id.as_deref(), Some("account"));
        assert_eq!(
            checked.base_url.with("").unwrap().to_string(),
            DEFAULT_BASE_URL
        );
        let given = ClientOptions::new()
            .api_token("t")
            .account_id("mine")
            .base_url("https://mine.example");
        let checked = given
            .or_variables(|_| Some("other".into()))
            .checked()
            .unwrap();
        assert_eq!(checked.account_id.as_deref(), Some("mine"));
        assert_eq!(checked.base_url.with("/").unwrap(), "https://mine.example/");
        // An option that is empty is a mistake, and no wish for the variable.
        let empty = ClientOptions::new().api_token("");
        let empty =
            empty.or_variables(|name| (name == "CLOUDFLARE_API_TOKEN").then(|| "other".into()));
        assert_eq!(
            empty.checked().unwrap_err().code(),
            ErrorCode::ApiCredentialInvalid
        );
    }
}
