//! The object around every answer of the API.

use serde::Serialize;

use crate::Error;

/// What every answer is wrapped in: `success`, `errors`, `messages` and the `result`.
#[derive(Debug, Clone, Serialize)]
pub struct Envelope<T> {
    success: bool,
    errors: Vec<Notice>,
    messages: Vec<Notice>,
    result: Option<T>,
}

impl<T> Envelope<T> {
    /// An answer with a result, and what there is to say about the request.
    pub fn success(result: T, messages: Vec<Notice>) -> Self {
        Self {
            success: true,
            errors: Vec::new(),
            messages,
            result: Some(result),
        }
    }
}

impl Envelope<()> {
    /// An answer without a result, and why.
    pub fn failure(error: &Error) -> Self {
        Self {
            success: false,
            errors: vec![error.into()],
            messages: Vec::new(),
            result: None,
        }
    }
}

/// An error or a message of the API: its numeric code (1000 or more), a sentence, and the member that it is
/// about.
#[derive(Debug, Clone, Serialize)]
pub struct Notice {
    code: u32,
    message: String,
    /// Our own stable code, which Cloudflare's API does not have.
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
}

/// What a notice is about.
#[derive(Debug, Clone, Serialize)]
struct Source {
    /// A JSON pointer.
    pointer: String,
}

impl From<&Error> for Notice {
    fn from(error: &Error) -> Self {
        Self {
            code: error.code().api_code(),
            message: error.message().to_owned(),
            reason: error.code().slug(),
            source: error.field().map(|field| Source {
                pointer: field.to_owned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Envelope;
    use crate::{Error, ErrorCode};

    #[test]
    fn an_envelope_has_the_members_of_the_platform_in_its_order() {
        let done = Envelope::success("ok", Vec::new());
        assert_eq!(
            serde_json::to_string(&done).unwrap(),
            r#"{"success":true,"errors":[],"messages":[],"result":"ok"}"#
        );
        let failed = Envelope::failure(&Error::new(ErrorCode::ExpTooFar, "too far").at("/exp"));
        assert_eq!(
            serde_json::to_string(&failed).unwrap(),
            r#"{"success":false,"errors":[{"code":10005,"message":"too far","reason":"exp_too_far","source":{"pointer":"/exp"}}],"messages":[],"result":null}"#
        );
    }

    #[test]
    fn every_code_has_one_of_the_api() {
        for code in ErrorCode::ALL {
            assert!(code.api_code() >= 1000, "{code:?}");
        }
    }
}
