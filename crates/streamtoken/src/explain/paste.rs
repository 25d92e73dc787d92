//! What was pasted: tokens seldom come alone.

use super::kind::Kind;
use super::report::{Check, CheckStatus};
use super::secret;
use super::table::CheckId;
use super::text::Text;
use super::url::Url;
use crate::{Error, base64url, describe_key, urls};

/// A text taken apart.
pub(super) struct Paste<'t> {
    pub(super) kind: Kind,
    /// What is to be looked at as a token.
    pub(super) token: Option<&'t str>,
    pub(super) url: Option<Url<'t>>,
    /// Whether a URL with a video UID stands beside the token, and not around it.
    pub(super) is_beside: bool,
    /// What stood around it, in words.
    around: Vec<&'static str>,
    text: &'t Text<'t>,
}

impl<'t> Paste<'t> {
    pub(super) fn take_apart(text: &'t Text<'t>) -> Self {
        let mut paste = Self {
            kind: Kind::Binary,
            token: None,
            url: None,
            is_beside: false,
            around: text.around.clone(),
            text,
        };
        if let Some(kind) = text.kind {
            paste.kind = kind;
        }
        if let Some(plain) = text.plain.as_deref() {
            let stripped = paste.strip(plain);
            paste.find(stripped);
        }
        paste
    }

    /// Length of the text, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.text.bytes
    }

    /// How many of them were looked at.
    pub(super) fn read(&self) -> usize {
        self.text.raw.len()
    }

    pub(super) fn is_cut(&self) -> bool {
        self.read() < self.bytes()
    }

    /// What `verify` is asked about; nothing where a URL names a video without a token.
    pub(super) fn candidate(&self) -> Option<&[u8]> {
        match (self.token, &self.url) {
            (Some(token), _) => Some(token.as_bytes()),
            (None, Some(_)) => None,
            (None, None) => Some(self.text.raw),
        }
    }

    /// Whether a download is asked for, in whatever spelling.
    pub(super) fn is_download(&self) -> bool {
        self.url.as_ref().is_some_and(Url::is_download)
    }

    /// Whether WebRTC playback is asked for, in whatever spelling.
    pub(super) fn is_webrtc(&self) -> bool {
        let path = self.url.as_ref().and_then(Url::row_in_any_case);
        path.is_some_and(|path| urls::path("webrtc") == Some(path))
    }

    /// Takes away what people copy along.
    fn strip(&mut self, text: &'t str) -> &'t str {
        const QUOTES: [char; 7] = ['"', '\'', '`', '“', '”', '‘', '’'];
        let mut text = text;
        loop {
            let before = text;
            let blank = |each: char| each.is_whitespace() || each == '\u{200b}';
            text = self.without(text, text.trim_matches(blank), "white space");
            text = self.without(text, text.trim_matches('\u{feff}'), "a byte order mark");
            text = self.without(text, text.trim_matches(QUOTES), "quotes");
            text = self.without(text, after(text, "authorization:"), "Authorization:");
            text = self.without(text, after(text, "bearer "), "Bearer");
            if text.len() == before.len() {
                return text;
            }
        }
    }

    fn without(&mut self, before: &'t str, after: &'t str, what: &'static str) -> &'t str {
        if before.len() != after.len() {
            self.note(what);
        }
        after
    }

    fn note(&mut self, what: &'static str) {
        if !self.around.contains(&what) {
            self.around.push(what);
        }
    }

    fn find(&mut self, text: &'t str) {
        if let Some(kind) = Kind::of_key(text) {
            self.kind = kind;
        } else if self.text.kind.is_some_and(Kind::is_final) {
        } else if let Some(url) = Url::find(text).filter(|url| url.is_worth(text)) {
            self.take_url(url, text);
        } else if let Some(token) = token_in(text) {
            self.kind = self.text.kind.unwrap_or(Kind::Token);
            self.token = Some(token);
            if token.len() < text.len() {
                self.note("other text");
                self.is_beside = Url::find(text).is_some_and(|url| url.is_of_video());
            }
        } else if let Some(url) = Url::find(text) {
            self.take_url(url, text);
        } else if self.text.kind.is_none() {
            self.kind = Kind::of_bare(text);
        }
    }

    fn take_url(&mut self, url: Url<'t>, text: &str) {
        let is_whole = url.host().is_some();
        self.kind = if is_whole { Kind::Url } else { Kind::Path };
        self.token = url.token();
        if url.text().len() < text.len() {
            self.note("other text");
        }
        self.url = Some(url);
    }
}

pub(super) fn check(checks: &mut Vec<Check>, paste: &Paste<'_>, refusal: Option<&Error>) {
    checks.push(pasted(paste, refusal));
    checks.push(secret::check(paste.kind, paste.text));
}

fn pasted(paste: &Paste<'_>, refusal: Option<&Error>) -> Check {
    let id = CheckId::Pasted;
    let is_key = paste.kind.is_key();
    let info = is_key.then(|| describe_key(paste.text.raw, None).ok());
    let form = info.flatten().map(|info| info.form);
    let check = match (&paste.token, paste.kind) {
        (Some(_), kind) if paste.around.is_empty() => Check::pass(id, kind.found()),
        (Some(_), kind) => {
            let around = paste.around.join(", ");
            let cause = format!("{}, with {around} around it", kind.found());
            Check::warn(id, cause, "take care to send the token alone")
        }
        // The check of the place says what is wrong.
        (None, Kind::Url | Kind::Path) => Check::open(id, "this is a URL without a token"),
        (None, kind) => {
            let (cause, remedy) = kind.words();
            let cause = match &form {
                Some(form) => cause.replace("key, which", &format!("key ({form}), which")),
                None => cause.to_owned(),
            };
            let where_from = if paste.is_cut() {
                ", in what was read of it"
            } else {
                ""
            };
            Check::fail(id, format!("{cause}{where_from}"), remedy)
        }
    };
    let code = refusal.map(Error::code);
    let check = match code.filter(|_| paste.token.is_none()) {
        Some(code) if check.status() == CheckStatus::Fail => check.refused(code),
        _ => check,
    };
    check
        .with_some("form", form)
        .with("kind", paste.kind.as_str())
        .with("bytes", paste.bytes())
        .with_some("read", paste.is_cut().then_some(paste.read()))
}

/// What follows `prefix`, whatever its case; the whole text when it does not begin so.
fn after<'t>(text: &'t str, prefix: &str) -> &'t str {
    match text.get(..prefix.len()) {
        Some(start) if start.eq_ignore_ascii_case(prefix) => &text[prefix.len()..],
        _ => text,
    }
}

