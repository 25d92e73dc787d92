//! The URL around a token, read more leniently than anywhere else: what is wrong with it is the question.

use std::borrow::Cow;

use super::paste::{first_compact, is_token_like};
use crate::PlaybackUrls;
use crate::urls;

/// A URL, or the path of one, taken apart.
pub(super) struct Url<'t> {
    scheme: Option<&'t str>,
    /// With user, password and port as they came; `None` for a path alone.
    authority: Option<&'t str>,
    /// What stands where a video UID or a token is wanted.
    segment: &'t str,
    /// Whether nothing stands before it in the path.
    is_first: bool,
    /// What follows it, without a slash.
    rest: &'t str,
    query: &'t str,
    query_token: Option<&'t str>,
    text: &'t str,
}

impl<'t> Url<'t> {
    /// The URL that is meant in a text: of those with a scheme the first with a token, then the first on one of
    /// Stream's hosts, then the first; else a host and a path without a scheme, or a path that begins with a token.
    pub(super) fn find(text: &'t str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let starts = lower.match_indices("http").map(|(at, _)| at);
        let starts = starts.filter(|at| {
            let rest = &lower[*at..];
            rest.starts_with("https://") || rest.starts_with("http://")
        });
        let urls: Vec<_> = starts
            .take(MOST_URLS)
            .filter_map(|at| Self::with_scheme(until_blank(&text[at..])))
            .collect();
        let best = urls.iter().position(|url| url.token().is_some());
        let best = best.or_else(|| urls.iter().position(Self::is_on_stream));
        let mut urls = urls.into_iter();
        urls.nth(best.unwrap_or(0))
            .or_else(|| Self::without_scheme(text))
    }

    fn with_scheme(text: &'t str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        Some(Self::read(Some(scheme), rest, text))
    }

    fn without_scheme(text: &'t str) -> Option<Self> {
        let url = until_blank(text);
        let bare = url.strip_prefix("//").unwrap_or(url);
        let authority = bare.split(['/', '?', '#']).next().unwrap_or_default();
        let host = without_port(authority);
        if is_stream(host) || is_host_of_token(host, &bare[authority.len()..]) {
            return Some(Self::read(None, bare, url));
        }
        let (first, rest) = url.strip_prefix('/').unwrap_or(url).split_once('/')?;
        (is_compact(first) && begins_path(rest)).then(|| Self::with_path(None, url, url))
    }

    fn read(scheme: Option<&'t str>, rest: &'t str, text: &'t str) -> Self {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        Self {
            scheme,
            ..Self::with_path(Some(authority), rest, text)
        }
    }

    fn with_path(authority: Option<&'t str>, rest: &'t str, text: &'t str) -> Self {
        let (path, query) = cut(rest);
        let (segment, rest, is_first) = video_in(path);
        let query_token = query
            .split(['&', '#', '?'])
            .filter_map(|parameter| parameter.split_once('='))
            .find_map(|(_, value)| is_compact(value).then_some(value));
        Self {
            scheme: None,
            authority,
            segment,
            is_first,
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

    pub(super) fn scheme(&self) -> Option<&'t str> {
        self.scheme
    }

    pub(super) fn segment(&self) -> &'t str {
        self.segment
    }

    pub(super) fn is_first(&self) -> bool {
        self.is_first
    }

    pub(super) fn rest(&self) -> &'t str {
        self.rest
    }

    pub(super) fn has_query_token(&self) -> bool {
        self.query_token.is_some()
    }

    /// Whether the host is one of those that are a page by themselves.
    pub(super) fn is_page(&self) -> bool {
        self.host().is_some_and(|host| {
            ["iframe.videodelivery.net", "watch.cloudflarestream.com"]
                .iter()
                .any(|page| host.eq_ignore_ascii_case(page))
        })
    }

    /// Without user, password and port.
    pub(super) fn host(&self) -> Option<&'t str> {
        let authority = self.authority?;
        Some(without_port(
            authority.rsplit('@').next().unwrap_or(authority),
        ))
    }

    pub(super) fn token(&self) -> Option<&'t str> {
        let in_path = is_token_like(self.segment).then_some(self.segment);
        in_path.or(self.query_token)
    }

    /// Whether the URL says more than a token that stands in `text` by itself would.
    pub(super) fn is_worth(&self, text: &str) -> bool {
        self.token().is_some() || (self.is_on_stream() && first_compact(text).is_none())
    }

    pub(super) fn is_on_stream(&self) -> bool {
        self.host().is_some_and(is_stream)
    }

    /// The poster that the player is to show, when one is asked for.
    pub(super) fn poster(&self) -> Option<Cow<'t, str>> {
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

    /// Whether the path is one of downloads, in whatever case.
    pub(super) fn is_download(&self) -> bool {
        let folder = self.rest.split('/').next().unwrap_or_default();
        folder.eq_ignore_ascii_case("downloads")
    }

    pub(super) fn row_in_any_case(&self) -> Option<&'static str> {
        PlaybackUrls::NAMES
            .iter()
            .filter_map(|name| urls::path(name))
            .find(|path| path.eq_ignore_ascii_case(self.rest.trim_end_matches('/')))
    }

    /// Whether a manifest refers to it: playlists of single qualities, and segments.
    pub(super) fn is_part(&self) -> bool {
        let mut parts = self.rest.split('/');
        parts.next() == Some("manifest") && parts.next().is_some_and(|name| !name.is_empty())
    }
}

