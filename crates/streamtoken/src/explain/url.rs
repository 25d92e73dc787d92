//! The URL around a token, read more leniently than anywhere else: what is wrong with it is the question.

use std::borrow::Cow;

use super::paste::{Paste, is_token_like};
use super::report::Check;
use super::table::CheckId;
use crate::urls::{self, CustomerCode};
use crate::{ErrorCode, PlaybackUrls};

/// A URL, or the path of one, taken apart.
pub(super) struct Url<'t> {
    scheme: Option<&'t str>,
    /// Without user, password and port; `None` for a path alone.
    pub(super) host: Option<&'t str>,
    /// What stands where a video UID or a token is wanted.
    segment: &'t str,
    /// What follows it, without a slash.
    rest: &'t str,
    query: &'t str,
    query_token: Option<&'t str>,
    text: &'t str,
}

impl<'t> Url<'t> {
    /// The first URL in a text: with a scheme, on one of Stream's hosts, or a path that begins with a token.
    pub(super) fn find(text: &'t str) -> Option<Self> {
        let http = ["https://", "http://"]
            .iter()
            .filter_map(|scheme| text.find(scheme));
        if let Some(start) = http.min() {
            let url = until_blank(&text[start..]);
            let (scheme, rest) = url.split_once("://")?;
            return Some(Self::read(Some(scheme), rest, url));
        }
        let url = until_blank(text);
        let host = url.split(['/', '?', '#']).next().unwrap_or_default();
        if is_stream(host) || is_host_of_token(host, url) {
            return Some(Self::read(None, url, url));
        }
        let (first, rest) = url.strip_prefix('/').unwrap_or(url).split_once('/')?;
        (is_compact(first) && begins_path(rest)).then(|| {
            let (path, query) = cut(url);
            Self::with_path(None, path, query, url)
        })
    }

    fn read(scheme: Option<&'t str>, rest: &'t str, text: &'t str) -> Self {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let host = authority.rsplit('@').next().unwrap_or(authority);
        let host = host.split(':').next().unwrap_or(host);
        let (path, query) = cut(rest);
        Self {
            scheme,
            ..Self::with_path(Some(host), path, query, text)
        }
    }

    fn with_path(host: Option<&'t str>, path: &'t str, query: &'t str, text: &'t str) -> Self {
        let (segment, rest) = video_in(path);
        let query_token = query
            .split('&')
            .filter_map(|parameter| parameter.split_once('='))
            .find_map(|(_, value)| is_compact(value).then_some(value));
        Self {
            scheme: None,
            host,
            segment,
            rest,
            query,
            query_token,
            text,
        }
    }

    /// As it was written.
    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    pub(super) fn token(&self) -> Option<&'t str> {
        is_token_like(self.segment)
            .then_some(self.segment)
            .or(self.query_token)
    }

    /// The poster that the player is to show, when one is asked for.
    fn poster(&self) -> Option<Cow<'t, str>> {
        let parameters = self.query.split('&');
        let mut parameters = parameters.filter_map(|parameter| parameter.split_once('='));
        let (_, value) = parameters.find(|(name, _)| *name == "poster")?;
        Some(urls::decode(value).unwrap_or(Cow::Borrowed(value)))
    }

    /// The row of the playback URLs whose path this is.
    pub(super) fn row(&self) -> Option<&'static str> {
        PlaybackUrls::NAMES
            .iter()
            .copied()
            .find(|name| urls::path(name) == Some(self.rest))
    }

    fn row_in_any_case(&self) -> Option<&'static str> {
        PlaybackUrls::NAMES
            .iter()
            .filter_map(|name| urls::path(name))
            .find(|path| path.eq_ignore_ascii_case(self.rest))
    }
}

/// Path and query of what follows a host.
fn cut(rest: &str) -> (&str, &str) {
    let rest = rest.split('#').next().unwrap_or_default();
    rest.split_once('?').unwrap_or((rest, ""))
}

