//! Where the token stands in the URL, and what the URL asks for.

use super::host;
use super::paste::{Paste, is_token_like};
use super::report::Check;
use super::table::CheckId;
use super::url::{NO_URL, Url, is_stream, video_in};
use crate::urls;

pub(super) fn check(checks: &mut Vec<Check>, paste: &Paste<'_>) {
    let url = paste.url.as_ref();
    checks.push(host::scheme(url));
    checks.push(host::host(url));
    checks.push(place(url));
    checks.push(path(url));
    checks.push(poster(url));
}

fn place(url: Option<&Url<'_>>) -> Check {
    let id = CheckId::TokenPlace;
    let Some(url) = url else {
        return Check::aside(id, NO_URL);
    };
    let segment = url.segment();
    if is_token_like(segment) {
        if url.is_first() || !url.is_on_stream() {
            return Check::pass(id, "the token stands in the path");
        }
        let cause = "something stands before the token in the path";
        return Check::warn(id, cause, id.advice()).platform_unknown();
    }
    if url.has_query_token() {
        return Check::fail(
            id,
            "the token stands in the query, where the platform does not look for one",
            id.advice(),
        );
    }
    if urls::is_uid(segment) {
        let cause = "the path holds a video UID and no token: that plays only where the video does not \
                     require signed URLs";
        return Check::warn(id, cause, id.advice()).platform_unknown();
    }
    if is_placeholder(segment) {
        let cause = "a variable was not filled in where the token is wanted";
        return Check::fail(id, cause, "look at the code that builds the URL");
    }
    let cause = "there is neither a token nor a video UID in the path";
    Check::fail(
        id,
        cause,
        "put a token where a playback URL has the video UID",
    )
}

/// What programs write in the place of a value that is not there.
fn is_placeholder(segment: &str) -> bool {
    const NOTHING: [&str; 6] = [
        "undefined",
        "null",
        "none",
        "nan",
        "[object",
        "%5bobject%20object%5d",
    ];
    NOTHING.contains(&segment.to_ascii_lowercase().as_str())
        || segment.starts_with(['$', '{', '<', ':'])
        || segment.starts_with("%7B")
}

fn path(url: Option<&Url<'_>>) -> Check {
    let id = CheckId::Path;
    let Some(url) = url else {
        return Check::aside(id, "no path was given");
    };
    match (url.row(), url.row_in_any_case()) {
        (Some(row), _) => Check::pass(id, "Cloudflare documents this path").with("row", row),
        (None, Some(path)) => {
            let remedy = format!("write /{path}");
            Check::warn(id, "the path is documented in another spelling", remedy).platform_unknown()
        }
        (None, None) if url.rest().is_empty() && url.is_page() => {
            Check::pass(id, "this host needs no path behind the token")
        }
        (None, None) if url.rest().is_empty() => {
            let cause = "nothing follows the token";
            Check::warn(
                id,
                cause,
                "append /manifest/video.m3u8, /iframe or another path",
            )
            .platform_unknown()
        }
        (None, None) if url.is_part() => {
            let cause = "this is a part that a manifest refers to";
            Check::aside(id, cause).remedy_is("look at the manifest's own URL")
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
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let (segment, ..) = video_in(path);
    if is_token_like(segment) {
        let cause = "the poster is a URL with a token, which was not looked at";
        return Check::pass(id, cause);
    }
    if urls::is_uid(segment) && (is_stream(host) || url.host() == Some(host)) {
        let cause = "the poster holds a video UID and no token: a signed video refuses it";
        return Check::warn(id, cause, id.advice());
    }
    Check::pass(id, "the poster is an image from elsewhere")
}
