//! Where the API is.

use std::net::IpAddr;

use http::Uri;

use crate::{Error, ErrorCode, Result};

/// Longest base URL that is taken.
const MAX_URL: usize = 2048;

/// A base URL that was found good, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BaseUrl {
    text: String,
    host: String,
    port: u16,
    is_https: bool,
}

impl BaseUrl {
    pub(super) fn parse(text: &str, allow_http: bool) -> Result<Self> {
        let text = text.trim_end_matches('/');
        let uri = check_form(text)?;
        let is_https = uri.scheme_str() == Some("https");
        let host = uri.host().unwrap_or_default();
        let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
        let default_port = if is_https { 443 } else { 80 };
        let url = Self {
            text: text.to_owned(),
            port: uri.port_u16().unwrap_or(default_port),
            host,
            is_https,
        };
        if !is_https && !allow_http && !url.is_loopback() {
            return Err(Error::new(
                ErrorCode::BaseUrlInsecure,
                "http:// would show credentials and tokens to everybody on the way; use https://, or \
                 say allow_http when the way is safe",
            )
            .at("/base_url"));
        }
        Ok(url)
    }

    /// The URL with `path` behind it, which begins with a slash.
    pub(super) fn with(&self, path: &str) -> Result<Uri> {
        let whole = format!("{}{path}", self.text);
        whole.parse().map_err(|_| refuse("is no URL"))
    }

    /// Whether the host is this machine.
    pub(super) fn is_loopback(&self) -> bool {
        let address = self.host.parse::<IpAddr>();
        address.map_or_else(
            |_| self.host == "localhost" || self.host.ends_with(".localhost"),
            |address| address.is_loopback(),
        )
    }

    #[cfg(feature = "client")]
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    #[cfg(feature = "client")]
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    #[cfg(feature = "client")]
    pub(super) fn is_https(&self) -> bool {
        self.is_https
    }
}

/// Everything about the text but what its scheme is allowed to reach. `http::Uri` drops a fragment in
/// silence, so the characters are looked at first.
fn check_form(text: &str) -> Result<Uri> {
    if text.len() > MAX_URL {
        return Err(refuse(&format!("has more than {MAX_URL} characters")));
    }
    for (character, name) in [('?', "a query"), ('#', "a fragment"), ('@', "a user")] {
        if text.contains(character) {
            return Err(refuse(&format!("has {name}; it goes without")));
        }
    }
    let is_known = |c: char| c.is_ascii_alphanumeric() || "-._~:/[]".contains(c);
    if !text.chars().all(is_known) {
        return Err(refuse(
            "has a character that is none of A-Z, a-z, 0-9, '-', '.', '_', '~', ':' and '/'",
        ));
    }
    let uri: Uri = text.parse().map_err(|_| refuse("is no URL"))?;
    let Some("http" | "https") = uri.scheme_str() else {
        return Err(refuse(
            "must begin with https:// (or http:// on this machine)",
        ));
    };
    let has_bad_port = uri.authority().is_some_and(|authority| {
        authority.as_str().len() != authority.host().len()
            && authority.port_u16().is_none_or(|port| port == 0)
    });
    if uri.host().is_none_or(str::is_empty) || has_bad_port {
        return Err(refuse("needs a host, and a port of 1 to 65535 if any"));
    }
    let mut segments = uri.path().split('/').skip(1);
    if uri.path() != "/" && segments.any(|segment| matches!(segment, "" | "." | "..")) {
        return Err(refuse("has an empty part or dots in its path"));
    }
    Ok(uri)
}

/// The text is left out: a credential may have been pasted in its place.
fn refuse(what: &str) -> Error {
    Error::new(ErrorCode::BaseUrlInvalid, format!("the base URL {what}")).at("/base_url")
}
