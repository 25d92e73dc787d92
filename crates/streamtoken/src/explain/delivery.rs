//! What the delivery host itself says, where it was asked. Nothing here sends anything.

use std::fmt;

use super::kind::{BLOCKED, MALFORMED};
use super::paste::Paste;
use super::report::{Check, CheckStatus, Report};
use super::table::CheckId;
use super::text::{Text, utf8};
use super::url::{Url, is_host};
use crate::urls;
use crate::{Error, ErrorCode, Result, Value};

/// The answer of a delivery host to a request for [`delivery_url`], or what came in its place.
#[derive(Clone)]
#[non_exhaustive]
pub enum Delivery<'a> {
    /// An answer: its status, its header `location`, and the beginning of its body (1,024 bytes are enough).
    Answered {
        /// The status, 200 to 599.
        status: u16,
        /// Where a redirect leads. **Not to be followed**: it would carry the token to another host.
        location: Option<&'a str>,
        /// The body, or its beginning.
        body: &'a [u8],
    },
    /// No answer, and why.
    Failed(&'a str),
}

impl fmt::Debug for Delivery<'_> {
    /// Without body and location, which may hold the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered { status, .. } => f
                .debug_struct("Answered")
                .field("status", status)
                .finish_non_exhaustive(),
            Self::Failed(why) => f.debug_tuple("Failed").field(why).finish(),
        }
    }
}

/// The URL to ask for what `text` holds: its own host and token, and the HLS manifest, unless its path is that
/// of a manifest already.
///
/// # Errors
/// [`ErrorCode::UrlInvalid`] for a text that is no whole URL with a token in its path, for one that is not
/// `https` (`http` is taken on loopback hosts), and for the hosts of the API, the dashboard and uploads.
pub fn delivery_url(text: impl AsRef<[u8]>) -> Result<String> {
    let text = text.as_ref();
    delivery_url_of(&Text::of(text, text.len()))
}

fn delivery_url_of(text: &Text<'_>) -> Result<String> {
    let paste = Paste::take_apart(text);
    let url = paste.url.as_ref().filter(|url| url.host().is_some());
    let url = url.ok_or_else(|| refuse("the delivery host is asked for a whole playback URL"))?;
    let whole = url.text();
    let plain = text.plain.as_deref().unwrap_or_default();
    if text.raw.len() < text.bytes && plain.ends_with(whole) {
        return Err(refuse("the text is cut within its URL"));
    }
    let token = url
        .token()
        .filter(|token| whole.contains(&format!("/{token}")));
    let token = token.ok_or_else(|| refuse("there is no token in the URL's path"))?;
    // The strict reading: nobody else may disagree on where the token goes.
    let signed = urls::rewrite(whole, token).map_err(|error| {
        if error.code() == ErrorCode::UrlInvalid {
            return error;
        }
        refuse(&format!(
            "the token in the URL is broken: {}",
            error.message()
        ))
    })?;
    if url.row().is_some_and(|row| row == "hls" || row == "dash") {
        return Ok(signed);
    }
    let (head, _) = signed.split_at(signed.find(token).unwrap_or(signed.len()));
    let manifest = urls::path("hls").unwrap_or_default();
    Ok(format!("{head}{token}/{manifest}"))
}

fn refuse(message: &str) -> Error {
    Error::new(ErrorCode::UrlInvalid, message).at("/url")
}

impl Report {
    /// The report with what the delivery host answered: for the machine that asked, and at that moment. A manifest
    /// is the last word on the token; a refusal counts where it is one of Stream's: on its hosts, or in its words.
    /// Access rules are about who asks: where a viewer was described, a block by a rule is no refusal, and after one
    /// without a reason the platform's verdict on a token with rules is unknown where no other check refuses.
    #[must_use]
    pub fn with_delivery(self, delivery: &Delivery<'_>) -> Self {
        let check = match delivery {
            Delivery::Failed(why) => unanswered(why),
            Delivery::Answered {
                status,
                location,
                body,
            } => self.answered(*status, *location, body),
        };
        self.with_live(check)
    }

