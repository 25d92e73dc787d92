//! What the token is used for: downloads and WebRTC.

use super::claims::NO_PAYLOAD;
use super::context::ExplainContext;
use super::form::Form;
use super::paste::Paste;
use super::report::Check;
use super::table::CheckId;
use crate::{ErrorCode, Value};

pub(super) fn check(
    checks: &mut Vec<Check>,
    form: &Form,
    paste: &Paste<'_>,
    context: &ExplainContext,
) {
    checks.push(downloadable(form, context.verify.download));
    checks.push(webrtc(form, paste.is_webrtc()));
}

fn downloadable(form: &Form, is_download: bool) -> Check {
    let id = CheckId::Downloadable;
    let Some(payload) = &form.payload else {
        return Check::open(id, NO_PAYLOAD);
    };
    let flag = match payload.get("downloadable") {
        None => false,
        Some(Value::Bool(flag)) => *flag,
        Some(_) => return Check::open(id, "downloadable could not be read"),
    };
    let check = match (is_download, flag) {
        (true, false) => {
            let cause = "a download is asked for, and the token is not downloadable";
            Check::fail(id, cause, id.advice()).refused(ErrorCode::DownloadNotAllowed)
        }
        (true, true) => Check::pass(id, "the token is downloadable"),
        (false, _) => Check::pass(id, "no download is asked for"),
    };
    check.with("downloadable", flag)
}

/// Nothing in a token says who minted it; times in texts are what the endpoint writes.
fn webrtc(form: &Form, is_webrtc: bool) -> Check {
    let id = CheckId::Webrtc;
    let Some(payload) = &form.payload else {
        return Check::open(id, NO_PAYLOAD);
    };
    let is_text = |claim: &str| {
        payload
            .get(claim)
            .is_some_and(|time| time.as_str().is_some())
    };
    match (is_webrtc, is_text("exp") || is_text("nbf")) {
        (false, _) => Check::pass(id, "no WebRTC playback is asked for"),
        (true, false) => Check::aside(
            id,
            "nothing tells whether this token was signed locally, which WebRTC needs",
        )
        .platform_unknown(),
        (true, true) => {
            let cause = "times in texts are what the API's endpoint writes, and its tokens do not work for \
                         WebRTC";
            Check::warn(id, cause, id.advice()).platform_unknown()
        }
    }
}
