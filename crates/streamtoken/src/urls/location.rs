//! A strict reading of absolute URLs: only what a playback URL may look like, so that no two parsers
//! can disagree on where it leads.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::compact::is_token_like;
use super::hosts;
use crate::MAX_TOKEN;
use crate::{Error, ErrorCode, Result};

/// The parts of a URL, as they were written.
#[derive(Clone, Copy)]
pub(super) struct Location<'a> {
    /// Scheme, host and port: everything before the path.
    pub(super) head: &'a str,
    /// Host and port, in the case in which they came.
    pub(super) authority: &'a str,
    /// The host without its port.
    pub(super) host: &'a str,
    /// Empty, or a slash and more.
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
    pub(super) fragment: Option<&'a str>,
}

impl<'a> Location<'a> {
    /// Reads an `https` URL; `http` is accepted for loopback hosts, where local servers listen.
    pub(super) fn parse(text: &'a str) -> Result<Self> {
        check_characters(text)?;
        let (scheme, rest) = text
            .split_once("://")
            .ok_or_else(|| refuse("a URL begins with https://"))?;
        let (rest, fragment) = cut(rest, '#');
        let (rest, query) = cut(rest, '?');
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = host_of(authority)?;
        check_scheme(scheme, host)?;
        check_path(path)?;
        Ok(Self {
            head: &text[..scheme.len() + "://".len() + authority.len()],
            authority,
            host,
            path,
            query,
            fragment,
        })
    }

    /// The first segment of the path when it is a video UID or a token, and the rest of the path.
    pub(super) fn video(&self) -> Option<(&'a str, &'a str)> {
        let path = self.path.strip_prefix('/')?;
        let (segment, rest) = path.split_at(path.find('/').unwrap_or(path.len()));
        (is_uid(segment) || is_token_like(segment)).then_some((segment, rest))
    }

    /// Whether the host is one of Stream's own.
    pub(super) fn is_stream(&self) -> bool {
        hosts::is_stream(self.host)
    }

    /// Whether the host is known to play nothing.
    pub(super) fn is_no_player(&self) -> bool {
        hosts::is_no_player(self.host)
    }
}

/// Cloudflare's video and live-input UIDs have 32 hexadecimal digits. A wider alphabet would take
/// `manifest` or `videos` for one.
pub(crate) fn is_uid(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A refusal of the URL.
pub(super) fn refuse(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::UrlInvalid, message).at("/url")
}

/// What RFC 3986 has outside URLs, browsers repair in ways that differ. Brackets stay allowed, for
/// IPv6 hosts and for the placeholders of advertisement tags.
fn check_characters(text: &str) -> Result<()> {
    if text.len() > MAX_URL {
        return Err(refuse(format!(
            "a URL has at most {MAX_URL} characters here"
        )));
    }
    let strange = |byte: u8| !byte.is_ascii_graphic() || b"\"<>\\^`{|}".contains(&byte);
    if text.bytes().any(strange) {
        return Err(refuse(
            "a URL is ASCII without white space, control characters, backslashes, quotes, \
             and < > ^ ` { | }; percent-encode them",
        ));
    }
    Ok(())
}

fn check_scheme(scheme: &str, host: &str) -> Result<()> {
    let local = scheme.eq_ignore_ascii_case("http") && is_loopback(host);
    if local || scheme.eq_ignore_ascii_case("https") {
        Ok(())
    } else {
        Err(refuse("a URL begins with https://"))
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse()
            .is_ok_and(|address: Ipv4Addr| address.is_loopback())
        || ipv6(host).is_some_and(|address| address.is_loopback())
}

/// The host of `host[:port]`.
fn host_of(authority: &str) -> Result<&str> {
    if authority.contains('@') {
        return Err(refuse("a URL with a user name or a password is refused"));
    }
    let colon = match authority.rfind(']') {
        Some(bracket) => (bracket + 1 < authority.len()).then_some(bracket + 1),
        None => authority.find(':'),
    };
    let (host, port) = authority.split_at(colon.unwrap_or(authority.len()));
    if colon.is_some() && !port.strip_prefix(':').is_some_and(is_port) {
        return Err(refuse("the URL's port must be a number from 1 to 65535"));
    }
    if is_domain(host) || ipv6(host).is_some() {
        Ok(host)
    } else {
        Err(refuse("the URL's host is not a host name or an address"))
    }
}

fn is_port(text: &str) -> bool {
    text.len() <= 5
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse().is_ok_and(|port: u16| port != 0)
}

fn is_domain(host: &str) -> bool {
    let in_label = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    host.len() <= 253
        && host
            .split('.')
            .all(|label| (1..=63).contains(&label.len()) && label.bytes().all(in_label))
}

fn ipv6(host: &str) -> Option<Ipv6Addr> {
    host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

/// Browsers resolve dot segments, also when they are percent-encoded: the token would end up elsewhere.
fn check_path(path: &str) -> Result<()> {
    let is_dots = |segment: &str| {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        plain == "." || plain == ".."
    };
    if path.split('/').any(is_dots) {
        return Err(refuse("the URL's path must not have . or .. segments"));
    }
    Ok(())
}

fn cut(text: &str, separator: char) -> (&str, Option<&str>) {
    match text.split_once(separator) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// Longest URL, in characters (our choice): path, poster and `src` may each carry a token, and 8,192
/// characters are left for the rest.
pub(super) const MAX_URL: usize = 3 * MAX_TOKEN + 8_192;