    fn answered(&self, status: u16, location: Option<&str>, body: &[u8]) -> Check {
        let reason = reason(body);
        let is_anothers = self.has_viewer() && self.has_rules();
        let check = match status {
            200 if is_manifest(body) => return accepted(),
            200..=299 => return strange(status),
            401 | 403 if !self.is_streams(body, &reason) => foreign(status, self.is_its_host()),
            401 | 403 if is_anothers && reason.contains(BLOCKED) => blocked(status, &reason),
            401 | 403 if is_anothers && reason.is_empty() => bare(status),
            401 | 403 => refused(status, &reason),
            300..=399 => redirected(status, location),
            _ => other(status),
        };
        check.with_some("reason", Some(reason).filter(|reason| !reason.is_empty()))
    }

    /// The [`delivery_url`] of the report's text, which begins like this.
    #[cfg(feature = "client")]
    pub(crate) fn delivery_url(&self, beginning: &[u8]) -> Result<String> {
        delivery_url_of(&Text::of(beginning, self.bytes()))
    }

    /// The report of a text whose host cannot be asked, and why.
    #[cfg(feature = "client")]
    pub(crate) fn unasked(self, why: &Error) -> Self {
        let cause = format!("the delivery host was not asked: {}", why.message());
        let remedy = "give a whole playback URL, with the token in its path";
        self.with_live(Check::aside(CheckId::Live, cause).remedy_is(remedy))
    }

    /// Whether Stream itself refused, and not something before it.
    fn is_streams(&self, body: &[u8], reason: &str) -> bool {
        let is_page = reason.is_empty() && !body.trim_ascii().is_empty();
        is_platforms(reason) || (self.is_its_host() && !is_page)
    }

    fn is_its_host(&self) -> bool {
        let host = self.check(CheckId::Host.as_str());
        host.is_some_and(|host| host.status() != CheckStatus::Unknown)
    }

    fn has_rules(&self) -> bool {
        let count = self.check(CheckId::RuleCount.as_str());
        let rules = count.and_then(|count| count.values().get("rules").cloned());
        rules.is_some_and(|rules| rules != Value::from(0_u64))
    }
}

/// The words that the platform is known for.
fn is_platforms(reason: &str) -> bool {
    [BLOCKED, MALFORMED]
        .iter()
        .any(|words| reason.contains(words))
}

fn is_manifest(body: &[u8]) -> bool {
    body.starts_with(b"#EXTM3U") || contains(body, b"<MPD")
}

fn unanswered(why: &str) -> Check {
    let cause = format!("the delivery host gave no answer: {}", printable(why));
    Check::open(CheckId::Live, cause)
        .verify_accepts()
        .remedy_is("check the host and the network, and ask again")
}

fn accepted() -> Check {
    let cause = "the delivery host gave the manifest to this machine, now; that says nothing of other viewers, \
                 segments, downloads or WebRTC";
    Check::pass(CheckId::Live, cause).with("status", 200_u64)
}

fn strange(status: u16) -> Check {
    let cause = "the answer is no manifest, so that nothing follows from it";
    warn(
        status,
        cause,
        "check the host: something else answers there",
    )
}

fn foreign(status: u16, is_its_host: bool) -> Check {
    let (cause, remedy) = if is_its_host {
        (
            "the host refused with a page of its own, and nothing tells whether that was for the token",
            "ask again from another network: a proxy or a firewall on the way may have answered",
        )
    } else {
        (
            "the host refused, and nothing tells whether it was Stream: the answer is not in its words, nor from \
             its own host",
            "ask customer-CODE.cloudflarestream.com too, and look for a firewall or an access rule of the domain",
        )
    };
    warn(status, cause, remedy)
}

