//! Asking the delivery host, for an explanation.

use std::time::Duration;

use http::header::{ACCEPT, HeaderValue, LOCATION, USER_AGENT};
use http::{Request, Uri};

use super::base_url::BaseUrl;
use super::call::{Broke, Outcome};
use super::requests::AGENT;
use super::transport::{SecretPath, Transport};
use crate::urls::LONG_URL;
use crate::{Delivery, Error, ErrorCode, ExplainContext, KeySet, Report, Result, explain};

/// How long the delivery host may take, connecting included.
const TIMEOUT: Duration = Duration::from_secs(10);

/// As [`explain`](crate::explain()), and asks the host of the playback URL `text` for the manifest, once, for
/// 10 seconds at most. Proxies of the environment are used as by [`Client`](super::Client).
///
/// The token goes to that host alone: no redirect is followed. What came back is the check `live`; access rules
/// were evaluated for this machine's address and country. An answer that says nothing of the token, or none,
/// is no error; neither is a text whose host cannot be asked, since it is no whole URL with a whole token
/// ([`delivery_url`](crate::delivery_url)) or has more than 8,000 bytes: the check `live` says so, and the others say what is wrong.
///
/// # Errors
/// Those of [`explain`](crate::explain()); [`ErrorCode::ProxyInvalid`].
pub fn explain_live(
    text: impl AsRef<[u8]>,
    keys: Option<&KeySet>,
    context: &ExplainContext,
) -> Result<Report> {
    let text = text.as_ref();
    ask_host(explain(text, keys, context)?, text)
}

/// The report with the answer of its text's host, as [`explain_live`] has it. `text` is the beginning of the text
/// that the report is on, as [`explain_beginning`](crate::host::explain_beginning) was given it; how long the whole
/// is, the report knows.
///
/// # Errors
/// [`ErrorCode::ProxyInvalid`].
pub fn ask_host(report: Report, text: &[u8]) -> Result<Report> {
    let outcome = match report.delivery_url(text).and_then(|url| ask(&url)) {
        Err(error) if error.code() == ErrorCode::UrlInvalid => return Ok(report.unasked(&error)),
        outcome => outcome?,
    };
    Ok(match &outcome {
        Outcome::Answered(answer) => {
            let location = answer.headers().get(LOCATION);
            report.with_delivery(&Delivery::Answered {
                status: answer.status().as_u16(),
                location: location.and_then(|location| location.to_str().ok()),
                body: answer.body(),
            })
        }
        Outcome::Broken(broke, _, _) => report.with_delivery(&Delivery::Failed(words(*broke))),
    })
}

fn ask(url: &str) -> Result<Outcome> {
    let refuse = |message: &str| Error::new(ErrorCode::UrlInvalid, message).at("/url");
    if url.len() > LONG_URL {
        return Err(refuse(
            "the URL has more than 8,000 bytes, which no server has to take",
        ));
    }
    let uri: Uri = url.parse().map_err(|_| refuse("this is no URL"))?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(refuse("this is no whole URL"));
    };
    // Without the path, which holds the token.
    let origin = BaseUrl::parse(&format!("{scheme}://{authority}"), false)
        .map_err(|_| refuse("the host in the URL is none"))?;
    let transport = Transport::new(&origin)?;
    let mut request = Request::new(Vec::new());
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(USER_AGENT, AGENT);
    // The token is for nobody's log.
    let path = uri
        .path_and_query()
        .map_or("/", http::uri::PathAndQuery::as_str);
    let secret = SecretPath(path.to_owned());
    *request.uri_mut() = uri;
    request.extensions_mut().insert(secret);
    Ok(transport.send(&request, TIMEOUT, TIMEOUT))
}

fn words(broke: Broke) -> &'static str {
    match broke {
        Broke::Connection => "no connection came about, or it broke",
        Broke::Timeout | Broke::Deadline => "it took more than 10 seconds",
        Broke::Tls => "its certificate is not good for this host, or TLS failed in another way",
        Broke::Protocol => "what came is not HTTP",
        Broke::TooLarge => "the answer has more than 1 MiB",
        Broke::Aborted | Broke::Closed => "the request was ended",
    }
}
