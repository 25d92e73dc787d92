//! What the delivery host itself says, where it was asked. Nothing here sends anything.

use super::paste::Paste;
use super::report::{Check, Report, Verdict};
use super::table::CheckId;
use crate::urls;
use crate::{Error, ErrorCode, Result};

/// The answer of a delivery host to a request for [`delivery_url`], or what came in its place.
#[derive(Debug, Clone)]
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

/// The URL to ask for what `text` holds: its own host and token, and the HLS manifest, unless its path is that
/// of a manifest already.
///
/// # Errors
/// [`ErrorCode::UrlInvalid`] for a text that is no whole URL with a token in its path, for one that is not
/// `https` (`http` is taken on loopback hosts), and for the hosts of the API, the dashboard and uploads.
pub fn delivery_url(text: &str) -> Result<String> {
    let paste = Paste::take_apart(text.as_bytes());
    let url = paste.url.as_ref().filter(|url| url.host.is_some());
    let url = url.ok_or_else(|| refuse("the delivery host is asked for a whole playback URL"))?;
    let whole = url.text();
    let token = url
        .token()
        .filter(|token| whole.contains(&format!("/{token}")));
    let token = token.ok_or_else(|| refuse("there is no token in the URL's path"))?;
    // The strict reading: nobody else may disagree on where the token goes.
    let signed = urls::rewrite(whole, token)?;
    let rest = ["hls", "dash"].map(|row| urls::path(row).unwrap_or_default());
    if url.row().is_some_and(|row| row == "hls" || row == "dash") {
        return Ok(signed);
    }
    let (head, _) = signed.split_at(signed.find(token).unwrap_or(signed.len()));
    Ok(format!("{head}{token}/{}", rest[0]))
}

fn refuse(message: &str) -> Error {
    Error::new(ErrorCode::UrlInvalid, message).at("/url")
}

impl Report {
    /// The report with what the delivery host answered. Its word counts for the platform's verdict where it
    /// accepts or refuses; for the machine that asked, and at that moment.
    #[must_use]
    pub fn with_delivery(self, delivery: &Delivery<'_>) -> Self {
        let (check, verdict) = match delivery {
            Delivery::Failed(why) => (unanswered(why), None),
            Delivery::Answered {
                status,
                location,
                body,
            } => match status {
                200..300 => (accepted(*status, body), Some(Verdict::Accepts)),
                401 | 403 => (refused(*status, &reason(body)), Some(Verdict::Refuses)),
                300..=399 => (redirected(*status, *location), None),
                _ => (other(*status), None),
            },
        };
        self.with_live(check, verdict)
    }
}

fn unanswered(why: &str) -> Check {
    let cause = format!("the delivery host gave no answer: {}", printable(why));
    Check::open(CheckId::Live, cause)
        .verify_accepts()
        .remedy_is("check the host and the network, and ask again")
}

fn accepted(status: u16, body: &[u8]) -> Check {
    let is_manifest = body.starts_with(b"#EXTM3U") || contains(body, b"<MPD");
    let cause = if is_manifest {
        "the delivery host gave the manifest"
    } else {
        "the delivery host accepted the token"
    };
    Check::pass(CheckId::Live, cause).with("status", u64::from(status))
}

