//! The URL's scheme and host.

use super::report::Check;
use super::table::CheckId;
use super::url::{LEGACY, NO_URL, STREAM, Url, is_below, is_host, is_stream};
use crate::ErrorCode;
use crate::urls::CustomerCode;

pub(super) fn scheme(url: Option<&Url<'_>>) -> Check {
    let id = CheckId::Scheme;
    match url.and_then(Url::scheme) {
        None => Check::aside(id, NO_URL),
        Some(scheme) if scheme.eq_ignore_ascii_case("https") => {
            Check::pass(id, "the URL is one of https")
        }
        Some(_) => Check::warn(
            id,
            "the URL is one of http, which shows the token to everybody on its way",
            id.advice(),
        )
        .platform_unknown(),
    }
}

pub(super) fn host(url: Option<&Url<'_>>) -> Check {
    let id = CheckId::Host;
    let Some(host) = url.and_then(Url::host) else {
        return Check::aside(id, NO_URL);
    };
    let host = host.to_ascii_lowercase();
    let shown = is_host(&host).then_some(host.as_str());
    let write = "write customer-CODE.cloudflarestream.com";
    let check = match HostKind::of(&host) {
        HostKind::Customer => Check::pass(id, "this is the host of an account's playback URLs"),
        HostKind::AccountId => Check::fail(
            id,
            "the host has 32 hexadecimal digits, an account id, where the customer code is wanted",
            id.advice(),
        ),
        HostKind::NoPrefix => {
            let cause = "the host does not begin with customer- and the customer code";
            Check::warn(id, cause, write).platform_unknown()
        }
        HostKind::BadCode => Check::fail(
            id,
            "what follows customer- is no customer code: it has a-z, 0-9 and - alone",
            id.advice(),
        ),
        HostKind::Legacy => Check::warn(
            id,
            "this is one of the legacy hosts, from before the customer codes",
            write,
        ),
        HostKind::NoPlayer => Check::fail(
            id,
            "this host serves the API, the dashboard or uploads, and plays nothing",
            id.advice(),
        ),
        HostKind::Other => Check::aside(
            id,
            "this host is none of Stream's; a custom domain of the account would do",
        )
        .platform_unknown()
        .remedy_is("try the same path on customer-CODE.cloudflarestream.com"),
    };
    check.with_some("host", shown)
}

enum HostKind {
    Customer,
    AccountId,
    NoPrefix,
    BadCode,
    Legacy,
    NoPlayer,
    Other,
}

impl HostKind {
    fn of(host: &str) -> Self {
        const PAGES: [&str; 2] = ["iframe.videodelivery.net", "watch.cloudflarestream.com"];
        if is_below(host, "cloudflare.com") || host.starts_with("upload.") && is_stream(host) {
            return Self::NoPlayer;
        }
        if host == LEGACY || PAGES.contains(&host) {
            return Self::Legacy;
        }
        if !is_below(host, STREAM) {
            return Self::Other;
        }
        let label = host
            .strip_suffix(STREAM)
            .unwrap_or(host)
            .trim_end_matches('.');
        let code = label.strip_prefix("customer-");
        match CustomerCode::parse(code.unwrap_or(label)).map_err(|error| error.code()) {
            Ok(_) if code.is_some() => Self::Customer,
            Err(ErrorCode::CustomerCodeIsAccountId) => Self::AccountId,
            Err(_) if code.is_some() => Self::BadCode,
            _ => Self::NoPrefix,
        }
    }
}
