//! Reading what the API answered: leniently where it may vary, strictly where it matters.

use std::time::{Duration, UNIX_EPOCH};

use http::header::{HeaderMap, RETRY_AFTER};
use http::{Response, StatusCode};
use zeroize::Zeroizing;

use super::redact::{shown, shown_value};
use crate::error::{ApiFailure, ApiNotice};
use crate::{Error, ErrorCode, Result, Value};

/// Most notices, and most other members, that are kept of an answer.
const MAX_NOTICES: usize = 20;

/// An answer taken apart.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) failure: ApiFailure,
    envelope: Result<Envelope>,
}

struct Envelope {
    success: Option<bool>,
    result: Zeroizing<Value>,
}

impl Answer {
    /// `secrets` are the texts that must not come back in a message; `now` is for dates.
    pub(super) fn read(response: &Response<Vec<u8>>, secrets: &[&str], now: u64) -> Self {
        let headers = response.headers();
        let mut failure = ApiFailure {
            status: Some(response.status().as_u16()),
            ray: ray(headers).map(|ray| shown(ray, secrets.iter().copied())),
            retry_after: retry_after(headers, now),
            ..ApiFailure::default()
        };
        let envelope = Value::parse(response.body()).map(|body| {
            // Without an envelope it may be a key.
            let body = Zeroizing::new(body);
            failure.errors = notices(body.get("errors"), secrets);
            failure.messages = notices(body.get("messages"), secrets);
            failure.other = other(&body, secrets);
            Envelope::read(body)
        });
        Self {
            status: response.status(),
            failure,
            envelope,
        }
    }

    /// The result of an answer under a status of success.
    pub(super) fn result(&mut self) -> Result<Value> {
        let invalid = |what: &str| Error::new(ErrorCode::ApiResponseInvalid, what);
        let envelope = self.envelope.as_mut().map_err(|error| {
            let what = format!("the API's answer is not the JSON that is expected: {error}");
            Error::new(ErrorCode::ApiResponseInvalid, what)
        })?;
        match envelope.success {
            Some(true) => Ok(std::mem::replace(&mut *envelope.result, Value::Null)),
            Some(false) => Err(self.refusal(ErrorCode::ApiUnsuccessful)),
            None => Err(invalid(
                "the API's answer does not say whether it was a success",
            )),
        }
    }

    /// The error of an answer that is none of success.
    pub(super) fn refusal(&self, code: ErrorCode) -> Error {
        let status = self.status.as_u16();
        let first = self.failure.errors.first();
        let said = first
            .and_then(ApiNotice::message)
            .filter(|text| !text.is_empty());
        let number = first.and_then(ApiNotice::code);
        let message = match (said, number) {
            (Some(said), Some(number)) => {
                format!("the API answered {status}: {said} (code {number})")
            }
            (Some(said), None) => format!("the API answered {status}: {said}"),
            (None, _) if code == ErrorCode::ApiRedirect => format!(
                "the API answered {status}, which sends elsewhere; nobody goes there with a credential, so \
                 check the base URL"
            ),
            (None, _) => format!("the API answered {status} and gave no reason"),
        };
        let message = match self.failure.retry_after {
            Some(wait) if !wait.is_zero() => {
                format!("{message}; it asks to wait {} s", wait.as_secs())
            }
            _ => message,
        };
        let error = Error::new(code, message);
        match self.failure.errors.iter().find_map(ApiNotice::pointer) {
            Some(pointer) => error.at(pointer),
            None => error,
        }
    }
}

impl Envelope {
    fn read(mut body: Zeroizing<Value>) -> Self {
        let success = match body.get("success") {
            Some(Value::Bool(success)) => Some(*success),
            _ => None,
        };
        let result = match &mut *body {
            Value::Object(members) => members
                .iter_mut()
                .find_map(|(name, value)| (name == "result").then_some(value)),
            _ => None,
        };
        let result = result.map(|result| std::mem::replace(result, Value::Null));
        Self {
            success,
            result: Zeroizing::new(result.unwrap_or(Value::Null)),
        }
    }
}

/// The code of a status that is none of success.
pub(super) fn code(status: StatusCode) -> ErrorCode {
    match status.as_u16() {
        300..=399 => ErrorCode::ApiRedirect,
        400 => ErrorCode::ApiBadRequest,
        401 => ErrorCode::ApiUnauthorized,
        403 => ErrorCode::ApiForbidden,
        404 => ErrorCode::ApiNotFound,
        409 => ErrorCode::ApiConflict,
        422 => ErrorCode::ApiUnprocessable,
        429 => ErrorCode::ApiRateLimited,
        500..=599 => ErrorCode::ApiServerError,
        _ => ErrorCode::ApiStatusUnexpected,
    }
}

