//! Bodies of requests.

use axum::body::Body;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use streamtoken::{Error, ErrorCode, Result};
use zeroize::Zeroizing;

/// Longest body, in bytes.
pub(super) const MAX_BODY: usize = 64 * 1024;

/// Reads a body of JSON, which may be empty.
///
/// # Errors
/// [`ErrorCode::BodyTooLarge`], [`ErrorCode::BodyTypeUnsupported`], [`ErrorCode::BodyEncodingUnsupported`],
/// [`ErrorCode::RequestMalformed`] for a body that does not arrive as it was announced.
pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Result<Zeroizing<Vec<u8>>> {
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(ErrorCode::BodyEncodingUnsupported.into());
    }
    let collected = Limited::new(body, MAX_BODY)
        .collect()
        .await
        .map_err(|error| {
            if error.is::<LengthLimitError>() {
                Error::new(
                    ErrorCode::BodyTooLarge,
                    format!("the body is above {MAX_BODY} bytes"),
                )
            } else {
                Error::new(
                    ErrorCode::RequestMalformed,
                    "the body did not arrive as its headers announce it",
                )
            }
        })?;
    let bytes = Zeroizing::new(collected.to_bytes().to_vec());
    if !bytes.is_empty() && !is_json(headers) {
        return Err(Error::new(
            ErrorCode::BodyTypeUnsupported,
            "send the body with content-type: application/json",
        ));
    }
    Ok(bytes)
}

/// Whether the headers announce JSON: `application/json`, or another type that ends in `+json`.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(text)) = headers.get(CONTENT_TYPE).map(|value| value.to_str()) else {
        return false;
    };
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
        || essence.to_ascii_lowercase().ends_with("+json")
}
