//! The URL around a token, read more leniently than anywhere else: what is wrong with it is the question.

use std::borrow::Cow;

use super::paste::{first_compact, is_complete, is_token_like};
use super::report::Check;
use super::table::CheckId;
use crate::PlaybackUrls;
use crate::urls::{self, hosts};

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
    /// Behind `#`, which no host is ever sent.
    fragment_token: Option<&'t str>,
    text: &'t str,
}

impl<'t> Url<'t> {
    /// The URL that is meant in a text: of those with a scheme the first with a token, then the first on one of
    /// Stream's hosts, then the first; else a host and a path without a scheme, a path that begins with a token
    /// or a video UID, or that of a request.
    pub(super) fn find(text: &'t str) -> Option<Self> {
        let urls = with_schemes(text);
        let best = urls.iter().position(|(_, url)| url.token().is_some());
        let best = best.map(|best| outermost(&urls, best));
        let best = best.or_else(|| urls.iter().position(|(_, url)| url.is_on_stream()));
        let found = urls.into_iter().nth(best.unwrap_or(0));
        found
            .map(|(_, url)| url)
            .or_else(|| Self::without_scheme(text))
            .or_else(|| Self::without_scheme(requested(text)?))
    }

    fn with_scheme(text: &'t str) -> Option<Self> {
        let url = Self::absolute(until_end(text, ""))?;
        let is_broken = url.token().is_some_and(|token| !is_complete(token));
        if is_broken && text[url.text.len()..].starts_with(LINE_ENDS) {
            // Terminals and mails break long lines.
            let longer = Self::absolute(until_end(text, LINE_ENDS_TEXT))?;
            let token = longer.token().filter(|token| is_complete(token));
            let end = token.and_then(|token| Some(longer.text.find(token)? + token.len()));
            if let Some(end) = end {
                let rest = &longer.text[end..];
                let line = rest.split(LINE_ENDS).next().unwrap_or(rest);
                return Self::absolute(&longer.text[..end + line.len()]);
            }
        }
        Some(url)
    }

    fn absolute(text: &'t str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        Some(Self::read(Some(scheme), rest, text))
    }

