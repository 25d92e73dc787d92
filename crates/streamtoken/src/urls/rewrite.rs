//! A token put into a URL that exists already.

use super::compact::Compact;
use super::location::{Location, MAX_URL, is_uid, refuse};
use super::query;
use crate::Result;

/// Puts `token` into `url`, in the place of the video UID or the older token.
///
/// Takes URLs on `customer-CODE.cloudflarestream.com`, on the legacy hosts (`videodelivery.net`,
/// `iframe.videodelivery.net`, `watch.cloudflarestream.com`) and on custom domains; the first segment of
/// the path must be a UID of 32 hexadecimal digits or a token. Host, port, the rest of the path, query
/// and fragment stay as they are, with three exceptions in the query:
///
/// - a parameter `token` is removed: the platform does not read it, and it would publish the old token;
/// - a `poster` that is a URL of the same video on Stream (or on the URL's own host and port) gets the token as
///   well, percent-encoded once more: on a signed player the poster must be signed too;
/// - a `src` that names the same video is replaced by the token.
///
/// The same video is the one that the URL named before, or the one that the token is for. Rewriting
/// twice with the same token changes nothing.
///
/// # Errors
/// - [`ErrorCode::UrlInvalid`](crate::ErrorCode::UrlInvalid) for a URL that is not `https` (`http` is
///   taken on loopback hosts), has a user name, dot segments, white space, control characters,
///   backslashes or characters outside ASCII, is longer than 57,344 characters before or after, does not
///   begin its path with a UID or token, or belongs to Cloudflare's dashboard, API or uploads.
/// - The codes of [`playback_urls`](super::playback_urls) for a `token` that is no compact JWS.
pub fn rewrite(url: &str, token: impl AsRef<str>) -> Result<String> {
    let token = Compact::read(token.as_ref())?;
    let location = Location::parse(url)?;
    if location.is_no_player() {
        return Err(refuse(
            "this host serves the dashboard, the API or uploads, not playback",
        ));
    }
    let Some((old, _)) = location.video() else {
        return Err(refuse(
            "the URL's path must begin with a video UID of 32 hexadecimal digits or a token",
        ));
    };
    let change = Change::new(&token, old, location.authority);
    let rewritten = change.apply(&location, true);
    if rewritten.len() > MAX_URL {
        return Err(refuse(format!(
            "the URL would have more than {MAX_URL} characters"
        )));
    }
    Ok(rewritten)
}

/// `url` with `token` in it when it is a Stream URL of the token's video; `None` otherwise.
pub(super) fn sign_poster(url: &str, token: &Compact<'_>) -> Option<String> {
    Change::new(token, token.as_str(), "").poster(url)
}

/// One token replacing what named a video.
struct Change<'a> {
    token: &'a Compact<'a>,
    /// What the URL named before: a UID or a token.
    old: &'a str,
    /// The video that `old` names. Read once: a query may have a thousand parameters to compare with it.
    old_video: Option<String>,
    /// The URL's own host and port, which may be a custom domain.
    authority: &'a str,
}

impl<'a> Change<'a> {
    fn new(token: &'a Compact<'a>, old: &'a str, authority: &'a str) -> Self {
        Self {
            token,
            old,
            old_video: video_of(old),
            authority,
        }
    }

    /// The URL with the token in its path. A poster has no poster of its own: `is_player` ends that.
    fn apply(&self, location: &Location<'_>, is_player: bool) -> String {
        let rest = location.video().map_or("", |(_, rest)| rest);
        let mut url = format!("{}/{}{rest}", location.head, self.token.as_str());
        if let Some(query) = location.query.map(|query| self.query(query, is_player)) {
            url.push_str(&query);
        }
        if let Some(fragment) = location.fragment {
            url.push('#');
            url.push_str(fragment);
        }
        url
    }

    /// The query with its question mark; empty when the wrong parameter was all there was.
    fn query(&self, query: &str, is_player: bool) -> String {
        let mut text = String::new();
        for parameter in query.split('&') {
            if let Some(parameter) = self.parameter(parameter, is_player) {
                text.push(if text.is_empty() { '?' } else { '&' });
                text.push_str(&parameter);
            }
            // A thousand parameters may each grow by a token. What is too long already is refused as a
            // whole, so the rest need not be built.
            if text.len() > MAX_URL {
                break;
            }
        }
        text
    }

    fn parameter(&self, parameter: &str, is_player: bool) -> Option<String> {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = query::decode(value);
        let changed = match (query::decode(name).as_deref(), value.as_deref()) {
            (Some("token"), _) => return None,
            (Some("poster"), Some(url)) if is_player => self.poster(url),
            (Some("src"), Some(video)) if is_player && self.is_same_video(video) => {
                Some(self.token.as_str().to_owned())
            }
            _ => None,
        };
        Some(changed.map_or_else(
            || parameter.to_owned(),
            |value| format!("{name}={}", query::encode(&value)),
        ))
    }

    fn poster(&self, url: &str) -> Option<String> {
        let location = Location::parse(url).ok()?;
        let ours = location.is_stream() || location.authority.eq_ignore_ascii_case(self.authority);
        let (video, _) = location.video()?;
        (ours && !location.is_no_player() && self.is_same_video(video))
            .then(|| self.apply(&location, false))
    }

    fn is_same_video(&self, other: &str) -> bool {
        other == self.old
            || video_of(other).is_some_and(|video| {
                self.old_video.as_ref() == Some(&video) || self.token.sub() == Some(&video)
            })
    }
}

/// The video that a UID or a token names.
fn video_of(segment: &str) -> Option<String> {
    if is_uid(segment) {
        return Some(segment.to_owned());
    }
    Compact::read(segment).ok()?.sub().map(str::to_owned)
}
