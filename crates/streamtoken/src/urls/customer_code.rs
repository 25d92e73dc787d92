//! The code in the host of every playback URL of an account.

use std::ffi::OsString;
use std::fmt;
use std::str::FromStr;

use super::hosts;
use super::location::Location;
use crate::environment::variable;
use crate::{Error, ErrorCode, Result};

/// The customer code: `CODE` in `customer-CODE.cloudflarestream.com`. **Not** the account id.
///
/// It is part of every playback URL of the account, and the Stream dashboard shows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CustomerCode(String);

impl CustomerCode {
    /// Reads a customer code, the host that carries it, or any playback URL on that host.
    ///
    /// A code has 1 to 54 characters of `a-z`, `0-9` and `-`: what fits into a host name after
    /// `customer-`. Upper case is lowered, as in any host name.
    ///
    /// # Errors
    /// [`ErrorCode::CustomerCodeIsAccountId`] for 32 hexadecimal digits, the form of account ids and
    /// video UIDs; [`ErrorCode::CustomerCodeInvalid`] for anything else, legacy hosts and custom domains
    /// among it: they do not carry the code.
    pub fn parse(text: &str) -> Result<Self> {
        let code = if text.contains(['.', '/', ':']) {
            code_of_host(text)?
        } else {
            text.to_ascii_lowercase()
        };
        if code.len() == 32 && code.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(refusal(ErrorCode::CustomerCodeIsAccountId, IS_ACCOUNT_ID));
        }
        if code.starts_with(PREFIX) {
            return Err(refusal(ErrorCode::CustomerCodeInvalid, HAS_PREFIX));
        }
        if is_code(&code) {
            Ok(Self(code))
        } else {
            Err(Error::from(ErrorCode::CustomerCodeInvalid).at(FIELD))
        }
    }

    /// Reads `CLOUDFLARE_STREAM_CUSTOMER_CODE`, without outer white space; `None` when it is unset or
    /// empty.
    ///
    /// # Errors
    /// Those of [`CustomerCode::parse`].
    pub fn from_env() -> Result<Option<Self>> {
        Self::find(|name| std::env::var_os(name))
    }

    /// The environment variable that [`CustomerCode::from_env`] reads.
    pub const VARIABLE: &'static str = "CLOUDFLARE_STREAM_CUSTOMER_CODE";

    /// The code, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host of the account's playback URLs: `customer-CODE.cloudflarestream.com`.
    pub fn host(&self) -> String {
        format!("{PREFIX}{}.{}", self.0, hosts::STREAM)
    }

    /// The code in the variables that `lookup` answers.
    pub(crate) fn find(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Option<Self>> {
        let Some(value) = variable(lookup, Self::VARIABLE) else {
            return Ok(None);
        };
        let text = std::str::from_utf8(&value).map_err(|_| {
            refusal(
                ErrorCode::CustomerCodeInvalid,
                "CLOUDFLARE_STREAM_CUSTOMER_CODE is not UTF-8",
            )
        })?;
        Self::parse(text).map(Some)
    }
}

impl FromStr for CustomerCode {
    type Err = Error;

    /// # Errors
    /// Those of [`CustomerCode::parse`].
    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl fmt::Display for CustomerCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn code_of_host(text: &str) -> Result<String> {
    let url = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    Location::parse(&url)
        .ok()
        .and_then(|location| code_in(&location.host.to_ascii_lowercase()).map(str::to_owned))
        .ok_or_else(|| refusal(ErrorCode::CustomerCodeInvalid, NO_CODE_IN_HOST))
}

fn code_in(host: &str) -> Option<&str> {
    hosts::label(host)?.strip_prefix(PREFIX)
}

fn is_code(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len())
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

fn refusal(code: ErrorCode, message: &str) -> Error {
    Error::new(code, message).at(FIELD)
}

const PREFIX: &str = "customer-";
/// A label of a host name has at most 63 characters, `customer-` takes nine of them.
const LONGEST: usize = 54;
const FIELD: &str = "/customer_code";

const IS_ACCOUNT_ID: &str = "32 hexadecimal digits are an account id or a video UID, not the customer code; \
     the code stands between customer- and .cloudflarestream.com in any playback URL \
     and in the Stream dashboard";
const NO_CODE_IN_HOST: &str = "no customer code in this host; give the code itself, \
     customer-CODE.cloudflarestream.com or a playback URL on that host";
const HAS_PREFIX: &str = "give the customer code without its prefix customer-";

#[cfg(test)]
mod tests {
    use super::CustomerCode;
    use crate::ErrorCode;

    #[test]
    fn an_empty_variable_is_unset_and_white_space_is_trimmed() {
        let read = |text: &str| CustomerCode::find(|_| Some(text.into()));
        assert_eq!(CustomerCode::find(|_| None), Ok(None));
        assert_eq!(read(""), Ok(None));
        assert_eq!(read(" \r\n"), Ok(None));
        let code = read(" f33zs165nr7gyfy4\n").unwrap().unwrap();
        assert_eq!(code.as_str(), "f33zs165nr7gyfy4");
        let refused = read("023e105f4ecef8ad9ca31a8372d0c353").unwrap_err();
        assert_eq!(refused.code(), ErrorCode::CustomerCodeIsAccountId);
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_not_utf8_is_refused() {
        use std::os::unix::ffi::OsStringExt;
        let value = |_: &str| Some(std::ffi::OsString::from_vec(vec![0xff]));
        let refused = CustomerCode::find(value).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::CustomerCodeInvalid);
    }
}
