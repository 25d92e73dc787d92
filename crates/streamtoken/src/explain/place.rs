//! Where the token stands in the URL, and what the URL asks for.

use super::host;
use super::paste::{Paste, is_token_like};
use super::report::Check;
use super::table::CheckId;
use super::url::{GIVE_URL, Url, host_of, no_url, video_in};
use crate::urls::{self, hosts};

pub(super) fn check(checks: &mut Vec<Check>, paste: &Paste<'_>) {
    let url = paste.url.as_ref();
    checks.push(host::scheme(url));
    checks.push(host::host(url));
    checks.push(place(url, paste.is_beside));
    checks.push(path(url));
    checks.push(poster(url));
}

fn place(url: Option<&Url<'_>>, is_beside: bool) -> Check {
    let id = CheckId::TokenPlace;
    let Some(url) = url else {
        if is_beside {
            let cause = "a URL with a video UID stands beside the token: if that is what is asked for, the platform \
                         does not see the token";
            return Check::warn(id, cause, id.advice()).platform_unknown();
        }
        return no_url(id);
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
    if url.has_fragment_token() {
        let cause = "the token stands behind #, and what stands there is never sent to a host";
        return Check::fail(id, cause, id.advice());
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
    const NOTHING: [&str; 4] = ["undefined", "null", "none", "nan"];
    /// A promise that nobody awaited among them: `[object Promise]`.
    const BEGINNINGS: [&str; 8] = ["$", "{", "<", ":", "[object", "%5bobject", "%7b", "%3c"];
    let segment = segment.to_ascii_lowercase();
    NOTHING.contains(&&*segment) || BEGINNINGS.iter().any(|each| segment.starts_with(each))
}

fn path(url: Option<&Url<'_>>) -> Check {
    let id = CheckId::Path;
    let Some(url) = url else {
        return Check::aside(id, "no path was given").remedy_is(GIVE_URL);
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
        return no_url(id);
    };
    let Some(poster) = url.poster() else {
        return Check::pass(id, "no poster is asked for");
    };
    let Some((_, rest)) = poster.split_once("://") else {
        let cause = "the poster is no whole URL";
        return Check::warn(id, cause, id.advice());
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = host_of(authority);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let (segment, ..) = video_in(path);
    if is_token_like(segment) {
        let cause = "the poster is a URL with a token, which was not looked at";
        return Check::pass(id, cause);
    }
    let is_same = |other: &str| other.eq_ignore_ascii_case(host);
    if urls::is_uid(segment) && (hosts::is_stream(host) || url.host().is_some_and(is_same)) {
        let cause = "the poster holds a video UID and no token: a signed video refuses it";
        return Check::warn(id, cause, id.advice());
    }
    Check::pass(id, "the poster is an image from elsewhere")
}