/// Whether the same request may fare better later, as the official clients see it.
pub(super) fn may_pass(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 409 | 429 | 500..=599)
}

/// By which Cloudflare finds a request again.
fn ray(headers: &HeaderMap) -> Option<&str> {
    headers.get("cf-ray")?.to_str().ok()
}

/// Seconds, or a date.
fn retry_after(headers: &HeaderMap, now: u64) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // What no number of ours can hold is a long wait all the same.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    let date = date.duration_since(UNIX_EPOCH).ok()?;
    Some(date.saturating_sub(Duration::from_secs(now)))
}

/// What the envelope has beside the members that are known.
fn other(body: &Value, secrets: &[&str]) -> Option<Value> {
    let other = Zeroizing::new(body.other_members(&["success", "result", "errors", "messages"]));
    let members = other.as_object().unwrap_or_default().iter();
    // Two names that were cut might be one.
    let whole = members.filter(|(name, _)| shown(name, secrets.iter().copied()) == *name);
    let whole = whole.take(MAX_NOTICES);
    let shown: Vec<_> = whole
        .map(|(name, value)| (name.clone(), shown_value(value, secrets)))
        .collect();
    (!shown.is_empty()).then_some(Value::Object(shown))
}

/// A list of notices, each an object: a text alone is its message. Anything else, `null` among it, is none.
fn notices(value: Option<&Value>, secrets: &[&str]) -> Vec<ApiNotice> {
    let items = value.and_then(Value::as_array).unwrap_or_default();
    let items = items.iter().filter_map(|item| match item {
        Value::Object(_) => Some(item.clone()),
        Value::String(_) => Some(Value::Object(vec![("message".to_owned(), item.clone())])),
        _ => None,
    });
    items
        .take(MAX_NOTICES)
        .map(|item| ApiNotice(shown_value(&item, secrets)))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::{Response, StatusCode};

    use super::{Answer, may_pass};
    use crate::ErrorCode::{self, ApiResponseInvalid, ApiUnsuccessful};
    use crate::Value;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let response = response.body(body.as_bytes().to_vec()).unwrap();
        Answer::read(&response, &["the-secret"], 1_000_000_000)
    }

    fn result(body: &str) -> Result<Value, ErrorCode> {
        answer(200, &[], body)
            .result()
            .map_err(|error| error.code())
    }

    #[test]
    fn an_envelope_is_read_leniently() {
        for body in [
            r#"{"success":true,"result":7}"#,
            r#"{"success":true,"result":7,"messages":null,"errors":null}"#,
            r#"{"success":true,"result":7,"messages":"text","errors":{}}"#,
            r#"{"result_info":{"page":1},"result":7,"messages":["hello",null,5],"errors":[],"success":true}"#,
            " \n{\"success\":true,\"result\":7}\r\n ",
        ] {
            assert_eq!(result(body), Ok(Value::Integer(7)), "{body}");
        }
        assert_eq!(result(r#"{"success":true}"#), Ok(Value::Null));
    }

    #[test]
    fn success_is_said_by_true_alone() {
        for body in [
            "",
            "null",
            "true",
            "[]",
            "{}",
            r#"{"result":7}"#,
            r#"{"success":null,"result":7}"#,
            r#"{"success":1,"result":7}"#,
            r#"{"success":"true","result":7}"#,
            r#"{"success":true,"success":true,"result":7}"#,
            r#"{"success":true,"result":7"#,
            r#"{"success":true,"result":7} {}"#,
            "<html>200</html>",
        ] {
            assert_eq!(result(body), Err(ApiResponseInvalid), "{body}");
        }
        let refused = r#"{"success":false,"result":7,"errors":[{"code":1,"message":"m"}]}"#;
        assert_eq!(result(refused), Err(ApiUnsuccessful));
    }

    #[test]
    fn a_refusal_says_what_the_api_said() {
        let body = r#"{"success":false,"errors":[
            {"code":10005,"message":"bad exp","documentation_url":"https://developers.example/exp","source":{"pointer":"/exp"},"more":[1]},
            {"message":"and more"}, "text", 7],"messages":[{"code":1,"message":"note"}],
            "result":null,"trace":["the-secret",7]}"#;
        let answer = answer(400, &[("cf-ray", "8f0-CDG"), ("retry-after", "7")], body);
        let error = answer.refusal(ErrorCode::ApiBadRequest);
        assert_eq!(
            error.message(),
            "the API answered 400: bad exp (code 10005); it asks to wait 7 s"
        );
        assert_eq!(error.field(), Some("/exp"));
        let facts = &answer.failure;
        assert_eq!((facts.status(), facts.ray()), (Some(400), Some("8f0-CDG")));
        assert_eq!(facts.retry_after(), Some(Duration::from_secs(7)));
        assert_eq!(facts.errors().len(), 3);
        let first = &facts.errors()[0];
        assert_eq!(first.code(), Some(10005));
        assert_eq!(
            first.documentation_url(),
            Some("https://developers.example/exp")
        );
        assert!(first.value().get("more").is_some());
        assert_eq!(facts.errors()[1].message(), Some("and more"));
        assert_eq!(facts.errors()[2].message(), Some("text"));
        assert_eq!(facts.messages()[0].message(), Some("note"));
        let other = facts.other().unwrap().to_string();
        assert_eq!(other, r#"{"trace":["[redacted]",7]}"#);
    }

    #[test]
    fn a_refusal_without_a_reason_says_so() {
        for body in [
            "",
            "<html>",
            "{}",
            r#"{"errors":[{}]}"#,
            r#"{"errors":[{"message":""}]}"#,
        ] {
            let error = answer(502, &[], body).refusal(ErrorCode::ApiServerError);
            assert_eq!(
                error.message(),
                "the API answered 502 and gave no reason",
                "{body}"
            );
        }
        let error = answer(301, &[], "").refusal(ErrorCode::ApiRedirect);
        assert!(error.message().contains("check the base URL"), "{error}");
    }

    #[test]
    fn secrets_control_characters_and_floods_do_not_come_back() {
        let many = vec![r#"{"message":"a the-secret b\u001b[2J\n c"}"#; 50].join(",");
        let answer = answer(
            400,
            &[("cf-ray", "the-secret")],
            &format!(r#"{{"errors":[{many}]}}"#),
        );
        let error = answer.refusal(ErrorCode::ApiBadRequest);
        assert_eq!(
            error.message(),
            "the API answered 400: a [redacted] b [2J c"
        );
        assert_eq!(answer.failure.errors().len(), 20);
        let many: Vec<_> = (0..50).map(|index| format!("\"m{index}\":1")).collect();
        let long = "n".repeat(121);
        let body = format!(
            "{{\"{long}a\":1,\"{long}b\":1,\"the-secret\":1,{}}}",
            many.join(",")
        );
        let other = Answer::read(
            &Response::new(body.into_bytes()),
            &["the-secret"],
            1_000_000_000,
        );
        let other = other.failure.other().unwrap().as_object().unwrap();
        assert_eq!(other.len(), 20);
        assert!(other.iter().all(|(name, _)| name.starts_with('m')));
        assert_eq!(answer.failure.ray(), Some("[redacted]"));
        assert!(!format!("{:?}", answer.failure).contains("the-secret"));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        for (text, seconds) in [
            ("0", Some(0)),
            (" 12 ", Some(12)),
            ("007", Some(7)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", Some(u64::MAX)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Sun, 09 Sep 2001 01:47:40 GMT", Some(60)),
            ("Sun, 09 Sep 2001 01:46:40 GMT", Some(0)),
            ("Sat, 08 Sep 2001 01:46:40 GMT", Some(0)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("-1", None),
            ("+5", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            let answer = answer(429, &[("retry-after", text)], "");
            let expected = seconds.map(Duration::from_secs);
            assert_eq!(answer.failure.retry_after(), expected, "{text:?}");
        }
    }

    #[test]
    fn every_status_has_a_code() {
        for (status, code) in [
            (300, ErrorCode::ApiRedirect),
            (399, ErrorCode::ApiRedirect),
            (400, ErrorCode::ApiBadRequest),
            (401, ErrorCode::ApiUnauthorized),
            (403, ErrorCode::ApiForbidden),
            (404, ErrorCode::ApiNotFound),
            (405, ErrorCode::ApiStatusUnexpected),
            (409, ErrorCode::ApiConflict),
            (422, ErrorCode::ApiUnprocessable),
            (429, ErrorCode::ApiRateLimited),
            (500, ErrorCode::ApiServerError),
            (599, ErrorCode::ApiServerError),
            (100, ErrorCode::ApiStatusUnexpected),
            (999, ErrorCode::ApiStatusUnexpected),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(super::code(status), code, "{status}");
        }
        let again: Vec<_> = (100..1000)
            .filter(|status| may_pass(StatusCode::from_u16(*status).unwrap()))
            .collect();
        let expected: Vec<_> = [408, 409, 429].into_iter().chain(500..600).collect();
        assert_eq!(again, expected);
    }
}