    fn without_scheme(text: &'t str) -> Option<Self> {
        let url = until_end(text, "");
        let bare = url.strip_prefix("//").unwrap_or(url);
        let authority = bare.split(['/', '?', '#']).next().unwrap_or_default();
        let host = without_port(authority);
        let is_named = host.contains('.') && !host.starts_with("eyJ") && is_host(host);
        if hosts::is_stream(host) || is_named {
            let found = Self::read(None, bare, url);
            if hosts::is_stream(host) || found.token().is_some() {
                return Some(found);
            }
        }
        let found = Self::with_path(None, url, url);
        let is_video = is_compact(found.segment) || urls::is_uid(found.segment);
        let begins = found.is_first && is_video && begins_path(found.rest);
        let is_rooted = url.starts_with('/') && !url.starts_with("//");
        let names = found.token().is_some() || (found.is_first && urls::is_uid(found.segment));
        (begins || (is_rooted && names)).then_some(found)
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
        let (whole, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (path, query) = whole.split_once('?').unwrap_or((whole, ""));
        let (segment, rest, is_first) = video_in(path);
        Self {
            scheme: None,
            authority,
            segment,
            is_first,
            rest,
            query,
            query_token: token_of(query),
            fragment_token: token_of(fragment),
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

    pub(super) fn has_fragment_token(&self) -> bool {
        self.fragment_token.is_some()
    }

    /// Whether the host is one of those that are a page by themselves.
    pub(super) fn is_page(&self) -> bool {
        self.host().is_some_and(hosts::is_page)
    }

    /// Without user, password and port.
    pub(super) fn host(&self) -> Option<&'t str> {
        self.authority.map(host_of)
    }

    pub(super) fn token(&self) -> Option<&'t str> {
        let in_path = is_token_like(self.segment).then_some(self.segment);
        in_path.or(self.query_token).or(self.fragment_token)
    }

    /// Whether the URL says more than a token that stands in `text` by itself would. A token elsewhere in the URL,
    /// such as its poster's, is not the one with which it plays.
    pub(super) fn is_worth(&self, text: &str) -> bool {
        let is_elsewhere = || urls::is_uid(self.segment) && first_compact(self.text).is_some();
        self.token().is_some()
            || (self.is_on_stream() && (first_compact(text).is_none() || is_elsewhere()))
    }

    pub(super) fn is_on_stream(&self) -> bool {
        self.host().is_some_and(hosts::is_stream)
    }

    /// Whether it names a video by its UID, where a token is wanted.
    pub(super) fn is_of_video(&self) -> bool {
        let is_streams = self.authority.is_none() || self.is_on_stream();
        is_streams && urls::is_uid(self.segment)
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

/// The first parameter that is a token.
fn token_of(query: &str) -> Option<&str> {
    let parameters = query.split(['&', '?']);
    let mut values = parameters.filter_map(|parameter| Some(parameter.split_once('=')?.1));
    values.find(|value| is_compact(value))
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

/// Without user, password and port.
pub(super) fn host_of(authority: &str) -> &str {
    without_port(authority.rsplit('@').next().unwrap_or(authority))
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

/// Stricter than for a text alone: paths hold file names with dots.
fn is_compact(text: &str) -> bool {
    text.starts_with("eyJ") && text.contains('.')
}

/// Until what cannot be in a URL, or ends a sentence around it; characters of `but` may be in it all the same. A
/// placeholder that was not filled in stays whole, and so does what people write into queries.
fn until_end<'t>(text: &'t str, but: &str) -> &'t str {
    let ends = |each: char| {
        (each.is_whitespace() || "\"'<>`\\()[]{}|^,;".contains(each)) && !but.contains(each)
    };
    let query = text.find(['?', '#']).unwrap_or(text.len());
    let mut open = Vec::new();
    let mut end = 0;
    while let Some(at) = text[end..].find(ends) {
        end += at;
        let (before, rest) = text.split_at(end);
        match placeholder(before, rest) {
            Some(length) => end += length,
            None if end > query && is_of_query(rest, &mut open) => end += 1,
            None => return before.trim_end_matches('.'),
        }
    }
    text.trim_end_matches('.')
}

/// Whether the ASCII character with which `rest` begins belongs to a query, and not to the text around it:
/// brackets that were opened there, and what stands between two of its characters. `open` has the brackets that
/// are to come.
fn is_of_query(rest: &str, open: &mut Vec<char>) -> bool {
    let mut characters = rest.chars();
    let each = characters.next();
    let after = characters.as_str();
    match each {
        Some('(') => open.push(')'),
        Some('[') => open.push(']'),
        Some('{') => open.push('}'),
        Some(each @ (')' | ']' | '}')) if open.last() == Some(&each) => drop(open.pop()),
        Some(',' | ';') => return after.starts_with(is_inside) && !after.starts_with("http"),
        Some('\'') => return after.starts_with(|next: char| next.is_ascii_alphanumeric()),
        _ => return false,
    }
    true
}

/// What cannot end a text around a URL.
fn is_inside(each: char) -> bool {
    each.is_ascii_alphanumeric() || "-_.~%&=#(".contains(each)
}

const LINE_ENDS: [char; 2] = ['\r', '\n'];
const LINE_ENDS_TEXT: &str = "\r\n";

/// The length of a placeholder, such as `<TOKEN>`, `{{token}}` or `[object Object]`, with which `rest` begins where
/// a segment, or a part of one, begins.
fn placeholder(before: &str, rest: &str) -> Option<usize> {
    const LONGEST: usize = 40;
    let close = match rest.as_bytes().first()? {
        b'<' => '>',
        b'{' => '}',
        b'[' => ']',
        _ => return None,
    };
    let rest = &rest[..rest.floor_char_boundary(LONGEST)];
    let end = rest
        .find(close)
        .filter(|_| before.ends_with(['/', '-', '$']))?;
    let inner = &rest[..end];
    let is_name = !inner.contains(['"', '\'', '/', '\n']);
    let closed = rest[end..].chars().take_while(|each| *each == close);
    is_name.then_some(end + closed.count())
}

/// The URLs of a text that have a scheme, and where each begins.
fn with_schemes(text: &str) -> Vec<(usize, Url<'_>)> {
    let lower = text.to_ascii_lowercase();
    let starts = lower.match_indices("http").map(|(at, _)| at);
    let starts = starts.filter(|at| {
        let rest = &lower[*at..];
        rest.starts_with("https://") || rest.starts_with("http://")
    });
    starts
        .take(MOST_URLS)
        .filter_map(|at| Some((at, Url::with_scheme(&text[at..])?)))
        .collect()
}

/// The URL that plays: one in the query of another, a poster's, only decorates that.
fn outermost(urls: &[(usize, Url<'_>)], inner: usize) -> usize {
    let (at, _) = urls[inner];
    let holds = |(start, outer): &(usize, Url<'_>)| {
        let is_inside = *start < at && at < start + outer.text.len();
        is_inside && outer.is_on_stream() && urls::is_uid(outer.segment)
    };
    urls[..inner].iter().position(holds).unwrap_or(inner)
}

/// What a request asks for, in a log or a developer's tools: `GET /…`.
fn requested(text: &str) -> Option<&str> {
    let mut methods = ["GET /", "HEAD /"].iter();
    methods.find_map(|method| text.find(method).map(|at| &text[at + method.len() - 1..]))
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

/// What a check of the URL says without one.
pub(super) fn no_url(id: CheckId) -> Check {
    Check::aside(id, "no whole URL was given").remedy_is(GIVE_URL)
}

pub(super) const GIVE_URL: &str = "give the whole playback URL";
