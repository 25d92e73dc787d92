//! What the delivery host itself says, where it was asked. Nothing here sends anything.

use super::paste::Paste;
use std::fmt;

use super::report::{Check, CheckStatus, Report};
use super::table::CheckId;
use super::text::Text;
use super::url::{Url, is_host};
use crate::urls;
use crate::{Error, ErrorCode, Result};

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
pub fn delivery_url(text: &str) -> Result<String> {
    let text = Text::of(text.as_bytes());
    let paste = Paste::take_apart(&text);
    let url = paste.url.as_ref().filter(|url| url.host().is_some());
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
    /// The report with what the delivery host answered: for the machine that asked, and at that moment. A manifest
    /// is the last word on the token; a refusal counts where it is one of Stream's: on its hosts, or in its words.
    #[must_use]
    pub fn with_delivery(self, delivery: &Delivery<'_>) -> Self {
        let check = match delivery {
            Delivery::Failed(why) => unanswered(why),
            Delivery::Answered {
                status,
                location,
                body,
            } => match status {
                200 if is_manifest(body) => accepted(),
                200..=299 => strange(*status),
                401 | 403 if self.is_streams(body) => refused(*status, &reason(body)),
                401 | 403 => foreign(*status),
                300..=399 => redirected(*status, *location),
                _ => other(*status),
            },
        };
        self.with_live(check)
    }

    /// Whether Stream itself refused, and not something before it.
    fn is_streams(&self, body: &[u8]) -> bool {
        let host = self
            .checks()
            .iter()
            .find(|check| check.id() == CheckId::Host);
        let is_its_host = host.is_some_and(|host| host.status() != CheckStatus::Unknown);
        let reason = reason(body);
        let is_page = reason.is_empty() && !body.trim_ascii().is_empty();
        is_platforms(&reason) || (is_its_host && !is_page)
    }
}

/// The words that the platform is known for.
fn is_platforms(reason: &str) -> bool {
    reason.contains("blocked by rule") || reason.contains("malformed token")
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
    Check::pass(CheckId::Live, "the delivery host gave the manifest").with("status", 200_u64)
}

fn strange(status: u16) -> Check {
    let cause = "the answer is no manifest, so that nothing follows from it";
    warn(
        status,
        cause,
        "check the host: something else answers there",
    )
}

fn foreign(status: u16) -> Check {
    let cause =
        "something before Stream refused: the answer is not in its words, nor from its host";
    warn(
        status,
        cause,
        "look for a firewall or an access rule of the domain",
    )
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
            (200, "#EXTM3U\n#EXT", Verdict::Accepts, "gave the manifest"),
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
                Verdict::Unknown,
                "before Stream refused",
            ),
            (200, "<html>hello</html>", Verdict::Unknown, "no manifest"),
            (204, "", Verdict::Unknown, "no manifest"),
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
    fn a_manifest_says_nothing_of_a_download() {
        use crate::key::tests::example_key;
        let signer = crate::Signer::new(example_key());
        let options = crate::SignOptions::new().now(1_700_000_000);
        let token = signer
            .sign("ea95132c15732412d22c1476fa83f27a", &options)
            .unwrap();
        let keys = crate::KeySet::from(&example_key());
        let context = ExplainContext::new().now(1_700_000_000);
        let about = |path: &str, status, body: &'static str| {
            let url = format!("https://customer-x.cloudflarestream.com/{token}/{path}");
            let report = explain(url, Some(&keys), &context).unwrap();
            let body = body.as_bytes();
            report
                .with_delivery(&Delivery::Answered {
                    status,
                    location: None,
                    body,
                })
                .platform()
        };
        let manifest = "#EXTM3U";
        assert_eq!(about("iframe", 200, manifest), Verdict::Accepts);
        assert_eq!(
            about("downloads/default.mp4", 200, manifest),
            Verdict::Refuses
        );
        // Without an answer that says something, nothing is known.
        assert_eq!(about("iframe", 503, ""), Verdict::Unknown);
        assert_eq!(about("iframe", 404, ""), Verdict::Unknown);
    }

    #[test]
    fn an_answer_is_not_shown_for_debugging() {
        let location = Some("https://x.example/TOKEN");
        let shown = format!(
            "{:?}",
            Delivery::Answered {
                status: 302,
                location,
                body: b"TOKEN"
            }
        );
        assert!(shown.contains("302") && !shown.contains("TOKEN"), "{shown}");
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