fn refused(status: u16, reason: &str) -> Check {
    let (cause, remedy) = match reason {
        "" => (
            format!("the delivery host answered {status} and no reason"),
            "read the other checks; what they leave open only Cloudflare knows: the key may be deleted",
        ),
        rule if rule.contains("blocked by rule") => (
            format!("the delivery host answered {status}: {rule}"),
            "an access rule blocks the address or country of the machine that asked: see viewer",
        ),
        fields if fields.contains("malformed token") => (
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

fn redirected(status: u16, location: Option<&str>) -> Check {
    let cause = "the delivery host answered with a redirect, which was not followed: it would carry the \
                 token to another place";
    let host = location.and_then(|location| Paste::take_apart(location.as_bytes()).url?.host);
    Check::warn(
        CheckId::Live,
        cause,
        "ask the host from the dashboard's playback URLs",
    )
    .platform_unknown()
    .with("status", u64::from(status))
    .with_some("host", host.filter(|host| super::url::is_host(host)))
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
    Check::warn(CheckId::Live, cause, remedy)
        .platform_unknown()
        .with("status", u64::from(status))
}

/// The line of text that the platform gives as its reason; nothing from a page of HTML.
fn reason(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(MOST_BODY)]);
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
mod tests {
    use super::{Delivery, delivery_url};
    use crate::explain::{ExplainContext, Report, Verdict, explain};

    const TOKEN: &str =
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJlYTk1MTMyYzE1NzMyNDEyZDIyYzE0NzZmYTgzZjI3YSJ9.AAAA";

    fn report(status: u16, location: Option<&str>, body: &str) -> Report {
        let url = format!("https://customer-x.cloudflarestream.com/{TOKEN}/iframe");
        let report = explain(url, None, &ExplainContext::new()).unwrap();
        report.with_delivery(&Delivery::Answered {
            status,
            location,
            body: body.as_bytes(),
        })
    }

    #[test]
    fn the_manifest_of_the_same_host_is_asked_for() {
        let host = "https://customer-x.cloudflarestream.com";
        let hls = format!("{host}/{TOKEN}/manifest/video.m3u8");
        for rest in [
            "",
            "/iframe?autoplay=true",
            "/downloads/default.mp4",
            "/manifest/video.m3u8",
        ] {
            assert_eq!(
                delivery_url(&format!("{host}/{TOKEN}{rest}")).unwrap(),
                hls,
                "{rest}"
            );
        }
        let dash = format!("{host}/{TOKEN}/manifest/video.mpd");
        assert_eq!(delivery_url(&dash).unwrap(), dash);
        let local = format!("http://127.0.0.1:8080/{TOKEN}/manifest/video.m3u8");
        assert_eq!(delivery_url(&local).unwrap(), local);
    }

    #[test]
    fn nothing_is_asked_of_others() {
        for text in [
            TOKEN.to_owned(),
            format!("/{TOKEN}/iframe"),
            format!("http://video.example/{TOKEN}/iframe"),
            format!("https://api.cloudflare.com/{TOKEN}/iframe"),
            format!("https://user:word@customer-x.cloudflarestream.com/{TOKEN}/iframe"),
            format!(
                "https://customer-x.cloudflarestream.com/ea95132c15732412d22c1476fa83f27a/iframe?token={TOKEN}"
            ),
            "https://customer-x.cloudflarestream.com/".to_owned(),
        ] {
            assert_eq!(
                delivery_url(&text).unwrap_err().code(),
                crate::ErrorCode::UrlInvalid,
                "{text}"
            );
        }
    }

    #[test]
    fn the_answer_is_the_last_word() {
        let rows = [
            (200, "#EXTM3U\n", Verdict::Accepts, "gave the manifest"),
            (401, "", Verdict::Refuses, "401 and no reason"),
            (
                401,
                "401 unauthorized blocked by rule on 'ip.src'",
                Verdict::Refuses,
                "blocked by rule on 'ip.src'",
            ),
            (
                403,
                "<html><body>denied</body></html>",
                Verdict::Refuses,
                "403 and no reason",
            ),
            (404, "not found", Verdict::Unknown, "no such video"),
            (429, "", Verdict::Unknown, "too many"),
            (503, "", Verdict::Unknown, "in trouble"),
        ];
        for (status, body, verdict, cause) in rows {
            let report = report(status, None, body);
            assert_eq!(report.platform(), verdict, "{status}");
            let check = report.check("live").unwrap();
            assert!(check.cause().contains(cause), "{}", check.cause());
            assert_eq!(report.checks().len(), crate::CheckId::ALL.len());
        }
    }

    #[test]
    fn foreign_text_is_shown_with_care() {
        let body = format!("\u{1b}[31mno {TOKEN} {}", "x ".repeat(400));
        let report = report(401, None, &body);
        let cause = report.check("live").unwrap().cause();
        assert!(
            !cause.contains(TOKEN) && !cause.contains('\u{1b}') && cause.len() < 240,
            "{cause}"
        );
        let moved = self::report(302, Some("https://evil.example/x"), "");
        assert_eq!(
            moved.check("live").unwrap().values().get("host"),
            Some(&"evil.example".into())
        );
    }
}