/// What is meant as a token: the text itself, also one that is broken, or else the first in it.
fn token_in(text: &str) -> Option<&str> {
    let bare = text.trim_matches(['(', ')', '[', ']', '{', '}', '<', '>', ',', ';']);
    let bare = bare
        .strip_suffix('.')
        .filter(|bare| dots(bare) == 2)
        .unwrap_or(bare);
    let bare = bare
        .strip_prefix('/')
        .filter(|bare| is_token_like(bare))
        .unwrap_or(bare);
    if bare.starts_with("eyJ") {
        return Some(beginning(bare));
    }
    first_compact(text).or_else(|| is_token_like(bare).then_some(bare))
}

/// Whether the text is meant as a token: also one that is broken. Every header begins with `{"`.
pub(super) fn is_token_like(text: &str) -> bool {
    let is_long = |part: &&str| part.len() >= 16 && is_base64url(part);
    let parts = text.split('.');
    text.starts_with("eyJ") || (dots(text) == 2 && parts.filter(is_long).count() >= 2)
}

/// The token with which a text begins, or another that is whole; else all of it, which may be one that was broken.
fn beginning(text: &str) -> &str {
    let first = compact_at(text);
    let next = text[first.len()..].chars().next();
    let is_over = next.is_none_or(|next| {
        next.is_whitespace() || (next.is_ascii_punctuation() && !"=+/%".contains(next))
    });
    if is_complete(first) && is_over {
        return first;
    }
    first_compact(text)
        .filter(|found| is_complete(found) && !text.starts_with(found))
        .unwrap_or(text)
}

/// The first `eyJ….eyJ….…` in a text, two JSON objects and a signature: if there are several, the first of RS256.
pub(super) fn first_compact(text: &str) -> Option<&str> {
    let found = || {
        // Each try reads on to the end of one candidate; the limit keeps the whole linear.
        let starts = text.match_indices("eyJ").take(MOST_TRIES);
        starts
            .map(|(start, _)| compact_at(&text[start..]))
            .filter(|found| {
                let payload = found.split('.').nth(1);
                dots(found) == 2 && payload.is_some_and(|payload| payload.starts_with("eyJ"))
            })
    };
    found()
        .find(|token| is_rs256(token))
        .or_else(|| found().next())
}

/// Most places of a text at which a token may begin.
const MOST_TRIES: usize = 64;

/// What of a text has the characters of a token, from its beginning on.
fn compact_at(text: &str) -> &str {
    let end = text.find(|each: char| !(is_of_base64url(each) || each == '.'));
    text[..end.unwrap_or(text.len())].trim_end_matches('.')
}

fn is_rs256(token: &str) -> bool {
    let header = token.split('.').next().unwrap_or_default();
    let header = base64url::decode(header.as_bytes()).unwrap_or_default();
    header.windows(7).any(|part| part == b"\"RS256\"")
}

/// Whether a text has three parts, and a signature at least as long as the smallest RSA key makes it; line breaks
/// do not count.
pub(super) fn is_complete(token: &str) -> bool {
    const SIGNATURE: usize = (2048_usize / 8 * 8).div_ceil(6);
    let signature = token.split('.').nth(2).unwrap_or_default();
    let length = signature.bytes().filter(|byte| !byte.is_ascii_whitespace());
    dots(token) == 2 && length.count() >= SIGNATURE
}

fn dots(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'.').count()
}

fn is_base64url(text: &str) -> bool {
    text.chars().all(is_of_base64url)
}

fn is_of_base64url(each: char) -> bool {
    each.is_ascii_alphanumeric() || each == '-' || each == '_'
}
