//! Size, shape, base64url and JSON. What is wrong is repaired where that is safe, so that the rest can be
//! looked at too.

use super::paste::Paste;
use super::report::{Check, CheckStatus};
use super::table::CheckId;
use crate::json::{self, Fault};
use crate::urls::LONG_URL;
use crate::{ErrorCode, MAX_TOKEN, Value, base64url};

/// A token as far as it could be read.
#[derive(Default)]
pub(super) struct Form {
    pub(super) header: Option<Value>,
    pub(super) payload: Option<Value>,
    pub(super) signature: Option<Vec<u8>>,
    /// What may have been signed: the text as it is, and as it should be.
    pub(super) inputs: Vec<String>,
    /// Whether it had to be repaired to be read.
    pub(super) is_repaired: bool,
}

impl Form {
    pub(super) fn check(checks: &mut Vec<Check>, paste: &Paste<'_>) -> Self {
        let token = paste.token;
        checks.push(size(token, paste.is_cut()));
        checks.push(url_size(paste));
        let token = token.filter(|token| token.len() <= MAX_TOKEN);
        let (shape, parts) = shape(token);
        checks.push(shape);
        checks.push(padding(token));
        checks.push(alphabet(token));
        let [header, payload, signature] = parts.unwrap_or_default();
        let is_whole = checks
            .iter()
            .any(|check| check.id() == CheckId::Shape && check.status() == CheckStatus::Pass);
        let mut form = Self::default();
        form.header = form.json(checks, CheckId::HeaderJson, header);
        form.payload = form.json(checks, CheckId::PayloadJson, payload);
        if let Some(signature) = signature.filter(|_| is_whole) {
            form.signature = form.decode(signature);
        }
        if let (Some(header), Some(payload)) = (header, payload) {
            form.inputs = inputs(header, payload);
        }
        form
    }

    /// Reads one part, and says how that went.
    fn json(&mut self, checks: &mut Vec<Check>, id: CheckId, part: Option<&str>) -> Option<Value> {
        let Some(bytes) = part.and_then(|part| self.decode(part)) else {
            checks.push(Check::open(id, "the token could not be taken apart"));
            return None;
        };
        let (check, value) = match json::parse(&bytes) {
            Ok(value @ Value::Object(_)) => (Check::pass(id, "it is a JSON object"), Some(value)),
            Ok(_) => (
                faulty(id, "it is JSON, and no object", ErrorCode::TokenJson),
                None,
            ),
            Err(fault) => (fault_of(id, fault), None),
        };
        checks.push(check);
        value
    }

    fn decode(&mut self, part: &str) -> Option<Vec<u8>> {
        base64url::decode(part.as_bytes()).or_else(|| {
            self.is_repaired = true;
            base64url::decode(repaired(part).as_bytes())
        })
    }
}

fn faulty(id: CheckId, cause: &str, code: ErrorCode) -> Check {
    Check::fail(id, cause, id.advice()).refused(code)
}

fn fault_of(id: CheckId, fault: Fault) -> Check {
    match fault {
        Fault::Syntax { .. } => faulty(id, "it is not JSON", ErrorCode::TokenJson),
        Fault::NotUtf8 => faulty(id, "it is not UTF-8", ErrorCode::TokenNotUtf8),
        // Which of the two members counts depends on who reads it.
        Fault::DuplicateMember => faulty(
            id,
            "it names a member twice",
            ErrorCode::TokenDuplicateMember,
        )
        .platform_unknown(),
        Fault::TooDeep => faulty(
            id,
            "it is nested more than 32 levels deep",
            ErrorCode::TokenTooDeep,
        )
        .platform_unknown(),
    }
}

/// Base64 as others write it, in base64url.
fn repaired(part: &str) -> String {
    let of_url = |each: char| match each {
        '+' => '-',
        '/' => '_',
        other => other,
    };
    part.chars()
        .filter(|each| *each != '=' && !each.is_ascii_whitespace())
        .map(of_url)
        .collect()
}

fn inputs(header: &str, payload: &str) -> Vec<String> {
    let mut inputs = vec![
        format!("{header}.{payload}"),
        format!("{}.{}", repaired(header), repaired(payload)),
    ];
    inputs.dedup();
    inputs
}

const NO_TOKEN: &str = "there is no token to look at";