/// The first segment that names a video, and what follows it. A custom domain may have a prefix.
fn video_in(path: &str) -> (&str, &str) {
    let mut rest = path.trim_start_matches('/');
    let first = rest.split_once('/').unwrap_or((rest, ""));
    while !rest.is_empty() {
        let (segment, after) = rest.split_once('/').unwrap_or((rest, ""));
        if urls::is_uid(segment) || is_compact(segment) {
            return (segment, after);
        }
        rest = after;
    }
    first
}

/// Whether a documented path begins like this. What follows a slash may be a token in plain base64 too.
fn begins_path(rest: &str) -> bool {
    let first = |path: &str| {
        path.split(['/', '?', '#'])
            .next()
            .map(str::to_ascii_lowercase)
    };
    let mut paths = PlaybackUrls::NAMES
        .iter()
        .filter_map(|name| urls::path(name));
    paths.any(|path| first(path) == first(rest))
}

/// Whether a token follows a host of somebody's own, as in `video.example.com/eyJ…`.
fn is_host_of_token(host: &str, url: &str) -> bool {
    let is_named = host.contains('.') && !host.starts_with("eyJ") && is_host(host);
    is_named && is_compact(video_in(cut(&url[host.len()..]).0).0)
}

/// Stricter than for a text alone: paths hold file names with dots.
fn is_compact(text: &str) -> bool {
    text.starts_with("eyJ") && text.contains('.')
}

/// Until what cannot be in a URL, as in a page or a command.
fn until_blank(text: &str) -> &str {
    let end = text.find(|each: char| each.is_whitespace() || "\"'<>`\\".contains(each));
    &text[..end.unwrap_or(text.len())]
}

fn is_stream(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    [STREAM, LEGACY]
        .iter()
        .any(|domain| is_below(&host, domain))
}

/// Whether a host is the domain, or below it.
fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

pub(super) fn check(checks: &mut Vec<Check>, paste: &Paste<'_>) {
    let url = paste.url.as_ref();
    checks.push(scheme(url));
    checks.push(host(url));
    checks.push(place(url));
    checks.push(path(url));
    checks.push(poster(url));
}

const NO_URL: &str = "no whole URL was given";

fn scheme(url: Option<&Url<'_>>) -> Check {
    let id = CheckId::Scheme;
    match url.and_then(|url| url.scheme) {
        None => Check::aside(id, NO_URL),
        Some("https") => Check::pass(id, "the URL is one of https"),
        Some(_) => Check::warn(
            id,
            "the URL is one of http, which shows the token to everybody on its way",
            id.advice(),
        )
        .platform_unknown(),
    }
}

fn host(url: Option<&Url<'_>>) -> Check {
    let id = CheckId::Host;
    let Some(host) = url.and_then(|url| url.host) else {
        return Check::aside(id, NO_URL);
    };
    let host = host.to_ascii_lowercase();
    let shown = is_host(&host).then_some(host.as_str());
    let check = match kind_of(&host) {
        HostKind::Customer => Check::pass(id, "this is the host of an account's playback URLs"),
        HostKind::AccountId => Check::fail(
            id,
            "the host has 32 hexadecimal digits, an account id, where the customer code is wanted",
            id.advice(),
        ),
        HostKind::NoPrefix => Check::fail(
            id,
            "customer- is missing before the customer code",
            "write customer-CODE.cloudflarestream.com",
        ),
        HostKind::BadCode => Check::fail(
            id,
            "what follows customer- is no customer code: it has a-z, 0-9 and - alone",
            id.advice(),
        ),
        HostKind::Legacy => Check::warn(
            id,
            "this is one of the hosts of before the customer codes, which still play",
            "write customer-CODE.cloudflarestream.com",
        ),
        HostKind::NoPlayer => Check::fail(
            id,
            "this host serves the API, the dashboard or uploads, and plays nothing",
            id.advice(),
        ),
        HostKind::Other => Check::aside(
            id,
            "this host is none of Stream's; a custom domain of the account would do",
        )
        .platform_unknown()
        .remedy_is("try the same path on customer-CODE.cloudflarestream.com"),
    };
    check.with_some("host", shown)
}

enum HostKind {
    Customer,
    AccountId,
    NoPrefix,
    BadCode,
    Legacy,
    NoPlayer,
    Other,
}

