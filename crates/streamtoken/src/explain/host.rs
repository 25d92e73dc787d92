//! The URL's scheme and host.

use super::report::Check;
use super::table::CheckId;
use super::url::{Url, is_host, no_url};
use crate::ErrorCode;
use crate::urls::{CustomerCode, hosts};

pub(super) fn scheme(url: Option<&Url<'_>>) -> Check {
    let id = CheckId::Scheme;
    match url.and_then(Url::scheme) {
        None => no_url(id),
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
        return no_url(id);
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
        HostKind::BadCode(why) => Check::fail(
            id,
            format!("what follows customer- is no customer code: {why}"),
            id.advice(),
        ),
        HostKind::Legacy => Check::warn(
            id,
            "this is one of the legacy hosts, from before the customer codes",
            write,
        ),
        HostKind::Older => Check::warn(
            id,
            "this host is of the domain from before the customer codes, and Cloudflare does not document it",
            write,
        )
        .platform_unknown(),
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
    /// And why.
    BadCode(String),
    Legacy,
    Older,
    NoPlayer,
    Other,
}

impl HostKind {
    fn of(host: &str) -> Self {
        if hosts::is_no_player(host) {
            return Self::NoPlayer;
        }
        if hosts::is_legacy(host) {
            return Self::Legacy;
        }
        if hosts::is_older(host) {
            return Self::Older;
        }
        let Some(label) = hosts::label(host) else {
            return Self::Other;
        };
        let code = label.strip_prefix("customer-");
        match CustomerCode::parse(code.unwrap_or(label)) {
            Ok(_) if code.is_some() => Self::Customer,
            Err(error) if error.code() == ErrorCode::CustomerCodeIsAccountId => Self::AccountId,
            Err(error) if code.is_some() => Self::BadCode(error.message().to_owned()),
            _ => Self::NoPrefix,
        }
    }
}
