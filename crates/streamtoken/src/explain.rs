//! Every reason why a token is refused, and what to do about each.
//!
//! [`verify`](crate::verify()) stops at the first failure, since it guards something. Here nothing is guarded:
//! every check is made, as far as what came before lets it, and each says what it saw.

mod claims;
mod context;
mod delivery;
mod form;
mod header;
mod host;
mod key;
mod kind;
mod paste;
mod place;
mod report;
mod rules;
mod secret;
mod seen;
mod shown;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod times;
mod url;
mod usage;

pub use context::ExplainContext;
pub use delivery::{Delivery, delivery_url};
pub use report::{Check, CheckStatus, Report, Verdict};
pub use table::CheckId;

use crate::{KeySet, Result, Viewer, clock, verify};
use form::Form;
use paste::Paste;
use text::Text;

/// Most bytes of a text that are looked at. A token has 16,384 at most; the rest is room for the URL, the
/// command or the page around it.
pub const MAX_EXPLAIN: usize = 65_536;

/// Tells everything about `text`: a token, a playback URL, or whatever else was taken for one.
///
/// Each [`CheckId`] is there once in the report, in this order, as pass, fail, warn or unknown, with what
/// was seen, one sentence of cause and one of what to do. Without `keys` nobody can say whether the signature
/// is right; without the viewer's facts in `context`, what access rules make of them. What was not given is
/// *unknown* and not an error.
///
/// The verdict of [`verify`](crate::verify()) is its own, for the token that was found in the text and with
/// these facts; the platform's is as much of it as is publicly known. A URL of a download asks for a download.
///
/// At most [`MAX_EXPLAIN`] bytes are read. **Nothing that was pasted by mistake is repeated**: of the text the
/// report shows only ids, times, hosts, addresses and countries that have the form of one.
///
/// # Errors
/// For a context that makes no sense, as [`verify`](crate::verify()) has them; the text may be anything.
///
/// ```
/// use streamtoken::{CheckStatus, ExplainContext, Verdict, explain};
///
/// let url = "https://customer-f33zs165nr7gyfy4.cloudflarestream.com/ea95132c15732412d22c1476fa83f27a/manifest/video.m3u8";
/// let report = explain(url, None, &ExplainContext::new())?;
/// assert_eq!(report.platform(), Verdict::Unknown);
/// let place = report.check("token_place").expect("a check");
/// assert_eq!(place.status(), CheckStatus::Warn);
/// println!("{}", place.cause());
/// # Ok::<(), streamtoken::Error>(())
/// ```
pub fn explain(
    text: impl AsRef<[u8]>,
    keys: Option<&KeySet>,
    context: &ExplainContext,
) -> Result<Report> {
    let text = text.as_ref();
    explain_beginning(text, text.len(), keys, context)
}

/// As [`explain`](crate::explain()), of a text of `length` bytes, of which a host took over no more than the
/// beginning: [`MAX_EXPLAIN`] bytes are enough. (A beginning that is longer than `length` is the whole.)
///
/// # Errors
/// Those of [`explain`](crate::explain()).
pub fn explain_beginning(
    beginning: &[u8],
    length: usize,
    keys: Option<&KeySet>,
    context: &ExplainContext,
) -> Result<Report> {
    let mut context = context.clone();
    context.check()?;
    let now = context.verify.now.unwrap_or_else(clock::now);
    context.verify = context.verify.now(now);
    let text = Text::of(beginning, length);
    let paste = Paste::take_apart(&text);
    if paste.is_download() {
        context.verify = context.verify.download(true);
    }
    let refusal = paste
        .candidate()
        .and_then(|token| verify::refusal(token, keys, &context.verify));
    let mut checks = Vec::with_capacity(CheckId::ALL.len());
    paste::check(&mut checks, &paste, refusal.as_ref());
    place::check(&mut checks, &paste);
    let form = Form::check(&mut checks, &paste);
    header::check(&mut checks, &form);
    key::check(&mut checks, &form, keys);
    claims::check(&mut checks, &form, &context);
    times::check(&mut checks, &form, &context, now);
    rules::check(&mut checks, &form, &context);
    usage::check(&mut checks, &form, &paste, &context);
    let live = Check::aside(CheckId::Live, "the delivery host was not asked");
    checks.push(live.remedy_is(CheckId::Live.advice()));
    let has_viewer = *context.viewer() != Viewer::default();
    Ok(Report::new(
        &paste,
        refusal,
        keys.is_some(),
        has_viewer,
        checks,
    ))
}