/// Most URLs of a text that are looked at.
const MOST_URLS: usize = 32;

/// Path, and query with fragment, of what follows a host.
fn cut(rest: &str) -> (&str, &str) {
    let (path, query) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
    (path, query.get(1..).unwrap_or_default())
}

/// The first segment with a token, or else with a video UID, what follows it, and whether it is the first of all.
/// A custom domain may have a prefix.
pub(super) fn video_in(path: &str) -> (&str, &str, bool) {
    let path = path.strip_prefix('/').unwrap_or(path);
    find_segment(path, is_compact)
        .or_else(|| find_segment(path, urls::is_uid))
        .unwrap_or_else(|| {
            let (first, rest) = path.split_once('/').unwrap_or((path, ""));
            (first, rest, true)
        })
}

fn find_segment(path: &str, is_it: impl Fn(&str) -> bool) -> Option<(&str, &str, bool)> {
    let mut rest = path;
    let mut is_first = true;
    while !rest.is_empty() {
        let (segment, after) = rest.split_once('/').unwrap_or((rest, ""));
        if is_it(segment) {
            return Some((segment, after, is_first));
        }
        (rest, is_first) = (after, false);
    }
    None
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
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
fn is_host_of_token(host: &str, rest: &str) -> bool {
    let is_named = host.contains('.') && !host.starts_with("eyJ") && is_host(host);
    is_named && is_compact(video_in(cut(rest).0).0)
}

/// Stricter than for a text alone: paths hold file names with dots.
fn is_compact(text: &str) -> bool {
    text.starts_with("eyJ") && text.contains('.')
}

/// Until what cannot be in a URL, or ends a sentence around it.
fn until_blank(text: &str) -> &str {
    let end = text.find(|each: char| each.is_whitespace() || "\"'<>`\\()[]{}|^,;".contains(each));
    text[..end.unwrap_or(text.len())].trim_end_matches('.')
}

pub(super) fn is_stream(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    [STREAM, LEGACY]
        .iter()
        .any(|domain| is_below(&host, domain))
}

/// Whether a host is the domain, or below it.
pub(super) fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether a host may be shown: a name of letters, digits and hyphens with a dot in it, or this machine's. A user
/// name that a stray slash ended would have none.
pub(super) fn is_host(host: &str) -> bool {
    let of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let is_named = host.contains('.') || host == "localhost";
    is_named
        && host.len() <= 253
        && host.split('.').all(|label| (1..=63).contains(&label.len()))
        && host.bytes().all(of_name)
}

pub(super) const STREAM: &str = "cloudflarestream.com";
pub(super) const LEGACY: &str = "videodelivery.net";
pub(super) const NO_URL: &str = "no whole URL was given";