fn warn(status: u16, cause: &str, remedy: &str) -> Check {
    Check::warn(CheckId::Live, cause, remedy)
        .platform_unknown()
        .with("status", u64::from(status))
}

fn refused(status: u16, reason: &str) -> Check {
    let (cause, remedy) = match reason {
        "" => (
            format!("the delivery host answered {status} and no reason"),
            "read the other checks; what they leave open only Cloudflare knows: the key may be deleted",
        ),
        rule if rule.contains(BLOCKED) => (
            format!("the delivery host answered {status}: {rule}"),
            "an access rule blocks the address or country of the machine that asked: see viewer",
        ),
        fields if fields.contains(MALFORMED) => (
            format!("the delivery host answered {status}: {fields}"),
            "the claims that it names have the wrong form: see claims, the times and rules",
        ),
        other => (
            format!("the delivery host answered {status}: {other}"),
            "read the other checks; what they leave open only Cloudflare knows: the key may be deleted",
        ),
    };
    Check::fail(CheckId::Live, cause, remedy).with("status", u64::from(status))
}

/// Rules are about who asks, and that was this machine.
fn blocked(status: u16, reason: &str) -> Check {
    let cause = format!(
        "the delivery host answered {status} to this machine, which says nothing of the viewer who was described: \
         {reason}"
    );
    let remedy = "see viewer for that viewer, or ask from where the viewer is";
    Check::warn(CheckId::Live, cause, remedy).with("status", u64::from(status))
}

/// A block by a rule need not say that it is one.
fn bare(status: u16) -> Check {
    let cause = format!(
        "the delivery host answered {status} and refused this machine without a reason; it may be a rule, which says \
         nothing of the viewer who was described"
    );
    warn(
        status,
        &cause,
        "see viewer for that viewer, or ask from where the viewer is",
    )
}

fn redirected(status: u16, location: Option<&str>) -> Check {
    let cause = "the delivery host answered with a redirect, which was not followed: it would carry the \
                 token to another place";
    let host = location.and_then(|location| Url::find(location)?.host());
    Check::warn(
        CheckId::Live,
        cause,
        "ask the host from the dashboard's playback URLs",
    )
    .platform_unknown()
    .with("status", u64::from(status))
    .with_some("host", host.filter(|host| is_host(host)))
}

fn other(status: u16) -> Check {
    let (cause, remedy) = match status {
        404 => (
            "the delivery host knows no such video, or no such path",
            "check the customer code and sub, and whether the video is ready",
        ),
        429 => (
            "the delivery host has had too many requests",
            "wait, and ask again",
        ),
        500.. => ("the delivery host is in trouble", "wait, and ask again"),
        _ => (
            "the delivery host gave an answer that says nothing of the token",
            "ask again",
        ),
    };
    warn(status, cause, remedy)
}

/// The line of text that the platform gives as its reason; nothing from a page of HTML, nor from what is no text.
fn reason(body: &[u8]) -> String {
    let text = utf8(&body[..body.len().min(MOST_BODY)], true).unwrap_or_default();
    let line = text.trim().lines().next().unwrap_or_default();
    if line.starts_with(['<', '{']) {
        return String::new();
    }
    printable(line)
}

/// Foreign text for people: short, without control characters, and without anything as long as a token or a key.
fn printable(text: &str) -> String {
    let words = text
        .split_whitespace()
        .filter(|word| word.len() <= LONGEST_WORD);
    let text = words.collect::<Vec<_>>().join(" ");
    let plain = |each: &char| each.is_ascii_graphic() || *each == ' ';
    text.chars().filter(plain).take(MOST_REASON).collect()
}

const MOST_BODY: usize = 1_024;
const MOST_REASON: usize = 160;
const LONGEST_WORD: usize = 31;

fn contains(body: &[u8], part: &[u8]) -> bool {
    body[..body.len().min(MOST_BODY)]
        .windows(part.len())
        .any(|window| window == part)
}

#[cfg(test)]
mod tests;
