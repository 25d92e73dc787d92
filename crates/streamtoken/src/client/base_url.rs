//! Where the API is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::Uri;
use http::uri::Authority;

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
    let has_good_port = uri.authority().is_some_and(has_good_port);
    if !uri.host().is_some_and(is_host) || uri.path().contains(['[', ']']) || !has_good_port {
        return Err(refuse("needs a host, and a port of 1 to 65535 if any"));
    }
    let mut segments = uri.path().split('/').skip(1);
    if uri.path() != "/" && segments.any(|segment| matches!(segment, "" | "." | "..")) {
        return Err(refuse("has an empty part or dots in its path"));
    }
    Ok(uri)
}

/// Whether the port, if there is any, is one.
pub(super) fn has_good_port(authority: &Authority) -> bool {
    let text = authority.as_str();
    let text = text.rsplit_once('@').map_or(text, |(_, place)| place);
    text.len() == authority.host().len() || authority.port_u16().is_some_and(|port| port > 0)
}

/// Brackets stand around an IPv6 address, and nowhere else; a name that ends in a number is an IPv4 address.
fn is_host(text: &str) -> bool {
    let bare = text.trim_matches(['[', ']']);
    let has_brackets = bare.len() < text.len();
    let last = bare.rsplit('.').next().unwrap_or_default();
    if !has_brackets && last.starts_with(|c: char| c.is_ascii_digit()) {
        return bare.parse::<Ipv4Addr>().is_ok();
    }
    !bare.is_empty()
        && (!has_brackets || text == format!("[{bare}]") && bare.parse::<Ipv6Addr>().is_ok())
}

/// The text is left out: a credential may have been pasted in its place.
fn refuse(what: &str) -> Error {
    Error::new(ErrorCode::BaseUrlInvalid, format!("the base URL {what}")).at("/base_url")
}

#[cfg(test)]
mod tests {
    use super::BaseUrl;
    use crate::ErrorCode;

    fn refused(text: &str) -> ErrorCode {
        let error = BaseUrl::parse(text, false).expect_err(text);
        assert_eq!(error.field(), Some("/base_url"));
        error.code()
    }

    #[test]
    fn paths_are_put_behind_it() {
        for (text, whole) in [
            (
                "https://api.example/client/v4",
                "https://api.example/client/v4/x",
            ),
            (
                "https://api.example/client/v4//",
                "https://api.example/client/v4/x",
            ),
            ("https://api.example", "https://api.example/x"),
            ("https://api.example:8443/", "https://api.example:8443/x"),
            (
                "https://[2001:db8::1]:8443/v4",
                "https://[2001:db8::1]:8443/v4/x",
            ),
            ("HTTPS://API.example", "https://API.example/x"),
            (
                "https://api.example/a.b/~c-d_e",
                "https://api.example/a.b/~c-d_e/x",
            ),
        ] {
            let url = BaseUrl::parse(text, false).unwrap();
            assert_eq!(url.with("/x").unwrap().to_string(), whole);
        }
    }

    #[test]
    fn what_does_not_belong_into_one_is_refused() {
        let long = format!("https://a.example/{}", "x".repeat(2048));
        for text in [
            "",
            "/",
            "https://",
            "https:///v4",
            "api.example/client/v4",
            "//api.example",
            "https://a.example?x=1",
            "https://a.example/v4?",
            "https://a.example/v4#part",
            "https://me:secret@a.example",
            "https://me@a.example",
            "https://a.example/v4@x",
            "https://a.example /v4",
            " https://a.example",
            "https://a.example\n",
            "https://a.example/v4\r\nx-admin: 1",
            "https://a.example/\0",
            "https://\u{e4}.example",
            "https://a.example/%2e%2e",
            "https://a.example/../v4",
            "https://a.example/./v4",
            "https://a.example/v4/..",
            "https://a.example//v4",
            "https://a.example\\v4",
            "ftp://a.example",
            "file:///etc/passwd",
            "unix:/run/socket",
            "ws://a.example",
            "https:a.example",
            "https://a.example:0",
            "https://a.example:65536",
            "https://a.example:x",
            "https://a.example:",
            "https://:443",
            "https://[::1",
            "https://[]",
            "https://256.1.1.1",
            "https://1.2.3",
            "http://2130706433",
            "https://[h]/v4",
            "https://a[b]/v4",
            "https://h/[",
            &long,
        ] {
            assert_eq!(refused(text), ErrorCode::BaseUrlInvalid, "{text:?}");
        }
    }

    #[test]
    fn an_error_names_what_does_not_belong() {
        for (text, name) in [
            ("https://a.example?x=1", "a query"),
            ("https://a.example#x", "a fragment"),
            ("https://me@a.example", "a user"),
        ] {
            let error = BaseUrl::parse(text, false).unwrap_err();
            assert!(error.message().contains(name), "{error}");
        }
    }

    #[test]
    fn an_error_does_not_show_what_was_given() {
        let error = BaseUrl::parse("https://me:secret@a.example", false).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"));
    }

    #[test]
    fn http_is_for_this_machine() {
        for text in [
            "http://127.0.0.1:8787/client/v4",
            "http://127.9.9.9",
            "http://[::1]:8787",
            "http://localhost:8787",
            "http://LocalHost",
            "http://stream.localhost",
        ] {
            assert!(BaseUrl::parse(text, false).is_ok(), "{text}");
        }
        for text in [
            "http://a.example",
            "http://10.0.0.1",
            "http://localhost.a.example",
            "http://notlocalhost",
            "http://127.0.0.1.a.example",
            "http://[::ffff:10.0.0.1]",
            "http://0.0.0.0:1",
        ] {
            assert_eq!(refused(text), ErrorCode::BaseUrlInsecure, "{text}");
            assert!(BaseUrl::parse(text, true).is_ok(), "{text}");
        }
        assert!(BaseUrl::parse("http://a.example?x", true).is_err());
    }
}