fn size(token: Option<&str>, is_cut: bool) -> Check {
    let id = CheckId::Size;
    let Some(token) = token else {
        return Check::open(id, NO_TOKEN);
    };
    let length = token.len();
    let check = if length <= MAX_TOKEN {
        Check::pass(id, format!("the token has {length} characters"))
    } else {
        let more = if is_cut { " or more" } else { "" };
        let cause =
            format!("the token has {length} characters{more}; the maximum here is {MAX_TOKEN}");
        Check::fail(id, cause, id.advice())
            .refused(ErrorCode::TokenTooLarge)
            .platform_unknown()
    };
    check.with("characters", length).with("maximum", MAX_TOKEN)
}

fn url_size(paste: &Paste<'_>) -> Check {
    let id = CheckId::UrlSize;
    let token = paste.token.map(str::len);
    let Some(length) = paste.url.as_ref().map(|url| url.text().len()).or(token) else {
        return Check::aside(id, NO_TOKEN);
    };
    let check = if length <= LONG_URL {
        Check::pass(
            id,
            "all servers and proxies are asked to take a URL of this length",
        )
    } else {
        let cause = "servers and proxies on the way may refuse a URL of this length";
        Check::warn(id, cause, id.advice()).platform_unknown()
    };
    check.with("characters", length)
}

/// The three parts; some may be missing.
type Parts<'t> = [Option<&'t str>; 3];

fn shape(token: Option<&str>) -> (Check, Option<Parts<'_>>) {
    let id = CheckId::Shape;
    let Some(token) = token else {
        return (Check::open(id, NO_TOKEN), None);
    };
    let parts: Vec<_> = token.split('.').take(8).collect();
    let part = |index: usize| parts.get(index).copied().filter(|part| !part.is_empty());
    let found = [part(0), part(1), part(2)];
    let cause = match parts.len() {
        3 if found.iter().all(Option::is_some) => {
            let check = Check::pass(id, "the token has three parts");
            return (check.with("parts", 3_u64), Some(found));
        }
        1 => "the token has one part: payload and signature are missing",
        2 => "the token has two parts: the signature is missing",
        3 => "a part of the token is empty",
        5 => "the token has five parts, and a signed one has three",
        _ => "the token has more than three parts",
    };
    let check = Check::fail(id, cause, id.advice())
        .refused(ErrorCode::TokenShape)
        .with("parts", parts.len());
    (check, Some(found))
}

fn padding(token: Option<&str>) -> Check {
    let id = CheckId::Padding;
    match token {
        None => Check::open(id, NO_TOKEN),
        Some(token) if token.contains('=') => Check::fail(
            id,
            "the token has padding (=), which a JWS has not",
            id.advice(),
        )
        .refused(ErrorCode::TokenBase64)
        .platform_unknown(),
        Some(_) => Check::pass(id, "the token has no padding"),
    }
}

fn alphabet(token: Option<&str>) -> Check {
    let id = CheckId::Alphabet;
    let Some(token) = token else {
        return Check::open(id, NO_TOKEN);
    };
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.=".contains(&byte);
    let Some(at) = token.bytes().position(|byte| !known(byte)) else {
        return bits(id, token);
    };
    let (cause, remedy) = match token.as_bytes()[at] {
        b'+' | b'/' => (
            "the token is in the standard alphabet of base64 (+ and /)",
            "write - for + and _ for /: encode with base64url",
        ),
        b'%' => (
            "the token is percent-encoded",
            "put the token into the path as it is: it needs no encoding",
        ),
        byte if byte.is_ascii_whitespace() => (
            "there is white space inside the token",
            "take out line breaks and blanks; tools break long lines",
        ),
        _ => (
            "the token has a character that base64url has not",
            id.advice(),
        ),
    };
    Check::fail(id, cause, remedy)
        .refused(ErrorCode::TokenBase64)
        .platform_unknown()
        .with("at", at)
}

/// The right characters can still be too few, or say more than whole bytes.
fn bits(id: CheckId, token: &str) -> Check {
    let is_whole = |part: &str| base64url::decode(repaired(part).as_bytes()).is_some();
    if token.split('.').take(3).all(is_whole) {
        return Check::pass(id, "the token is base64url");
    }
    let cause = "a part of the token has too few or too many characters to be base64url";
    Check::fail(id, cause, "copy the whole token").refused(ErrorCode::TokenBase64)
}