const STREAM: &str = "cloudflarestream.com";
const LEGACY: &str = "videodelivery.net";

fn kind_of(host: &str) -> HostKind {
    if is_below(host, "cloudflare.com") || host.starts_with("upload.") && is_stream(host) {
        return HostKind::NoPlayer;
    }
    if host == LEGACY || host == "iframe.videodelivery.net" || host == "watch.cloudflarestream.com"
    {
        return HostKind::Legacy;
    }
    let Some(label) = host
        .strip_suffix(STREAM)
        .map(|label| label.trim_end_matches('.'))
    else {
        return HostKind::Other;
    };
    let code = label.strip_prefix("customer-");
    match CustomerCode::parse(code.unwrap_or(label)).map_err(|error| error.code()) {
        Ok(_) if code.is_some() => HostKind::Customer,
        Err(ErrorCode::CustomerCodeIsAccountId) => HostKind::AccountId,
        Ok(_) => HostKind::NoPrefix,
        Err(_) => HostKind::BadCode,
    }
}

/// Whether a host may be shown: a name of letters, digits, dots and hyphens, short enough to be one.
pub(super) fn is_host(host: &str) -> bool {
    let of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    host.len() <= 253
        && host.split('.').all(|label| (1..=63).contains(&label.len()))
        && host.bytes().all(of_name)
}

fn place(url: Option<&Url<'_>>) -> Check {
    let id = CheckId::TokenPlace;
    let Some(url) = url else {
        return Check::aside(id, NO_URL);
    };
    if is_token_like(url.segment) {
        return Check::pass(id, "the token stands in the path");
    }
    if url.query_token.is_some() {
        return Check::fail(
            id,
            "the token stands in the query, where the platform does not look for one",
            id.advice(),
        );
    }
    if urls::is_uid(url.segment) {
        let cause = "the path holds a video UID and no token: that plays only where the video does not \
                     require signed URLs";
        return Check::warn(id, cause, id.advice()).platform_unknown();
    }
    let cause = "there is neither a token nor a video UID in the path";
    Check::fail(id, cause, id.advice())
}

fn path(url: Option<&Url<'_>>) -> Check {
    let id = CheckId::Path;
    let Some(url) = url else {
        return Check::aside(id, "no path was given");
    };
    let host = url.host.unwrap_or_default();
    let is_whole_page = ["iframe.videodelivery.net", "watch.cloudflarestream.com"]
        .iter()
        .any(|page| host.eq_ignore_ascii_case(page));
    match (url.row(), url.row_in_any_case()) {
        (Some(row), _) => Check::pass(id, "Cloudflare documents this path").with("row", row),
        (None, Some(path)) => {
            let remedy = format!("write /{path}");
            Check::warn(id, "the path is documented in another letter case", remedy)
                .platform_unknown()
        }
        (None, None) if url.rest.is_empty() && is_whole_page => {
            Check::pass(id, "this host needs no path behind the token")
        }
        (None, None) if url.rest.is_empty() => {
            let cause = "nothing follows the token";
            Check::warn(
                id,
                cause,
                "append /manifest/video.m3u8, /iframe or another path",
            )
            .platform_unknown()
        }
        (None, None) => {
            Check::warn(id, "Cloudflare documents no such path", id.advice()).platform_unknown()
        }
    }
}

fn poster(url: Option<&Url<'_>>) -> Check {
    let id = CheckId::Poster;
    let Some(url) = url else {
        return Check::aside(id, NO_URL);
    };
    let Some(poster) = url.poster() else {
        return Check::pass(id, "no poster is asked for");
    };
    let Some((_, rest)) = poster.split_once("://") else {
        let cause = "the poster is no whole URL";
        return Check::warn(id, cause, id.advice());
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (segment, _) = video_in(cut(path).0);
    if is_token_like(segment) {
        return Check::pass(id, "the poster is a URL with a token");
    }
    if urls::is_uid(segment) && (is_stream(host) || url.host == Some(host)) {
        let cause = "the poster holds a video UID and no token: a signed video refuses it";
        return Check::warn(id, cause, id.advice());
    }
    Check::pass(id, "the poster is an image from elsewhere")
}
